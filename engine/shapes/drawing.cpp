#include "drawing.hpp"

#include <algorithm>
#include <limits>

namespace chorus::shapes {

namespace {

/// The chords of a segment, and the box around them.
struct Polyline {
  std::vector<Point> points;
  Point low{std::numeric_limits<double>::max(), std::numeric_limits<double>::max()};
  Point high{std::numeric_limits<double>::lowest(), std::numeric_limits<double>::lowest()};
  const Segment* segment = nullptr;
};

Polyline polyline(const Drawing& drawing, const Segment& segment) {
  Polyline line;
  line.segment = &segment;
  const Point a = drawing.start(segment), b = drawing.stop(segment);
  const int chords = std::min(12, chords_of(a, b, segment.bulge));
  for (int i = 0; i <= chords; ++i) {
    const Point p = arc_point(a, b, segment.bulge, static_cast<double>(i) / chords);
    line.points.push_back(p);
    line.low = {std::min(line.low.x, p.x), std::min(line.low.y, p.y)};
    line.high = {std::max(line.high.x, p.x), std::max(line.high.y, p.y)};
  }
  return line;
}

bool boxes_meet(const Polyline& a, const Polyline& b) {
  return a.low.x < b.high.x && b.low.x < a.high.x && a.low.y < b.high.y && b.low.y < a.high.y;
}

bool chords_cross(Point a, Point b, Point c, Point d) {
  // Ends that only touch are no crossing.
  constexpr double margin = 1e-3;
  const Point ab = b - a, cd = d - c;
  const double across = cross(ab, cd);
  if (std::abs(across) < 1e-12) return false;
  const double t = cross(c - a, cd) / across, u = cross(c - a, ab) / across;
  return t > margin && t < 1 - margin && u > margin && u < 1 - margin;
}

bool lines_cross(const Polyline& a, const Polyline& b) {
  if (!boxes_meet(a, b)) return false;
  for (std::size_t i = 0; i + 1 < a.points.size(); ++i)
    for (std::size_t j = 0; j + 1 < b.points.size(); ++j)
      if (chords_cross(a.points[i], a.points[i + 1], b.points[j], b.points[j + 1])) return true;
  return false;
}

}  // namespace

Numbers Paint::at(Point from_centre) const {
  if (gradient) return gradient->at(from_centre);
  Numbers color;
  for (std::size_t c = 0; c < color.size(); ++c)
    color[c] = base[c] + from_centre.x * slope_x[c] + from_centre.y * slope_y[c];
  return color;
}

int Paint::numbers(std::size_t channels) const {
  const auto color = static_cast<int>(channels);
  if (gradient) return gradient->numbers(channels);
  return is_flat() ? color : 2 * color + 1;  // two colours and a direction
}

bool Paint::has_alpha() const {
  if (gradient)
    return std::ranges::any_of(gradient->stops,
                               [](const Gradient::Stop& stop) { return stop.color[3] != 0; });
  return base[3] != 0 || slope_x[3] != 0 || slope_y[3] != 0;
}

bool operator==(const Paint& a, const Paint& b) {
  return a.base == b.base && a.slope_x == b.slope_x && a.slope_y == b.slope_y &&
         a.gradient == b.gradient;
}

Paint linear_jump(const Paint& a, const Paint& b) {
  Paint difference;
  for (std::size_t c = 0; c < most_channels; ++c) {
    difference.base[c] = a.base[c] - b.base[c];
    difference.slope_x[c] = a.slope_x[c] - b.slope_x[c];
    difference.slope_y[c] = a.slope_y[c] - b.slope_y[c];
  }
  return difference;
}

std::size_t count_segments(const Drawing& drawing) {
  std::size_t count = 0;
  for (const Chain& chain : drawing.chains)
    if (!chain.is_frame) count += chain.segments.size();
  return count;
}

bool is_possible(const Chain& chain) {
  if (chain.segments.empty()) return false;
  if (!chain.is_closed && !chain.is_loop()) return true;
  if (chain.segments.size() >= 3) return true;
  return chain.segments.size() == 2 && (chain.segments[0].is_arc || chain.segments[1].is_arc);
}

bool crosses_itself(const Drawing& drawing, const std::vector<int>& chains) {
  std::vector<std::vector<Polyline>> lines(drawing.chains.size());
  for (std::size_t c = 0; c < lines.size(); ++c)
    for (const Segment& segment : drawing.chains[c].segments)
      lines[c].push_back(polyline(drawing, segment));
  for (const int c : chains)
    for (const Polyline& a : lines[static_cast<std::size_t>(c)])
      for (const auto& others : lines)
        for (const Polyline& b : others)
          if (a.segment != b.segment && lines_cross(a, b)) return true;
  return false;
}

}  // namespace chorus::shapes
