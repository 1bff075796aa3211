#pragma once

#include <stdexcept>

#include "chorus/image.hpp"

namespace chorus {

/// Throws std::invalid_argument unless both images have pixels, the same size and the same number
/// of channels.
inline void check_compared(const Image& a, const Image& b) {
  if (a.size() != b.size() || a.channels != b.channels || a.pixels() == 0)
    throw std::invalid_argument(
        "cannot compare: the images are empty, or differ in size or channels");
}

}  // namespace chorus
