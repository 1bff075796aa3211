#pragma once

#include <cstddef>

#include "chorus/image.hpp"

namespace chorus {

/// (1 - t) a + t b for two images of one size.
inline Image mix(const Image& a, const Image& b, float t) {
  Image mixed(a.size(), a.channels);
  for (std::size_t i = 0; i < mixed.values.size(); ++i)
    mixed.values[i] = (1 - t) * a.values[i] + t * b.values[i];
  return mixed;
}

/// Adds the other image, times a weight, to one of its size.
inline void add(Image& image, const Image& other, float weight) {
  for (std::size_t i = 0; i < image.values.size(); ++i) image.values[i] += weight * other.values[i];
}

}  // namespace chorus
