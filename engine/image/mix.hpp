#pragma once

#include <cstddef>

#include "chorus/image.hpp"

namespace chorus {

/// (1 - t) a + t b for two images of one size.
inline Image mix(const Image& a, const Image& b, float t) {
  Image mixed(a.width, a.height);
  for (std::size_t i = 0; i < mixed.rgb.size(); ++i)
    mixed.rgb[i] = (1 - t) * a.rgb[i] + t * b.rgb[i];
  return mixed;
}

}  // namespace chorus
