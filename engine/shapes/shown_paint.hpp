#pragma once

#include <array>

#include "painting_order.hpp"

// The paints of a drawing in the numbers that vector formats have.

namespace chorus::shapes {

/// Straight colour and alpha, each in [0, 1].
struct StraightColor {
  std::array<double, 3> color;
  double alpha;
};
/// Of balanced numbers. Those of a drawing that lets nothing through have no alpha.
StraightColor straight_color(const Numbers& balanced, bool is_opaque);

/// The gradient of a region whose paint is not flat. Colours on a plane are a linear gradient along
/// its steepest slope, from one end of the region to the other.
Gradient shown_gradient(const Drawing& drawing, const PaintingOrder& order, int region);

}  // namespace chorus::shapes
