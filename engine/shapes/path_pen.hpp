#pragma once

#include <array>
#include <cmath>

#include "drawing.hpp"

namespace chorus::shapes {

/// Where the quarters of an ellipse end, from its centre, as it is drawn: five places, of which the
/// last is the first.
inline std::array<Point, 5> quarters(const Ellipse& ellipse, bool is_clockwise) {
  const Point first = {std::cos(ellipse.angle), std::sin(ellipse.angle)};
  const Point a = ellipse.first * first, b = ellipse.second * turned(first);
  return {a, is_clockwise ? b : -b, -a, is_clockwise ? -b : b, a};
}

/// What writes the outline of a region in some format.
class PathPen {
 public:
  virtual ~PathPen() = default;
  virtual void move_to(Point to) = 0;
  /// A line, or an arc whose bulge is not 0.
  virtual void draw_to(Point to, double bulge) = 0;
  /// A whole ellipse, closed.
  virtual void draw_ellipse(const Ellipse& ellipse, bool is_clockwise) = 0;
  virtual void close() = 0;
};

}  // namespace chorus::shapes
