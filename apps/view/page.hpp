#pragma once

#include <string>

#include "view/page_model.hpp"

namespace chorus::app {

/// One HTML page in which the network of the model runs: all of it, without anything from outside.
std::string view_page(const Model& model, PagePrecision precision, const std::string& title);

}  // namespace chorus::app
