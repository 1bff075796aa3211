#include "plane_fit.hpp"

#include <algorithm>
#include <cmath>

namespace chorus::shapes {

void Moments::add(double px, double py, const Color& color) {
  n += 1;
  x += px;
  y += py;
  xx += px * px;
  xy += px * py;
  yy += py * py;
  for (std::size_t c = 0; c < most_channels; ++c) {
    const auto value = static_cast<double>(color[c]);
    v[c] += value;
    xv[c] += px * value;
    yv[c] += py * value;
    vv[c] += value * value;
  }
}

Moments& Moments::operator+=(const Moments& other) {
  n += other.n;
  x += other.x;
  y += other.y;
  xx += other.xx;
  xy += other.xy;
  yy += other.yy;
  for (std::size_t c = 0; c < most_channels; ++c) {
    v[c] += other.v[c];
    xv[c] += other.xv[c];
    yv[c] += other.yv[c];
    vv[c] += other.vv[c];
  }
  return *this;
}

Plane plane_of(const Moments& m) {
  constexpr double ridge = 1e-6;  // pixels in one row leave the slope across it open
  const double xx = m.xx - m.x * m.x / m.n + ridge, yy = m.yy - m.y * m.y / m.n + ridge;
  const double xy = m.xy - m.x * m.y / m.n, det = xx * yy - xy * xy;
  Plane plane;
  for (std::size_t c = 0; c < most_channels; ++c) {
    const double xv = m.xv[c] - m.x * m.v[c] / m.n, yv = m.yv[c] - m.y * m.v[c] / m.n;
    plane.slope_x[c] = (xv * yy - yv * xy) / det;
    plane.slope_y[c] = (yv * xx - xv * xy) / det;
    plane.base[c] = (m.v[c] - plane.slope_x[c] * m.x - plane.slope_y[c] * m.y) / m.n;
  }
  return plane;
}

double rms(const Plane& plane, const Moments& m) {
  if (m.n == 0) return 0;
  double sum = 0;
  for (std::size_t c = 0; c < most_channels; ++c) {
    const double b = plane.base[c], sx = plane.slope_x[c], sy = plane.slope_y[c];
    sum += m.vv[c] + b * b * m.n + sx * sx * m.xx + sy * sy * m.yy -
           2 * (b * m.v[c] + sx * m.xv[c] + sy * m.yv[c]) +
           2 * (b * sx * m.x + b * sy * m.y + sx * sy * m.xy);
  }
  return std::sqrt(std::max(0.0, sum) / (3 * m.n));
}

double reach(const Plane& plane, const Moments& m) {
  double ss = 0, st = 0, tt = 0;
  for (std::size_t c = 0; c < most_channels; ++c) {
    ss += plane.slope_x[c] * plane.slope_x[c];
    st += plane.slope_x[c] * plane.slope_y[c];
    tt += plane.slope_y[c] * plane.slope_y[c];
  }
  const double angle = 0.5 * std::atan2(2 * st, ss - tt), x = std::cos(angle), y = std::sin(angle);
  const double xx = m.xx - m.x * m.x / m.n, xy = m.xy - m.x * m.y / m.n,
               yy = m.yy - m.y * m.y / m.n;
  return std::sqrt(12 * std::max(0.0, x * x * xx + 2 * x * y * xy + y * y * yy) / m.n);
}

}  // namespace chorus::shapes
