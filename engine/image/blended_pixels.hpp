#pragma once

#include <vector>

#include "chorus/image.hpp"

namespace chorus {

/// For each pixel, row-major, whether its colour is what an edge passing through it gives: a
/// mixture of the colours of two pixels that face each other across it. (A line of one pixel's
/// width whose colour happens to be such a mixture is taken for an edge too.) Held-out pixels (a
/// mask, or nothing) are not looked at and are not blended.
std::vector<bool> blended_pixels(const Image& image, const std::vector<bool>& held_out = {});

}  // namespace chorus
