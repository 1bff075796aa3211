#pragma once

#include <cstddef>
#include <vector>

#include "chorus/image.hpp"

namespace chorus {

/// A set of pixels, row-major.
using Mask = std::vector<unsigned char>;

/// The squared distance of each pixel's centre from the centre of the nearest pixel of the set,
/// exact and in linear time (Felzenszwalb and Huttenlocher, "Distance transforms of sampled
/// functions", 2012). Larger than any distance in the picture if the set is empty.
std::vector<float> squared_distances(const Mask& set, PixelSize size);

/// The distance of each pixel's centre from the border of the set in pixels, positive inside. The
/// border runs half-way between the centres of pixels inside and outside; beyond the picture
/// nothing is known, so that a set that reaches its edge has no border there.
std::vector<float> signed_distances(const Mask& set, PixelSize size);

}  // namespace chorus
