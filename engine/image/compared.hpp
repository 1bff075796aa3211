#pragma once

#include <stdexcept>

#include "chorus/image.hpp"

namespace chorus {

/// Throws std::invalid_argument unless two images have pixels and one size.
inline void check_compared(const Image& a, const Image& b) {
  if (a.size() != b.size() || a.pixels() == 0)
    throw std::invalid_argument("images to be compared have pixels and the same size");
}

}  // namespace chorus
