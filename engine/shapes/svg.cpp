#include "svg.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>
#include <utility>
#include <vector>

#include "formatted.hpp"
#include "painting_order.hpp"
#include "region_loops.hpp"
#include "svg_fills.hpp"
#include "svg_path.hpp"

namespace chorus::shapes {

namespace {

class SvgWriter {
 public:
  SvgWriter(const Drawing& drawing, const SvgOptions& options)
      : drawing_(drawing),
        options_(options),
        order_(drawing),
        fills_(drawing, order_, options.decimals) {}

  SvgText write() {
    for (const int region : order_.regions()) add(region);
    flush();
    const char* end = options_.is_minified ? "" : "\n";
    const auto [width, height] = drawing_.size;
    result_.text = formatted("<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {} {}\">{}",
                             width, height, end);
    if (!fills_.gradients().empty())
      result_.text += formatted("<defs>{}</defs>{}", fills_.gradients(), end);
    result_.text += body_ + "</svg>" + "\n";
    return std::move(result_);
  }

 private:
  static std::size_t index(int i) { return static_cast<std::size_t>(i); }

  void add(int region) {
    const RegionLoops& own = order_.loops(region);
    const Loop& outer = own.parts.front();
    const std::string fill = fills_.attributes(region);
    const bool is_ground = region == order_.regions().front() && order_.is_opaque() &&
                           std::ranges::any_of(outer, [&](const Walked& walked) {
                             return beyond(drawing_, walked) == drawing_.outside();
                           });
    std::vector<const Loop*> drawn;
    for (const Loop& part : own.parts) drawn.push_back(&part);
    for (const Loop& hole : own.holes)
      if (order_.shows_through(region, hole)) drawn.push_back(&hole);
    const auto element =
        drawn.size() == 1 && !is_ground ? simple_shape(outer, region) : std::nullopt;
    if (element) {
      flush();
      body_ += *element + fill + (options_.is_minified ? "/>" : id() + "/>\n");
      ++result_.elements;
      return;
    }
    SvgPen pen(options_.decimals);
    std::string data;
    if (is_ground) {
      // In the sense in which parts are walked: one path may hold several regions of a colour, and
      // parts that are walked in opposite senses would cut each other out.
      data = formatted("M0 0v{}h{}V0z", drawing_.size.height, drawing_.size.width);
      result_.nodes += 4;
    } else {
      for (const Loop* loop : drawn) draw(pen, *loop, region);
      data = pen.data();
      result_.nodes += pen.nodes();
    }
    if (fill != pending_fill_) flush();
    pending_fill_ = fill;
    pending_data_ += data;
  }

  std::string id() { return formatted(" id=\"s{}\"", ++ids_); }

  void flush() {
    if (pending_data_.empty()) return;
    body_ += "<path" + pending_fill_ + (options_.is_minified ? "" : id()) + " d=\"" +
             pending_data_ + "\"/>" + (options_.is_minified ? "" : "\n");
    pending_data_.clear();
    pending_fill_.clear();
    ++result_.elements;
  }

  /// An ellipse whose axes are level and upright: a rotated element would rotate its gradient, too.
  std::string element_of(const Ellipse& ellipse) {
    const auto number = [&](double value) { return svg_number(value, options_.decimals); };
    result_.nodes += 4;
    const std::string x = number(ellipse.centre.x), y = number(ellipse.centre.y);
    if (ellipse.first == ellipse.second)
      return formatted("<circle cx=\"{}\" cy=\"{}\" r=\"{}\"", x, y, number(ellipse.first));
    return formatted("<ellipse cx=\"{}\" cy=\"{}\" rx=\"{}\" ry=\"{}\"", x, y,
                     number(ellipse.first), number(ellipse.second));
  }

  /// A circle, an ellipse or a rectangle along the grid, if the loop is one.
  std::optional<std::string> simple_shape(const Loop& loop, int region) {
    if (loop.size() != 1 || order_.runs_under(region, beyond(drawing_, loop.front())))
      return std::nullopt;
    if (const auto& ellipse = drawing_.chains[index(loop.front().chain)].figure.ellipse)
      return ellipse->angle == 0 ? std::optional(element_of(*ellipse)) : std::nullopt;
    const std::vector<Segment> segments = walked_segments(drawing_, loop.front());
    const auto number = [&](double value) { return svg_number(value, options_.decimals); };
    constexpr double tolerance = 1e-6;
    if (segments.size() == 2 && segments[0].is_arc && segments[1].is_arc &&
        std::abs(std::abs(segments[0].bulge) - 1) < tolerance &&
        std::abs(std::abs(segments[1].bulge) - 1) < tolerance) {
      const Point a = drawing_.start(segments[0]), b = drawing_.stop(segments[0]);
      const Point centre = midpoint(a, b);
      result_.nodes += 4;
      return formatted("<circle cx=\"{}\" cy=\"{}\" r=\"{}\"", number(centre.x), number(centre.y),
                       number(length(b - a) / 2));
    }
    std::vector<Segment> lines;
    double radius = 0;
    for (const Segment& s : segments) {
      const Point way = drawing_.stop(s) - drawing_.start(s);
      if (!s.is_arc) {
        if (std::abs(way.x) > tolerance && std::abs(way.y) > tolerance) return std::nullopt;
        lines.push_back(s);
        continue;
      }
      if (std::abs(std::abs(s.bulge) - quarter_bulge) > tolerance) return std::nullopt;
      if (std::abs(std::abs(way.x) - std::abs(way.y)) > tolerance) return std::nullopt;
      if (radius != 0 && std::abs(radius - std::abs(way.x)) > tolerance) return std::nullopt;
      radius = std::abs(way.x);
    }
    if (lines.size() != 4 || (segments.size() != 4 && segments.size() != 8)) return std::nullopt;
    Point low{std::numeric_limits<double>::max(), std::numeric_limits<double>::max()};
    Point high = -low;
    for (const Segment& s : lines)
      for (const Point p : {drawing_.start(s), drawing_.stop(s)}) {
        low = {std::min(low.x, p.x), std::min(low.y, p.y)};
        high = {std::max(high.x, p.x), std::max(high.y, p.y)};
      }
    result_.nodes += 4;
    std::string element =
        formatted("<rect x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\"", number(low.x),
                  number(low.y), number(high.x - low.x), number(high.y - low.y));
    if (radius > 0) element += formatted(" rx=\"{}\"", number(radius));
    return element;
  }

  /// The normal of a segment's end that points away from the region on the left.
  Point away(const Segment& s, End end) const {
    const Point t = drawing_.leaving_end(s, end);
    return turned(end == End::start ? t : -t);
  }

  /// Where the end of an open chain may move: between the two borders of the region on the other
  /// side that meet there.
  Point between_borders(int point, int chain, int other, Point tangent, Point normal) const {
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

  void draw(SvgPen& pen, const Loop& loop, int region) const {
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
  void draw_under(SvgPen& pen, const Walked& walked, const std::vector<Segment>& segments,
                  int other) const {
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

  const Drawing& drawing_;
  SvgOptions options_;
  PaintingOrder order_;
  SvgFills fills_;
  SvgText result_;
  std::string body_, pending_data_, pending_fill_;
  std::size_t ids_ = 0;
};

}  // namespace

SvgText write_svg(const Drawing& drawing, const SvgOptions& options) {
  return SvgWriter(drawing, options).write();
}

}  // namespace chorus::shapes
