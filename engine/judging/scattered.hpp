#pragma once

#include <array>
#include <vector>

#include "delaunay.hpp"

namespace chorus {

using PreciseColor = std::array<double, 3>;

/// Interpolates colours that are known at scattered points: see inpaint.hpp.
class ScatteredInterpolator {
 public:
  enum class Order { linear, cubic };
  ScatteredInterpolator(std::vector<GridPoint> points, std::vector<PreciseColor> colors,
                        Order order);

  /// Whether there is a value at a point: not outside the hull. Remembers where that is.
  bool covers(const GridPoint& point);
  /// The value at the point that covers() was last asked about.
  PreciseColor at(const GridPoint& point) const;

 private:
  using Gradients = std::array<std::array<double, 2>, 3>;  ///< of each channel

  void estimate_gradients();
  /// The derivative of channel c at point a, towards b, times their distance.
  double rise(std::uint32_t a, std::uint32_t b, std::size_t c) const;
  double crossing(const Delaunay::Triangle& triangle, std::size_t k) const;
  double cubic(const Delaunay::Triangle& triangle, const std::array<double, 3>& weights,
               std::size_t c) const;

  Delaunay mesh_;
  std::vector<PreciseColor> colors_;
  std::vector<Gradients> gradients_;  ///< of each point; empty if linear
  std::uint32_t triangle_ = 0;
};

}  // namespace chorus
