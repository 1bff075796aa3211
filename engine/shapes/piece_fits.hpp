#pragma once

#include <cstddef>
#include <vector>

#include "geometry.hpp"

namespace chorus::shapes {

/// A line or a circle through samples of an outline.
struct PieceFit {
  double error = 0;  ///< sum of squared distances
  bool is_arc = false;
  Point centre;     ///< of the circle, or a place on the line
  Point direction;  ///< of the line
  double radius = 0;
};

/// Fits to any range of samples in constant time.
class PieceFits {
 public:
  explicit PieceFits(const std::vector<Point>& samples);
  PieceFit line(std::size_t first, std::size_t last) const;
  /// line().error alone, which takes a fraction of the time.
  double line_error(std::size_t first, std::size_t last) const;
  /// An infinite error if the samples are too straight or the radius is not in [0.2, 200] px.
  PieceFit circle(std::size_t first, std::size_t last) const;

 private:
  /// Sums of x^i y^j of samples about origin_; z stands for x^2 + y^2.
  struct Moments {
    double n = 0, x = 0, y = 0, xx = 0, xy = 0, yy = 0, zx = 0, zy = 0, zz = 0;
  };
  Moments between(std::size_t first, std::size_t last) const;

  Point origin_;
  std::vector<Moments> sums_;
};

/// The place of a fit that is nearest to a point.
Point nearest(const PieceFit& fit, Point to);
/// Where two neighbouring pieces should meet, near a sample.
Point meeting(const PieceFit& a, const PieceFit& b, Point near);

}  // namespace chorus::shapes
