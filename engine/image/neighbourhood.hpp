#pragma once

#include <algorithm>
#include <cstddef>
#include <limits>
#include <vector>

#include "chorus/image.hpp"

namespace chorus {

/// The largest difference of any channel within the 3 x 3 pixels around (x, y), without those
/// beyond the border and those held out (row-major; may be empty).
inline float neighbourhood_range(const Image& image, std::size_t x, std::size_t y,
                                 const std::vector<bool>& held_out = {}) {
  float range = 0;
  for (std::size_t channel = 0; channel < image.channels; ++channel) {
    float low = std::numeric_limits<float>::max(), high = std::numeric_limits<float>::lowest();
    for (std::size_t v = y - std::min<std::size_t>(y, 1); v <= std::min(y + 1, image.height - 1);
         ++v)
      for (std::size_t u = x - std::min<std::size_t>(x, 1); u <= std::min(x + 1, image.width - 1);
           ++u) {
        if (!held_out.empty() && held_out[v * image.width + u]) continue;
        const float value = image.pixel(u, v)[channel];
        low = std::min(low, value);
        high = std::max(high, value);
      }
    range = std::max(range, high - low);
  }
  return range;
}

}  // namespace chorus
