#pragma once

#include "drawing.hpp"

namespace chorus::shapes {

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
