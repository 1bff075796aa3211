#pragma once

#include <vector>

#include "chorus/image.hpp"

namespace chorus {

/// For each pixel, row-major, whether it is flat: no two colours in its 3 x 3 neighbourhood differ
/// by more than 2.5 / 255 in any channel. Held-out pixels (a mask, which may be empty) are neither
/// read nor reported as flat.
std::vector<bool> flat_pixels(const Image& image, const std::vector<bool>& held_out = {});

}  // namespace chorus
