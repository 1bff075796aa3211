#include "piece_fits.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace chorus::shapes {

namespace {

constexpr double infinite = std::numeric_limits<double>::infinity();

/// The sum of squared distances from the best line, by the second moments about the mean.
double off_line(double xx, double xy, double yy) {
  return std::max(0.0, (xx + yy) / 2 - std::sqrt(square((xx - yy) / 2) + square(xy)));
}

}  // namespace

PieceFits::PieceFits(const std::vector<Point>& samples) {
  for (const Point p : samples) origin_ += 1.0 / static_cast<double>(samples.size()) * p;
  sums_.reserve(samples.size() + 1);
  sums_.emplace_back();
  for (const Point sample : samples) {
    const auto [x, y] = sample - origin_;
    const double z = x * x + y * y;
    Moments m = sums_.back();
    m.n += 1;
    m.x += x;
    m.y += y;
    m.xx += x * x;
    m.xy += x * y;
    m.yy += y * y;
    m.zx += z * x;
    m.zy += z * y;
    m.zz += z * z;
    sums_.push_back(m);
  }
}

PieceFits::Moments PieceFits::between(std::size_t first, std::size_t last) const {
  const Moments &a = sums_[first], &b = sums_[last + 1];
  return {b.n - a.n,   b.x - a.x,   b.y - a.y,   b.xx - a.xx, b.xy - a.xy,
          b.yy - a.yy, b.zx - a.zx, b.zy - a.zy, b.zz - a.zz};
}

PieceFit PieceFits::line(std::size_t first, std::size_t last) const {
  const Moments m = between(first, last);
  const double x = m.x / m.n, y = m.y / m.n;
  const double xx = m.xx - m.n * x * x, xy = m.xy - m.n * x * y, yy = m.yy - m.n * y * y;
  const double angle = 0.5 * std::atan2(2 * xy, xx - yy);
  return {
      off_line(xx, xy, yy), false, Point{x, y} + origin_, {std::cos(angle), std::sin(angle)}, 0};
}

double PieceFits::line_error(std::size_t first, std::size_t last) const {
  const Moments m = between(first, last);
  return off_line(m.xx - m.x * m.x / m.n, m.xy - m.x * m.y / m.n, m.yy - m.y * m.y / m.n);
}

PieceFit PieceFits::circle(std::size_t first, std::size_t last) const {
  const Moments m = between(first, last);
  const double x = m.x / m.n, y = m.y / m.n;
  // Moments about the mean; w is the squared distance from it.
  const double xx = m.xx - m.n * x * x, xy = m.xy - m.n * x * y, yy = m.yy - m.n * y * y;
  const double mean2 = x * x + y * y;
  const double w = m.xx + m.yy - m.n * mean2;
  const double about_x = m.zx - 2 * (x * m.xx + y * m.xy) + mean2 * m.x;
  const double about_y = m.zy - 2 * (x * m.xy + y * m.yy) + mean2 * m.y;
  const double wx = about_x - x * w, wy = about_y - y * w;
  const double wz = m.zz - 2 * (x * m.zx + y * m.zy) + mean2 * (m.xx + m.yy);
  const double ww = wz - 2 * (x * about_x + y * about_y) + mean2 * w;
  const double det = xx * yy - xy * xy;
  if (det < 1e-9) return {infinite, true, {}, {}, 0};
  // w + d x + e y + f = 0 with the least sum of squares.
  const double d = -(wx * yy - wy * xy) / det, e = -(wy * xx - wx * xy) / det, f = -w / m.n;
  const double radius2 = (d * d + e * e) / 4 - f;
  if (radius2 < 0.04 || radius2 > 4e4) return {infinite, true, {}, {}, 0};
  const double error = ww + d * wx + e * wy + f * w;
  return {std::max(0.0, error) / (4 * radius2),
          true,
          Point{x - d / 2, y - e / 2} + origin_,
          {},
          std::sqrt(radius2)};
}

Point nearest(const PieceFit& fit, Point to) {
  if (!fit.is_arc) return fit.centre + dot(to - fit.centre, fit.direction) * fit.direction;
  return fit.centre + fit.radius * unit(to - fit.centre);
}

Point meeting(const PieceFit& a, const PieceFit& b, Point near) {
  // Lines at a sharp enough angle meet where they cross: there the outline is rounded.
  constexpr double least_sine = 0.35, farthest_px = 1.2;
  const double sine = cross(a.direction, b.direction);
  if (!a.is_arc && !b.is_arc && std::abs(sine) > least_sine) {
    const Point crossing = a.centre + cross(b.centre - a.centre, b.direction) / sine * a.direction;
    if (length(crossing - near) < farthest_px) return crossing;
  }
  return midpoint(nearest(a, near), nearest(b, near));
}

}  // namespace chorus::shapes
