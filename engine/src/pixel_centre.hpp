#pragma once

#include <cstddef>

namespace chorus {

/// The centre of pixel j of n along an axis on which the picture reaches from -1 to 1.
inline float pixel_centre(std::size_t j, std::size_t n) {
  return static_cast<float>((2.0 * static_cast<double>(j) + 1.0) / static_cast<double>(n) - 1.0);
}

}  // namespace chorus
