#include "region_outline.hpp"

#include "arc.hpp"

namespace chorus::shapes {

std::vector<const Loop*> RegionOutline::loops(int region) const {
  const RegionLoops& own = order_.loops(region);
  std::vector<const Loop*> drawn;
  for (const Loop& part : own.parts) drawn.push_back(&part);
  for (const Loop& hole : own.holes)
    if (order_.shows_through(region, hole)) drawn.push_back(&hole);
  return drawn;
}

/// The normal of a segment's end that points away from the region on the left.
Point RegionOutline::away(const Segment& s, End end) const {
  const Point t = drawing_.leaving_end(s, end);
  return turned(end == End::start ? t : -t);
}

/// Where the end of an open chain may move: between the two borders of the region on the other
/// side that meet there.
Point RegionOutline::between_borders(int point, int chain, int other, Point tangent,
                                     Point normal) const {
  Point best = normal;
  for (int c = 0; c < static_cast<int>(drawing_.chains.size()); ++c) {
    const Chain& border = drawing_.chains[index(c)];
    if (c == chain || (border.left != other && border.right != other)) continue;
    for (const End end : {End::start, End::stop}) {
      const Segment& s = end == End::start ? border.segments.front() : border.segments.back();
      if ((end == End::start ? s.from : s.to) != point) continue;
      const Point onward = drawing_.leaving_end(s, end);
      if (dot(onward, normal) > 0 && dot(onward, tangent) > 0)
        best = unit(onward + tangent);
      else if (dot(onward, normal) < 0 && dot(onward, tangent) > 0.7)
        best = {};
    }
  }
  return best;
}

void RegionOutline::draw(PathPen& pen, const Loop& loop, int region) const {
  if (const auto& ellipse = drawing_.chains[index(loop.front().chain)].figure.ellipse;
      ellipse && !order_.runs_under(region, beyond(drawing_, loop.front()))) {
    const std::vector<Segment> segments = walked_segments(drawing_, loop.front());
    return pen.draw_ellipse(*ellipse, segments.front().bulge < 0);
  }
  bool is_begun = false;
  for (const Walked& walked : loop) {
    const std::vector<Segment> segments = walked_segments(drawing_, walked);
    if (!is_begun) pen.move_to(drawing_.start(segments.front()));
    is_begun = true;
    const int other = beyond(drawing_, walked);
    if (order_.runs_under(region, other)) {
      draw_under(pen, walked, segments, other);
      continue;
    }
    for (const Segment& s : segments) pen.draw_to(drawing_.stop(s), s.is_arc ? s.bulge : 0);
  }
  pen.close();
}

/// Draws a chain moved towards the region on its other side.
void RegionOutline::draw_under(PathPen& pen, const Walked& walked,
                               const std::vector<Segment>& segments, int other) const {
  const double shift = order_.overlap_under(other);
  const bool is_closed = drawing_.chains[index(walked.chain)].is_closed;
  const std::size_t count = segments.size();
  for (std::size_t i = 0; i < count; ++i) {
    const Segment& s = segments[i];
    Point at_start = away(s, End::start), at_stop = away(s, End::stop);
    if (i > 0 || is_closed)
      at_start = unit(at_start + away(segments[(i + count - 1) % count], End::stop));
    if (i + 1 < count || is_closed)
      at_stop = unit(at_stop + away(segments[(i + 1) % count], End::start));
    if (!is_closed && i == 0)
      at_start = between_borders(s.from, walked.chain, other, drawing_.leaving_end(s, End::start),
                                 at_start);
    if (!is_closed && i + 1 == count)
      at_stop =
          between_borders(s.to, walked.chain, other, drawing_.leaving_end(s, End::stop), at_stop);
    if (i == 0) pen.draw_to(drawing_.start(s) + shift * at_start, 0);
    pen.draw_to(drawing_.stop(s) + shift * at_stop, s.is_arc ? s.bulge : 0);
    if (i + 1 == count) pen.draw_to(drawing_.stop(s), 0);
  }
}

}  // namespace chorus::shapes
