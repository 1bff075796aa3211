#pragma once

#include <string>

#include "chorus/image.hpp"

namespace chorus::app {

/// A URL that contains the image as a PNG.
std::string data_url(const Image& image);

}  // namespace chorus::app
