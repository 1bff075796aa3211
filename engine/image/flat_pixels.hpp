#pragma once

#include <vector>

#include "chorus/image.hpp"

namespace chorus {

/// For each pixel, row-major, whether it is flat: no colour in its 3 x 3 neighbourhood differs from
/// another by more than 2.5 / 255 in any channel. Held-out pixels (a mask, or nothing) are not
/// looked at, and are not flat.
std::vector<bool> flat_pixels(const Image& image, const std::vector<bool>& held_out = {});

}  // namespace chorus
