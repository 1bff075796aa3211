#pragma once

#include <cstddef>

#include "chorus/image.hpp"

namespace chorus {

/// A colour that changes linearly over the plane: p + x gx + y gy. In palettes x and y reach from
/// -1 to 1 across the picture, as in the network; shapes use the coordinates of Plane.
struct ColorField {
  Color p{}, gx{}, gy{};

  Color at(float x, float y) const {
    Color color{};
    for (std::size_t c = 0; c < most_channels; ++c) color[c] = p[c] + x * gx[c] + y * gy[c];
    return color;
  }
};

}  // namespace chorus
