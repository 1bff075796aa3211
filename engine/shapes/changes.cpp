#include "changes.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>

namespace chorus::shapes {

namespace {

Chain& chain_of(Drawing& drawing, int chain) {
  return drawing.chains[static_cast<std::size_t>(chain)];
}

std::vector<int> points_of(const Chain& chain) {
  std::vector<int> points;
  for (const Segment& segment : chain.segments) {
    points.push_back(segment.from);
    points.push_back(segment.to);
  }
  return points;
}

Touched if_possible(const Chain& chain, std::vector<int> points) {
  if (!is_possible(chain)) return std::nullopt;
  return points;
}

/// The largest distance from a chord, with its sign, of two segments over it.
double sagitta(const Drawing& drawing, const Segment& first, const Segment& second) {
  const Point a = drawing.start(first), across = unit(turned(drawing.stop(second) - a));
  double most = 0;
  const auto see = [&](Point p) {
    const double distance = dot(p - a, across);
    if (std::abs(distance) > std::abs(most)) most = distance;
  };
  see(drawing.stop(first));
  for (const Segment* segment : {&first, &second})
    if (segment->is_arc)
      see(arc_point(drawing.start(*segment), drawing.stop(*segment), segment->bulge, 0.5));
  return most;
}

struct Box {
  Point low{std::numeric_limits<double>::max(), std::numeric_limits<double>::max()};
  Point high{std::numeric_limits<double>::lowest(), std::numeric_limits<double>::lowest()};
  double area = 0;  ///< that the chain encloses: positive if it runs clockwise on the screen
};

Box box_of(const Drawing& drawing, const Chain& chain) {
  Box box;
  for (const Segment& segment : chain.segments) {
    const Point a = drawing.start(segment), b = drawing.stop(segment);
    box.area += swept(a, b, segment.bulge) / 2;
    const int steps = segment.is_arc ? 8 : 1;
    for (int i = 1; i <= steps; ++i) {
      const Point p = arc_point(a, b, segment.bulge, static_cast<double>(i) / steps);
      box.low = {std::min(box.low.x, p.x), std::min(box.low.y, p.y)};
      box.high = {std::max(box.high.x, p.x), std::max(box.high.y, p.y)};
    }
  }
  return box;
}

/// Corners, clockwise on the screen, and the bulge of the segment after each.
struct SimpleFigure {
  std::vector<Point> corners;
  std::vector<double> bulges;
};

/// Which figure could have that box and area, if any.
std::optional<SimpleFigure> figure(Shape shape, const Box& box) {
  const Point low = box.low, high = box.high, middle = midpoint(low, high);
  const Point side = high - low;
  const double area = std::abs(box.area), fill = area / (side.x * side.y);
  switch (shape) {
    case Shape::rectangle: {
      if (fill < 0.72) return std::nullopt;
      // Small ones look round at the edges; of the same area then.
      const bool is_small = side.x < 3 && side.y < 3;
      const Point half = (is_small ? std::sqrt(fill) : 1.0) / 2 * side;
      return SimpleFigure{{middle - half,
                           {middle.x + half.x, middle.y - half.y},
                           middle + half,
                           {middle.x - half.x, middle.y + half.y}},
                          {0, 0, 0, 0}};
    }
    case Shape::rounded_rectangle: {
      if (fill < 0.72) return std::nullopt;
      const double r = std::min({1.0, 0.3 * side.x, 0.3 * side.y}), q = -quarter_bulge;
      return SimpleFigure{{{low.x + r, low.y},
                           {high.x - r, low.y},
                           {high.x, low.y + r},
                           {high.x, high.y - r},
                           {high.x - r, high.y},
                           {low.x + r, high.y},
                           {low.x, high.y - r},
                           {low.x, low.y + r}},
                          {0, q, 0, q, 0, q, 0, q}};
    }
    case Shape::circle: {
      if (fill < 0.6 || fill > 0.92 || side.x > 1.6 * side.y || side.y > 1.6 * side.x)
        return std::nullopt;
      const double r = std::sqrt(area / std::numbers::pi);
      return SimpleFigure{{{middle.x - r, middle.y}, {middle.x + r, middle.y}}, {-1, -1}};
    }
    case Shape::diamond:
      if (fill < 0.35 || fill > 0.75) return std::nullopt;
      return SimpleFigure{
          {{middle.x, low.y}, {high.x, middle.y}, {middle.x, high.y}, {low.x, middle.y}},
          {0, 0, 0, 0}};
  }
  return std::nullopt;
}

SimpleFigure reversed(SimpleFigure figure) {
  std::ranges::reverse(figure.corners);
  std::ranges::reverse(figure.bulges);
  std::rotate(figure.bulges.begin(), figure.bulges.begin() + 1, figure.bulges.end());
  for (double& bulge : figure.bulges) bulge = -bulge;
  return figure;
}

}  // namespace

Touched join_with_next(Drawing& drawing, int c, int i, bool as_arc) {
  constexpr double flattest_px = 0.6, deepest_px = 1.5, largest_bulge = 1.5;
  Chain& chain = chain_of(drawing, c);
  const int count = static_cast<int>(chain.segments.size()), j = (i + 1) % count;
  if (count < 2 || (!chain.is_closed && j == 0)) return std::nullopt;
  const Segment first = chain.segments[static_cast<std::size_t>(i)];
  const Segment second = chain.segments[static_cast<std::size_t>(j)];
  const double chord = length(drawing.stop(second) - drawing.start(first));
  if (chord < 1e-3) return std::nullopt;
  const double depth = sagitta(drawing, first, second), bulge = bulge_of(depth, chord);
  if (!as_arc && std::abs(depth) > flattest_px) return std::nullopt;
  if (as_arc && std::abs(bulge) > largest_bulge) return std::nullopt;
  if (as_arc && std::abs(depth) > deepest_px && !first.is_arc && !second.is_arc)
    return std::nullopt;
  chain.segments[static_cast<std::size_t>(i)] = {first.from, second.to, as_arc ? bulge : 0, as_arc};
  chain.segments.erase(chain.segments.begin() + j);
  return if_possible(chain, {first.from, second.to});
}

Touched collapse(Drawing& drawing, int c, int i, bool at_crossing) {
  constexpr double longest_px = 4, farthest_px = 3, least_sine = 0.15;
  Chain& chain = chain_of(drawing, c);
  const int count = static_cast<int>(chain.segments.size());
  if (count < 3 || (!chain.is_closed && (i == 0 || i == count - 1))) return std::nullopt;
  Segment& before = chain.segments[static_cast<std::size_t>((i + count - 1) % count)];
  Segment& after = chain.segments[static_cast<std::size_t>((i + 1) % count)];
  const Segment gone = chain.segments[static_cast<std::size_t>(i)];
  const Point p = drawing.start(gone), q = drawing.stop(gone);
  if (length(q - p) > longest_px) return std::nullopt;
  Point meeting = midpoint(p, q);
  if (at_crossing) {
    const Point u = -drawing.leaving_end(before, End::stop);
    const Point v = -drawing.leaving_end(after, End::start);
    const double sine = cross(u, v);
    if (std::abs(sine) <= least_sine) return std::nullopt;
    const Point crossing = p + cross(q - p, v) / sine * u;
    if (length(crossing - meeting) < farthest_px) meeting = crossing;
  }
  before.to = after.from = gone.from;
  drawing.points[static_cast<std::size_t>(gone.from)] = meeting;
  chain.segments.erase(chain.segments.begin() + i);
  return if_possible(chain, {gone.from});
}

Touched straighten(Drawing& drawing, int c, int i) {
  constexpr double flattest_px = 0.6;
  Chain& chain = chain_of(drawing, c);
  Segment& segment = chain.segments[static_cast<std::size_t>(i)];
  const double chord = length(drawing.stop(segment) - drawing.start(segment));
  if (!segment.is_arc || std::abs(segment.bulge) * chord / 2 > flattest_px) return std::nullopt;
  segment.is_arc = false;
  segment.bulge = 0;
  return if_possible(chain, {segment.from, segment.to});
}

Touched bend(Drawing& drawing, int c, int i) {
  Segment& segment = chain_of(drawing, c).segments[static_cast<std::size_t>(i)];
  if (segment.is_arc) return std::nullopt;
  segment.is_arc = true;
  segment.bulge = 1e-3;  // not 0, so that it is no line to the solver
  return std::vector<int>{segment.from, segment.to};
}

Touched split(Drawing& drawing, int c, int i, Halves halves) {
  const Segment whole = chain_of(drawing, c).segments[static_cast<std::size_t>(i)];
  if (whole.is_arc && halves != Halves::alike) return std::nullopt;
  const Point middle = arc_point(drawing.start(whole), drawing.stop(whole), whole.bulge, 0.5);
  const int between = drawing.add_point(middle);
  const bool first = whole.is_arc || halves != Halves::alike;
  const bool second = whole.is_arc || halves == Halves::arcs;
  const double bulge = whole.is_arc ? halved(whole.bulge) : 1e-3;
  Chain& chain = chain_of(drawing, c);
  chain.segments[static_cast<std::size_t>(i)] = {whole.from, between, first ? bulge : 0, first};
  chain.segments.insert(chain.segments.begin() + i + 1,
                        {between, whole.to, second ? bulge : 0, second});
  return std::vector<int>{whole.from, between, whole.to};
}

Touched cut_anew(Drawing& drawing, int c, const Outline& outline, const CutPrices& prices) {
  constexpr std::size_t most_segments = 60;
  const Chain before = chain_of(drawing, c);
  Chain chain =
      cut(outline, prices, drawing, before.segments.front().from, before.segments.back().to);
  if (chain.segments.size() > most_segments) return std::nullopt;
  chain.left = before.left;
  chain.right = before.right;
  chain.is_closed = before.is_closed;
  chain_of(drawing, c) = chain;
  return if_possible(chain, points_of(chain));
}

Touched replace_by(Drawing& drawing, int c, Shape shape) {
  constexpr double least_px = 0.3;
  if (!chain_of(drawing, c).is_closed) return std::nullopt;
  const Box box = box_of(drawing, chain_of(drawing, c));
  const Point side = box.high - box.low;
  if (side.x < least_px || side.y < least_px) return std::nullopt;
  std::optional<SimpleFigure> found = figure(shape, box);
  if (!found) return std::nullopt;
  if (box.area < 0) found = reversed(*found);
  const int count = static_cast<int>(found->corners.size());
  const int first = static_cast<int>(drawing.points.size());
  for (const Point corner : found->corners) drawing.add_point(corner);
  Chain& chain = chain_of(drawing, c);
  chain.segments.clear();
  for (int i = 0; i < count; ++i) {
    const double bulge = found->bulges[static_cast<std::size_t>(i)];
    chain.segments.push_back({first + i, first + (i + 1) % count, bulge, bulge != 0});
  }
  return if_possible(chain, points_of(chain));
}

void level_circles(Drawing& drawing) {
  constexpr double same_circle_px = 0.05;
  for (Chain& chain : drawing.chains) {
    if (chain.is_frame || !chain.is_closed || chain.segments.size() != 2) continue;
    Segment& first = chain.segments[0];
    Segment& second = chain.segments[1];
    if (!first.is_arc || !second.is_arc || first.bulge * second.bulge <= 0) continue;
    // The two arcs of a circle end at the same places; their deepest points are opposite.
    const Point p = arc_point(drawing.start(first), drawing.stop(first), first.bulge, 0.5);
    const Point q = arc_point(drawing.start(second), drawing.stop(second), second.bulge, 0.5);
    const Point centre = midpoint(p, q);
    const double radius = length(q - p) / 2;
    const auto off = [&](Point on) { return std::abs(length(on - centre) - radius); };
    if (off(drawing.start(first)) > same_circle_px || off(drawing.stop(first)) > same_circle_px)
      continue;
    drawing.points[static_cast<std::size_t>(first.from)] = {centre.x - radius, centre.y};
    drawing.points[static_cast<std::size_t>(first.to)] = {centre.x + radius, centre.y};
    first.bulge = second.bulge = first.bulge > 0 ? 1 : -1;
  }
}

}  // namespace chorus::shapes
