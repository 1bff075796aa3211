#pragma once

#include <array>
#include <vector>

#include "delaunay.hpp"

namespace chorus {

/// Colours in double precision, for the sums of an interpolation.
using PreciseRgb = std::array<double, 3>;

/// Interpolates colours that are known at scattered points, see inpaint.hpp.
class ScatteredInterpolator {
 public:
  enum class Order { linear, cubic };
  ScatteredInterpolator(std::vector<GridPoint> points, std::vector<PreciseRgb> colors, Order order);

  /// Whether a point lies inside the hull, so that it has a value. Remembers the triangle.
  bool covers(const GridPoint& point);
  /// The value at the point that covers() was last called with.
  PreciseRgb at(const GridPoint& point) const;

 private:
  using Gradients = std::array<std::array<double, 2>, 3>;  ///< one gradient for each channel

  void estimate_gradients();
  /// The derivative of channel c at point a in the direction of b, times their distance.
  double rise(std::uint32_t a, std::uint32_t b, std::size_t c) const;
  double crossing(const Delaunay::Triangle& triangle, std::size_t k) const;
  double cubic(const Delaunay::Triangle& triangle, const std::array<double, 3>& weights,
               std::size_t c) const;

  Delaunay mesh_;
  std::vector<PreciseRgb> colors_;
  std::vector<Gradients> gradients_;  ///< indexed by point; empty for linear interpolation
  std::uint32_t triangle_ = 0;
};

}  // namespace chorus
