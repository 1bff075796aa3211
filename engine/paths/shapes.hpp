#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "field.hpp"
#include "motion.hpp"
#include "segmentation.hpp"

namespace chorus {

/// A colour that may change over the plane (the coordinates of Plane).
struct Paint {
  Color p{}, gx{}, gy{};
  Color at(const Point& point) const {
    Color color{};
    for (std::size_t c = 0; c < 3; ++c)
      color[c] = p[c] + static_cast<float>(point[0]) * gx[c] + static_cast<float>(point[1]) * gy[c];
    return color;
  }
};

/// A flat shape of a picture, without the holes that other shapes make in it by lying on top.
struct Shape {
  Field filled;   ///< signed distance of the filled region, positive inside, in units of Plane
  Field visible;  ///< that of the part which no other shape hides
  Paint paint;
  double area = 0;  ///< of the filled region, in square units
  double visible_area = 0;
  Point centre{};                     ///< centroid of the filled region
  Point spread{};                     ///< standard deviation of its points in x and y
  Point low{}, high{};                ///< corners of its bounding box
  std::optional<std::size_t> parent;  ///< the smallest shape whose filled region contains it
};

/// A picture taken apart: shapes on a background, back to front.
struct Drawing {
  PixelSize size;
  Shape background;           ///< everywhere: only its paint and what is visible of it are given
  std::vector<Shape> shapes;  ///< larger filled regions first
  Outlines outlines;
};

/// The background is what has the colour of most of the picture's edge and touches that.
Drawing take_apart(const Image& image);

}  // namespace chorus
