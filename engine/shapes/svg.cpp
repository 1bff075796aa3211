#include "svg.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <numeric>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "area_raster.hpp"
#include "region_loops.hpp"
#include "svg_path.hpp"

namespace chorus::shapes {

namespace {

constexpr double transparent_alpha = 0.5 / 255, opaque_alpha = 1 - 1.5 / 255;
/// How far edges run under what is painted later, in pixels, and at most which part of its
/// thickness.
constexpr double widest_overlap_px = 0.25, overlap_of_thickness = 0.4;

/// Straight colour and alpha, each in [0, 1].
struct Straight {
  std::array<double, 3> color;
  double alpha;
};

Straight straight(const Numbers& balanced, bool is_opaque) {
  if (is_opaque) return {{balanced[0], balanced[1], balanced[2]}, 1};
  const double alpha = balanced[3] / static_cast<double>(balanced_alpha), grey = (1 - alpha) / 2;
  Straight result{{}, std::clamp(alpha, 0.0, 1.0)};
  for (std::size_t c = 0; c < 3; ++c)
    result.color[c] = alpha > 1e-6 ? std::clamp((balanced[c] - grey) / alpha, 0.0, 1.0) : 0;
  return result;
}

std::string hex(const std::array<double, 3>& color) {
  std::array<int, 3> level;
  for (std::size_t c = 0; c < 3; ++c)
    level[c] = static_cast<int>(std::lround(255 * std::clamp(color[c], 0.0, 1.0)));
  const bool is_short = std::ranges::all_of(level, [](int l) { return l % 17 == 0; });
  if (is_short) return fmt::format("#{:x}{:x}{:x}", level[0] / 17, level[1] / 17, level[2] / 17);
  return fmt::format("#{:02x}{:02x}{:02x}", level[0], level[1], level[2]);
}

class SvgWriter {
 public:
  SvgWriter(const Drawing& drawing, const SvgOptions& options)
      : drawing_(drawing),
        options_(options),
        loops_(find_loops(drawing)),
        is_opaque_picture_(std::ranges::all_of(drawing.paints, [](const Paint& paint) {
          return paint.base[3] == 0 && paint.slope_x[3] == 0 && paint.slope_y[3] == 0;
        })) {
    for (int r = 0; r < drawing.regions(); ++r)
      if (!loops_[index(r)].parts.empty() && opacity(r) != Opacity::none) order_.push_back(r);
    enclose();
    std::ranges::stable_sort(order_, [&](int a, int b) {
      return loops_[index(a)].filled_area > loops_[index(b)].filled_area;
    });
    rank_.assign(drawing.paints.size(), -1);
    for (std::size_t i = 0; i < order_.size(); ++i) rank_[index(order_[i])] = static_cast<int>(i);
    find_thickness();
    find_beside();
  }

  SvgText write() {
    for (const int region : order_) add(region);
    flush();
    const char* end = options_.is_minified ? "" : "\n";
    const auto [width, height] = drawing_.size;
    result_.text = fmt::format("<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {} {}\">{}",
                               width, height, end);
    if (!gradients_.empty()) result_.text += "<defs>" + gradients_ + "</defs>" + end;
    result_.text += body_ + "</svg>" + "\n";
    return std::move(result_);
  }

 private:
  enum class Opacity { none, partial, full };

  static std::size_t index(int i) { return static_cast<std::size_t>(i); }

  Opacity opacity(int region) const {
    if (is_opaque_picture_) return Opacity::full;
    const Paint& paint = drawing_.paints[index(region)];
    const auto alpha = [](double h) { return h / static_cast<double>(balanced_alpha); };
    if (!paint.is_flat())
      return paint.slope_x[3] == 0 && paint.slope_y[3] == 0 && alpha(paint.base[3]) > opaque_alpha
                 ? Opacity::full
                 : Opacity::partial;
    if (alpha(paint.base[3]) < transparent_alpha) return Opacity::none;
    return alpha(paint.base[3]) > opaque_alpha ? Opacity::full : Opacity::partial;
  }

  /// Makes each region larger than what lies in its holes, which is painted over it. It is so
  /// unless the fit has left a thin rim inside out somewhere.
  void enclose() {
    bool is_changed = true;
    for (std::size_t round = 0; is_changed && round < loops_.size(); ++round) {
      is_changed = false;
      for (std::size_t r = 0; r < loops_.size(); ++r)
        for (const Loop& hole : loops_[r].holes)
          for (const Walked& walked : hole) {
            const std::size_t inner = index(beyond(drawing_, walked));
            if (inner >= loops_.size() || loops_[inner].filled_area < loops_[r].filled_area)
              continue;
            loops_[r].filled_area = std::nextafter(loops_[inner].filled_area, 1e12);
            is_changed = true;
          }
    }
  }

  /// Twice the area over the perimeter: the width of what is long.
  void find_thickness() {
    std::vector<double> perimeter(drawing_.paints.size(), 1e-9);
    for (const Chain& chain : drawing_.chains)
      for (const Segment& s : chain.segments) {
        const double l = arc_length(drawing_.start(s), drawing_.stop(s), s.bulge);
        perimeter[index(chain.left)] += l;
        perimeter[index(chain.right)] += l;
      }
    const Coverage shares = coverage(drawing_);
    thickness_.assign(drawing_.paints.size(), 0);
    for (std::size_t r = 0; r < shares.of_region.size(); ++r) {
      const auto& share = shares.of_region[r];
      thickness_[r] = 2 * std::accumulate(share.begin(), share.end(), 0.0) / perimeter[r];
    }
  }

  void find_beside() {
    beside_.resize(drawing_.paints.size());
    for (const Chain& chain : drawing_.chains) {
      beside_[index(chain.left)].insert(chain.right);
      beside_[index(chain.right)].insert(chain.left);
    }
  }

  /// Whether anything within a hole of a region lets through what lies below.
  bool shows_through(int region, const Loop& hole) const {
    std::set<int> seen = {region, drawing_.outside()};
    std::vector<int> waiting;
    const auto visit = [&](int r) {
      if (seen.insert(r).second) waiting.push_back(r);
    };
    for (const Walked& walked : hole) visit(beyond(drawing_, walked));
    while (!waiting.empty()) {
      const int r = waiting.back();
      waiting.pop_back();
      if (opacity(r) != Opacity::full) return true;
      for (const int other : beside_[index(r)]) visit(other);
    }
    return false;
  }

  void add(int region) {
    const RegionLoops& own = loops_[index(region)];
    const Loop& outer = own.parts.front();
    const std::string fill = fill_of(region);
    const bool is_ground = region == order_.front() && is_opaque_picture_ &&
                           std::ranges::any_of(outer, [&](const Walked& walked) {
                             return beyond(drawing_, walked) == drawing_.outside();
                           });
    std::vector<const Loop*> drawn;
    for (const Loop& part : own.parts) drawn.push_back(&part);
    for (const Loop& hole : own.holes)
      if (shows_through(region, hole)) drawn.push_back(&hole);
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
      data = fmt::format("M0 0v{}h{}V0z", drawing_.size.height, drawing_.size.width);
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

  std::string id() { return fmt::format(" id=\"s{}\"", ++ids_); }

  void flush() {
    if (pending_data_.empty()) return;
    body_ += "<path" + pending_fill_ + (options_.is_minified ? "" : id()) + " d=\"" +
             pending_data_ + "\"/>" + (options_.is_minified ? "" : "\n");
    pending_data_.clear();
    pending_fill_.clear();
    ++result_.elements;
  }

  bool runs_under(int region, int other) const {
    return other != drawing_.outside() && rank_[index(other)] > rank_[index(region)] &&
           opacity(other) == Opacity::full;
  }

  /// A circle or a rectangle along the grid, if the loop is one.
  std::optional<std::string> simple_shape(const Loop& loop, int region) {
    if (loop.size() != 1 || runs_under(region, beyond(drawing_, loop.front()))) return std::nullopt;
    const std::vector<Segment> segments = walked_segments(drawing_, loop.front());
    const auto number = [&](double value) { return svg_number(value, options_.decimals); };
    constexpr double tolerance = 1e-6;
    if (segments.size() == 2 && segments[0].is_arc && segments[1].is_arc &&
        std::abs(std::abs(segments[0].bulge) - 1) < tolerance &&
        std::abs(std::abs(segments[1].bulge) - 1) < tolerance) {
      const Point a = drawing_.start(segments[0]), b = drawing_.stop(segments[0]);
      const Point centre = midpoint(a, b);
      result_.nodes += 4;
      return fmt::format("<circle cx=\"{}\" cy=\"{}\" r=\"{}\"", number(centre.x), number(centre.y),
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
        fmt::format("<rect x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\"", number(low.x),
                    number(low.y), number(high.x - low.x), number(high.y - low.y));
    if (radius > 0) element += fmt::format(" rx=\"{}\"", number(radius));
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
    bool is_begun = false;
    for (const Walked& walked : loop) {
      const std::vector<Segment> segments = walked_segments(drawing_, walked);
      if (!is_begun) pen.move_to(drawing_.start(segments.front()));
      is_begun = true;
      const int other = beyond(drawing_, walked);
      if (runs_under(region, other)) {
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
    const double shift =
        std::min(widest_overlap_px, overlap_of_thickness * thickness_[index(other)]);
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

  std::string fill_of(int region) {
    const Paint& paint = drawing_.paints[index(region)];
    if (!paint.is_flat()) return fmt::format(" fill=\"url(#g{})\"", add_gradient(region));
    const Straight color = straight(paint.base, is_opaque_picture_);
    // Black is what is painted without a fill.
    const std::string name = hex(color.color);
    std::string fill = name == "#000" ? "" : fmt::format(" fill=\"{}\"", name);
    if (opacity(region) == Opacity::partial)
      fill += fmt::format(" fill-opacity=\"{}\"", svg_number(color.alpha, 3));
    return fill;
  }

  /// The least and the largest coordinate of a region in a direction, from the picture's centre.
  std::pair<double, double> extent(const RegionLoops& region, Point direction) const {
    double low = std::numeric_limits<double>::max(), high = -low;
    for (const Loop& part : region.parts)
      for (const Walked& walked : part)
        for (const Segment& s : walked_segments(drawing_, walked))
          walk_chords(drawing_, s, [&](Point, Point to, int, int) {
            const double t = dot(to - drawing_.centre(), direction);
            low = std::min(low, t);
            high = std::max(high, t);
          });
    return {low, high};
  }

  std::size_t add_gradient(int region) {
    const Paint& paint = drawing_.paints[index(region)];
    Point direction;
    double steepest = 0;
    for (std::size_t c = 0; c < most_channels; ++c) {
      const Point slope = {paint.slope_x[c], paint.slope_y[c]};
      if (length(slope) <= steepest) continue;
      steepest = length(slope);
      direction = unit(slope);
    }
    const auto [low, high] = extent(loops_[index(region)], direction);
    const auto number = [&](double value) { return svg_number(value, options_.decimals); };
    const Point a = drawing_.centre() + low * direction, b = drawing_.centre() + high * direction;
    gradients_ += fmt::format(
        "<linearGradient id=\"g{}\" gradientUnits=\"userSpaceOnUse\" x1=\"{}\" y1=\"{}\" "
        "x2=\"{}\" y2=\"{}\">",
        ++gradient_count_, number(a.x), number(a.y), number(b.x), number(b.y));
    for (const double t : {low, high}) {
      const Straight color = straight(paint.at(t * direction), is_opaque_picture_);
      gradients_ += fmt::format(
          "<stop{} stop-color=\"{}\"{}/>", t == high ? " offset=\"1\"" : "", hex(color.color),
          color.alpha < opaque_alpha
              ? fmt::format(" stop-opacity=\"{}\"", svg_number(color.alpha, 3))
              : "");
    }
    gradients_ += "</linearGradient>";
    return gradient_count_;
  }

  const Drawing& drawing_;
  SvgOptions options_;
  std::vector<RegionLoops> loops_;
  bool is_opaque_picture_;
  std::vector<int> order_, rank_;
  std::vector<double> thickness_;
  std::vector<std::set<int>> beside_;
  SvgText result_;
  std::string body_, gradients_, pending_data_, pending_fill_;
  std::size_t gradient_count_ = 0, ids_ = 0;
};

}  // namespace

SvgText write_svg(const Drawing& drawing, const SvgOptions& options) {
  return SvgWriter(drawing, options).write();
}

}  // namespace chorus::shapes
