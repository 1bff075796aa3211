#include "figures.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>
#include <optional>
#include <utility>
#include <vector>

#include "area_raster.hpp"
#include "choices.hpp"

namespace chorus::shapes {

namespace {

/// Area, centre and second moments about it, divided by the area, of what a closed chain encloses.
struct AreaMoments {
  double area = 0;  ///< positive if the chain runs clockwise on the screen
  Point centre;
  double xx = 0, xy = 0, yy = 0;
};

AreaMoments moments_of(const Drawing& drawing, const Chain& chain) {
  AreaMoments m;
  const Point origin = drawing.start(chain.segments.front());
  double x = 0, y = 0;
  // Green's theorem over triangles from the origin; the sum of their signed areas is the area.
  const auto add = [&](Point from, Point to) {
    const Point p = from - origin, q = to - origin;
    const double a = cross(p, q) / 2;
    m.area += a;
    x += a * (p.x + q.x) / 3;
    y += a * (p.y + q.y) / 3;
    m.xx += a * (p.x * p.x + p.x * q.x + q.x * q.x) / 6;
    m.yy += a * (p.y * p.y + p.y * q.y + q.y * q.y) / 6;
    m.xy += a * (2 * p.x * p.y + 2 * q.x * q.y + p.x * q.y + q.x * p.y) / 12;
  };
  for (const Segment& segment : chain.segments)
    walk_chords(drawing, segment, [&](Point p, Point q, int, int) { add(p, q); });
  const Point mean = {x / m.area, y / m.area};
  m.centre = origin + mean;
  m.xx = m.xx / m.area - mean.x * mean.x;
  m.xy = m.xy / m.area - mean.x * mean.y;
  m.yy = m.yy / m.area - mean.y * mean.y;
  return m;
}

/// The ellipses that a border could be, with the fewest numbers first.
std::vector<Figure> ellipses(const AreaMoments& m) {
  const double radius = std::sqrt(std::abs(m.area) / std::numbers::pi);
  std::vector<Figure> figures = {{3, Ellipse{m.centre, radius, radius, 0}}};
  // The second moment of an ellipse along an axis is a quarter of its square. What the moments say
  // of its size may differ from the area; both axes are scaled to that.
  const auto add = [&](int numbers, double along, double across, double angle) {
    if (along <= 0 || across <= 0) return;
    const double a = 2 * std::sqrt(along), b = 2 * std::sqrt(across);
    const double scale = radius / std::sqrt(a * b);
    figures.push_back({numbers, Ellipse{m.centre, scale * a, scale * b, angle}});
  };
  add(4, m.xx, m.yy, 0);
  const double mean = (m.xx + m.yy) / 2, spread = std::hypot((m.xx - m.yy) / 2, m.xy);
  add(5, mean + spread, mean - spread, 0.5 * std::atan2(2 * m.xy, m.xx - m.yy));
  return figures;
}

Point place_on(const Ellipse& ellipse, double turn) {
  const double c = std::cos(ellipse.angle), s = std::sin(ellipse.angle);
  const double u = ellipse.first * std::cos(turn), v = ellipse.second * std::sin(turn);
  return ellipse.centre + Point{c * u - s * v, s * u + c * v};
}

/// Draws a chain as an ellipse, in the sense in which it ran. Sixteen arcs are within a hundredth
/// of the smaller axis of it.
void draw(Drawing& drawing, Chain& chain, const Ellipse& ellipse, bool is_clockwise) {
  constexpr int arcs = 16;
  const int first = static_cast<int>(drawing.points.size());
  const auto turn = [&](double i) { return (is_clockwise ? 2 : -2) * std::numbers::pi * i / arcs; };
  for (int i = 0; i < arcs; ++i) drawing.add_point(place_on(ellipse, turn(i)));
  chain.segments.clear();
  for (int i = 0; i < arcs; ++i) {
    const Segment segment{first + i, first + (i + 1) % arcs, 0, true};
    const Point a = drawing.start(segment), b = drawing.stop(segment);
    const Point across = unit(turned(b - a));
    const double depth = dot(place_on(ellipse, turn(i + 0.5)) - midpoint(a, b), across);
    chain.segments.push_back(segment);
    chain.segments.back().bulge = bulge_of(depth, length(b - a));
  }
}

/// The radius of the corners, if a border has four lines along the axes with an arc between each
/// two: the one with which the rectangle around it has its area.
struct RoundedRectangle {
  Point low, high;
  double radius;
};

std::optional<RoundedRectangle> rounded_rectangle(const Drawing& drawing, const Chain& chain,
                                                  double area) {
  constexpr double level_px = 0.05;
  if (chain.segments.size() != 8) return std::nullopt;
  Point low{std::numeric_limits<double>::max(), std::numeric_limits<double>::max()};
  Point high = -low;
  for (std::size_t i = 0; i < chain.segments.size(); ++i) {
    const Segment& segment = chain.segments[i];
    if (segment.is_arc == chain.segments[(i + 1) % chain.segments.size()].is_arc)
      return std::nullopt;
    if (segment.is_arc) continue;
    const Point a = drawing.start(segment), b = drawing.stop(segment), way = b - a;
    if (std::min(std::abs(way.x), std::abs(way.y)) > level_px) return std::nullopt;
    const Point middle = midpoint(a, b);
    const bool is_level = std::abs(way.x) > std::abs(way.y);
    double& least = is_level ? low.y : low.x;
    double& most = is_level ? high.y : high.x;
    least = std::min(least, is_level ? middle.y : middle.x);
    most = std::max(most, is_level ? middle.y : middle.x);
  }
  const Point side = high - low;
  const double lacking = side.x * side.y - std::abs(area);
  if (!(side.x > 0 && side.y > 0 && lacking > 0)) return std::nullopt;
  const double radius = std::sqrt(lacking / (4 - std::numbers::pi));
  if (2 * radius > std::min(side.x, side.y)) return std::nullopt;
  return RoundedRectangle{low, high, radius};
}

void draw(Drawing& drawing, Chain& chain, const RoundedRectangle& shape, bool is_clockwise) {
  const auto& [low, high, r] = shape;
  std::vector<Point> corners = {{low.x + r, low.y},   {high.x - r, low.y},  {high.x, low.y + r},
                                {high.x, high.y - r}, {high.x - r, high.y}, {low.x + r, high.y},
                                {low.x, high.y - r},  {low.x, low.y + r}};
  // Both ways round, the first piece is a line.
  if (!is_clockwise) std::ranges::reverse(corners);
  const int first = static_cast<int>(drawing.points.size()), count = 8;
  for (const Point corner : corners) drawing.add_point(corner);
  chain.segments.clear();
  for (int i = 0; i < count; ++i) {
    const bool is_arc = i % 2 == 1;
    const double bulge = is_clockwise ? -quarter_bulge : quarter_bulge;
    chain.segments.push_back({first + i, first + (i + 1) % count, is_arc ? bulge : 0, is_arc});
  }
}

/// Whether a border is a circle as it is.
bool is_circle(const Chain& chain) {
  return chain.segments.size() == 2 && std::ranges::all_of(chain.segments, [](const Segment& s) {
           return std::abs(s.bulge) == 1;
         });
}

}  // namespace

void settle_figures(const Problem& problem, Drawing& drawing) {
  constexpr double smallest = 0.5;  // square pixels
  find_joints(drawing, problem.priors.smooth_sine);
  double best = description(problem, drawing);
  for (std::size_t c = 0; c < drawing.chains.size(); ++c) {
    const Chain& chain = drawing.chains[c];
    if (chain.is_frame || !chain.is_closed || is_circle(chain)) continue;
    const AreaMoments moments = moments_of(drawing, chain);
    if (std::abs(moments.area) < smallest) continue;
    std::optional<Drawing> chosen;
    const auto attempt = [&](const Figure& figure, const auto& shape) {
      Drawing changed = drawing;
      draw(changed, changed.chains[c], shape, moments.area > 0);
      changed.chains[c].figure = figure;
      find_joints(changed, problem.priors.smooth_sine);
      const double found = description(problem, changed);
      if (found >= best) return;
      best = found;
      chosen = std::move(changed);
    };
    for (const Figure& figure : ellipses(moments)) attempt(figure, *figure.ellipse);
    if (const auto shape = rounded_rectangle(drawing, chain, moments.area))
      attempt(Figure{5, std::nullopt}, *shape);
    if (chosen && !crosses_itself(*chosen, {static_cast<int>(c)})) drawing = std::move(*chosen);
  }
}

}  // namespace chorus::shapes
