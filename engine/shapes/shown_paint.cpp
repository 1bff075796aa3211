#include "shown_paint.hpp"

#include <algorithm>
#include <limits>
#include <utility>

#include "area_raster.hpp"

namespace chorus::shapes {

StraightColor straight_color(const Numbers& balanced, bool is_opaque) {
  if (is_opaque) return {{balanced[0], balanced[1], balanced[2]}, 1};
  const double alpha = balanced[3] / static_cast<double>(balanced_alpha), grey = (1 - alpha) / 2;
  StraightColor result{{}, std::clamp(alpha, 0.0, 1.0)};
  for (std::size_t c = 0; c < 3; ++c)
    result.color[c] = alpha > 1e-6 ? std::clamp((balanced[c] - grey) / alpha, 0.0, 1.0) : 0;
  return result;
}

namespace {

/// The least and the largest coordinate of a region in a direction, from the picture's centre.
std::pair<double, double> extent(const Drawing& drawing, const RegionLoops& region,
                                 Point direction) {
  double low = std::numeric_limits<double>::max(), high = -low;
  for (const Loop& part : region.parts)
    for (const Walked& walked : part)
      for (const Segment& s : walked_segments(drawing, walked))
        walk_chords(drawing, s, [&](Point, Point to, int, int) {
          const double t = dot(to - drawing.centre(), direction);
          low = std::min(low, t);
          high = std::max(high, t);
        });
  return {low, high};
}

Gradient linear_gradient(const Drawing& drawing, const PaintingOrder& order, int region) {
  const Paint& paint = drawing.paints[static_cast<std::size_t>(region)];
  Point direction;
  double steepest = 0;
  for (std::size_t c = 0; c < most_channels; ++c) {
    const Point slope = {paint.slope_x[c], paint.slope_y[c]};
    if (length(slope) <= steepest) continue;
    steepest = length(slope);
    direction = unit(slope);
  }
  const auto [low, high] = extent(drawing, order.loops(region), direction);
  return {false,
          {},
          {direction, {}},
          {{low, paint.at(low * direction)}, {high, paint.at(high * direction)}}};
}

}  // namespace

Gradient shown_gradient(const Drawing& drawing, const PaintingOrder& order, int region) {
  const auto& gradient = drawing.paints[static_cast<std::size_t>(region)].gradient;
  return gradient ? *gradient : linear_gradient(drawing, order, region);
}

}  // namespace chorus::shapes
