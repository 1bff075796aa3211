#pragma once

#include <algorithm>
#include <cstddef>
#include <vector>

#include "chorus/image.hpp"

namespace chorus {

/// A set of pixels, row-major.
using Mask = std::vector<unsigned char>;

/// The number of places that are in a mask.
inline std::size_t count(const Mask& mask) {
  return static_cast<std::size_t>(std::count(mask.begin(), mask.end(), 1));
}

/// The squared distance from the centre of each pixel to the centre of the nearest pixel of the
/// set, exact and in linear time (Felzenszwalb and Huttenlocher, "Distance transforms of sampled
/// functions", 2012). If the set is empty, all results are larger than any distance in the picture.
std::vector<float> squared_distances(const Mask& set, PixelSize size);

/// The distance in pixels from the centre of each pixel to the border of the set, positive inside.
/// The border runs half-way between the centres of pixels inside and outside. It does not follow
/// the edge of the picture, beyond which nothing is known.
std::vector<float> signed_distances(const Mask& set, PixelSize size);

}  // namespace chorus
