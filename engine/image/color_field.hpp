#pragma once

#include <cstddef>

#include "chorus/image.hpp"

namespace chorus {

/// A colour that changes linearly over the plane: p + x gx + y gy. Palettes take x and y from -1 to
/// 1 across the picture, as the network does; shapes take them in the coordinates of Plane.
struct ColorField {
  Rgb p{}, gx{}, gy{};

  Rgb at(float x, float y) const {
    Rgb color{};
    for (std::size_t c = 0; c < 3; ++c) color[c] = p[c] + x * gx[c] + y * gy[c];
    return color;
  }
};

}  // namespace chorus
