#pragma once

#include <array>
#include <vector>

#include "delaunay.hpp"

namespace chorus {

/// Colours in double precision, in which interpolation forms its sums.
using PreciseRgb = std::array<double, 3>;

/// Interpolates colours that are known at scattered points, see inpaint.hpp.
class ScatteredInterpolator {
 public:
  enum class Order { linear, cubic };
  ScatteredInterpolator(std::vector<GridPoint> points, std::vector<PreciseRgb> colors, Order order);

  /// Whether there is a value at a point, which must not lie outside the hull. Remembers the
  /// point's triangle.
  bool covers(const GridPoint& point);
  /// The value at the point for which covers() was called last.
  PreciseRgb at(const GridPoint& point) const;

 private:
  using Gradients = std::array<std::array<double, 2>, 3>;  ///< by channel

  void estimate_gradients();
  /// The derivative of channel c at point a, towards b, times their distance.
  double rise(std::uint32_t a, std::uint32_t b, std::size_t c) const;
  double crossing(const Delaunay::Triangle& triangle, std::size_t k) const;
  double cubic(const Delaunay::Triangle& triangle, const std::array<double, 3>& weights,
               std::size_t c) const;

  Delaunay mesh_;
  std::vector<PreciseRgb> colors_;
  std::vector<Gradients> gradients_;  ///< by point; empty if the order is linear
  std::uint32_t triangle_ = 0;
};

}  // namespace chorus
