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
#include "region_outline.hpp"
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
        outline_(drawing, order_),
        fills_(drawing, order_, options.decimals, options.id_prefix) {}

  SvgContent write() {
    for (const int region : order_.regions()) add(region);
    flush();
    result_.gradients = fills_.gradients();
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
    const std::vector<const Loop*> drawn = outline_.loops(region);
    const auto element =
        drawn.size() == 1 && !is_ground ? simple_shape(outer, region) : std::nullopt;
    if (element) {
      flush();
      result_.elements += *element + fill + (options_.is_minified ? "/>" : id() + "/>\n");
      ++result_.element_count;
      return;
    }
    SvgPen pen(options_.decimals);
    std::string data;
    if (is_ground) {
      // In the sense in which parts are walked: one path may hold several regions of a colour, and
      // parts that are walked in opposite senses would cut each other out.
      data = formatted("M0 0v{}h{}V0z", drawing_.size.height, drawing_.size.width);
      result_.node_count += 4;
    } else {
      for (const Loop* loop : drawn) outline_.draw(pen, *loop, region);
      data = pen.data();
      result_.node_count += pen.nodes();
    }
    if (fill != pending_fill_) flush();
    pending_fill_ = fill;
    pending_data_ += data;
  }

  std::string id() { return formatted(" id=\"{}s{}\"", options_.id_prefix, ++ids_); }

  void flush() {
    if (pending_data_.empty()) return;
    result_.elements += "<path" + pending_fill_ + (options_.is_minified ? "" : id()) + " d=\"" +
                        pending_data_ + "\"/>" + (options_.is_minified ? "" : "\n");
    pending_data_.clear();
    pending_fill_.clear();
    ++result_.element_count;
  }

  /// An ellipse whose axes are level and upright: a rotated element would rotate its gradient, too.
  std::string element_of(const Ellipse& ellipse) {
    const auto number = [&](double value) { return svg_number(value, options_.decimals); };
    result_.node_count += 4;
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
      result_.node_count += 4;
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
    result_.node_count += 4;
    std::string element =
        formatted("<rect x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\"", number(low.x),
                  number(low.y), number(high.x - low.x), number(high.y - low.y));
    if (radius > 0) element += formatted(" rx=\"{}\"", number(radius));
    return element;
  }

  const Drawing& drawing_;
  SvgOptions options_;
  PaintingOrder order_;
  RegionOutline outline_;
  SvgFills fills_;
  SvgContent result_;
  std::string pending_data_, pending_fill_;
  std::size_t ids_ = 0;
};

}  // namespace

SvgContent svg_content(const Drawing& drawing, const SvgOptions& options) {
  return SvgWriter(drawing, options).write();
}

std::string svg_document(PixelSize size, const SvgContent& content, bool is_minified) {
  const char* end = is_minified ? "" : "\n";
  std::string text = formatted("<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {} {}\">{}",
                               size.width, size.height, end);
  if (!content.gradients.empty()) text += formatted("<defs>{}</defs>{}", content.gradients, end);
  return text + content.elements + "</svg>\n";
}

SvgText write_svg(const Drawing& drawing, const SvgOptions& options) {
  const SvgContent content = svg_content(drawing, options);
  return {svg_document(drawing.size, content, options.is_minified), content.element_count,
          content.node_count};
}

}  // namespace chorus::shapes
