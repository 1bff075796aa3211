#pragma once

#include <string>
#include <vector>

#include "view/page_model.hpp"

namespace chorus::app {

struct PageContent {
  PagePrecision precision = PagePrecision::int8;
  std::string title;
  std::vector<std::string> drawings;  ///< an SVG for each image, or an empty text; none if empty
};

/// One HTML page in which the network of the model runs: all of it, without anything from outside.
std::string view_page(const Model& model, const PageContent& content);

}  // namespace chorus::app
