#pragma once

#include <cstddef>

#include "chorus/image.hpp"

namespace chorus {

/// Sum over the channels of the squared differences.
inline float squared_distance(const Rgb& a, const Rgb& b) {
  float sum = 0;
  for (std::size_t c = 0; c < 3; ++c) sum += (a[c] - b[c]) * (a[c] - b[c]);
  return sum;
}

}  // namespace chorus
