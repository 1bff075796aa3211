#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>

#include "chorus/image.hpp"

namespace chorus {

/// Sum over the channels of the squared differences.
inline float squared_distance(const Color& a, const Color& b) {
  float sum = 0;
  for (std::size_t c = 0; c < most_channels; ++c) sum += (a[c] - b[c]) * (a[c] - b[c]);
  return sum;
}

/// The largest difference of any number.
inline float largest_difference(const Color& a, const Color& b) {
  float most = 0;
  for (std::size_t c = 0; c < most_channels; ++c) most = std::max(most, std::abs(a[c] - b[c]));
  return most;
}

}  // namespace chorus
