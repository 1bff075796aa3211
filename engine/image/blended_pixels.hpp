#pragma once

#include <vector>

#include "chorus/image.hpp"

namespace chorus {

/// For each pixel, row-major, whether its colour is a mixture of the colours of two pixels that
/// face each other across it, as it is where an edge passes through the pixel. (A line of one
/// pixel's width whose colour happens to be such a mixture is taken for an edge.) Held-out pixels
/// (a mask, which may be empty) are neither read nor reported as blended.
std::vector<bool> blended_pixels(const Image& image, const std::vector<bool>& held_out = {});

}  // namespace chorus
