#pragma once

#include <stdexcept>

#include "chorus/image.hpp"

namespace chorus {

/// Throws std::invalid_argument unless both images have pixels and the same size.
inline void check_compared(const Image& a, const Image& b) {
  if (a.size() != b.size() || a.pixels() == 0)
    throw std::invalid_argument("cannot compare: the images are empty or differ in size");
}

}  // namespace chorus
