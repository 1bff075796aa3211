#include <algorithm>
#include <array>
#include <cmath>
#include <nlohmann/json.hpp>
#include <numbers>
#include <optional>
#include <utility>

#include "animated_drawing.hpp"
#include "arc.hpp"
#include "formatted.hpp"
#include "painting_order.hpp"
#include "region_outline.hpp"
#include "shown_paint.hpp"

// The keys are those of https://lottie.github.io/lottie-spec.

namespace chorus::shapes {

namespace {

using nlohmann::ordered_json;

double rounded(double value) { return std::round(value * 1000) / 1000; }
ordered_json pair(Point p) { return {rounded(p.x), rounded(p.y)}; }
/// A property that does not change.
ordered_json fixed(ordered_json value) { return {{"a", 0}, {"k", std::move(value)}}; }

/// Coordinates in which the ellipses of a radial gradient are circles about the origin: Lottie has
/// no others. Everywhere else they are those of the picture.
struct Frame {
  Point origin;
  double angle = 0, ratio = 1;  ///< of the first axis; of the second axis to it

  Point inside(Point p) const {
    const Point from = p - origin, axis = {std::cos(angle), std::sin(angle)};
    return {dot(from, axis), dot(from, {-axis.y, axis.x}) / ratio};
  }
  ordered_json transform() const {
    return {{"ty", "tr"},
            {"p", fixed(pair(origin))},
            {"a", fixed({0, 0})},
            {"s", fixed({100, rounded(100 * ratio)})},
            {"r", fixed(rounded(angle * 180 / std::numbers::pi))},
            {"o", fixed(100)}};
  }
};

/// Outlines as cubic curves.
class CubicPen : public PathPen {
 public:
  explicit CubicPen(const Frame& frame) : frame_(frame) {}

  void move_to(Point to) override { nodes_ = {{to, to, to}}; }

  void draw_to(Point to, double bulge) override {
    const double angle = 4 * std::atan(bulge);
    const int pieces =
        std::max(1, static_cast<int>(std::ceil(std::abs(angle) / (std::numbers::pi / 2) - 1e-9)));
    const double part = std::tan(angle / pieces / 4);
    const Point from = nodes_.back().at;
    for (int i = 1; i <= pieces; ++i)
      add_arc(i == pieces ? to : arc_point(from, to, bulge, static_cast<double>(i) / pieces), part);
  }

  void draw_ellipse(const Ellipse& ellipse, bool is_clockwise) override {
    constexpr double handle = 0.5522847498;  // of a quarter of a circle: 4/3 tan(pi / 8)
    const std::array<Point, 5> ways = quarters(ellipse, is_clockwise);
    move_to(ellipse.centre + ways[0]);
    for (std::size_t i = 0; i + 1 < ways.size(); ++i) {
      nodes_.back().out = nodes_.back().at + handle * ways[i + 1];
      const Point to = ellipse.centre + ways[i + 1];
      nodes_.push_back({to + handle * ways[i], to, to});
    }
    close();
  }

  void close() override {
    if (nodes_.size() > 1 && length(nodes_.back().at - nodes_.front().at) < 1e-6) {
      nodes_.front().in = nodes_.back().in;
      nodes_.pop_back();
    }
    ordered_json places = ordered_json::array(), in = places, out = places;
    for (const Node& node : nodes_) {
      const Point at = frame_.inside(node.at);
      places.push_back(pair(at));
      in.push_back(pair(frame_.inside(node.in) - at));
      out.push_back(pair(frame_.inside(node.out) - at));
    }
    paths_.push_back(
        {{"ty", "sh"}, {"ks", fixed({{"c", true}, {"v", places}, {"i", in}, {"o", out}})}});
    nodes_.clear();
  }

  ordered_json& paths() { return paths_; }

 private:
  struct Node {
    Point in, at, out;  ///< places, not differences
  };

  /// An arc of at most a quarter of a circle, whose handles have 4/3 of the bulge times the radius.
  void add_arc(Point to, double bulge) {
    const Point from = nodes_.back().at;
    if (length(to - from) < 1e-9) return;
    Point out = from, in = to;
    if (std::abs(bulge) > 1e-6) {
      const double handle = 4.0 / 3 * std::abs(bulge) * arc_radius(from, to, bulge);
      out = from + handle * leaving(from, to, bulge, End::start);
      in = to + handle * leaving(from, to, bulge, End::stop);
    }
    nodes_.back().out = out;
    nodes_.push_back({in, to, to});
  }

  Frame frame_;
  std::vector<Node> nodes_;
  ordered_json paths_ = ordered_json::array();
};

class CompositionWriter {
 public:
  explicit CompositionWriter(const Drawing& drawing)
      : drawing_(drawing), order_(drawing), outline_(drawing, order_) {}

  /// Groups of paths and their paint; what is painted last comes first.
  ordered_json shapes() const {
    ordered_json list = ordered_json::array();
    for (const int region : order_.regions())
      if (order_.opacity(region) != Opacity::none) list.push_back(group(region));
    std::ranges::reverse(list);
    return list;
  }

 private:
  ordered_json group(int region) const {
    const Paint& paint = drawing_.paints[static_cast<std::size_t>(region)];
    std::optional<Gradient> gradient;
    if (!paint.is_flat()) gradient = shown_gradient(drawing_, order_, region);
    const Frame frame = gradient ? frame_of(*gradient) : Frame{};
    CubicPen pen(frame);
    for (const Loop* loop : outline_.loops(region)) outline_.draw(pen, *loop, region);
    ordered_json items = std::move(pen.paths());
    items.push_back(gradient ? gradient_fill(*gradient) : flat_fill(paint.base));
    items.push_back(frame.transform());
    return {{"ty", "gr"}, {"it", std::move(items)}};
  }

  Frame frame_of(const Gradient& gradient) const {
    if (!gradient.is_radial) return {};
    return {drawing_.centre() + gradient.centre, std::atan2(gradient.axes[0].y, gradient.axes[0].x),
            length(gradient.axes[0]) / length(gradient.axes[1])};
  }

  ordered_json flat_fill(const Numbers& color) const {
    const StraightColor shown = straight_color(color, order_.is_opaque());
    return {{"ty", "fl"},
            {"c",
             fixed({rounded(shown.color[0]), rounded(shown.color[1]), rounded(shown.color[2]), 1})},
            {"o", fixed(rounded(100 * shown.alpha))},
            {"r", 1}};
  }

  ordered_json gradient_fill(const Gradient& gradient) const {
    const double last = gradient.stops.back().distance;
    const double first = gradient.is_radial ? 0 : gradient.stops.front().distance;
    const auto place = [&](double distance) {
      return gradient.is_radial ? Point{distance / length(gradient.axes[0]), 0}
                                : drawing_.centre() + gradient.centre + distance * gradient.axes[0];
    };
    ordered_json colors = ordered_json::array(), alphas = ordered_json::array();
    bool is_opaque = true;
    for (const Gradient::Stop& stop : gradient.stops) {
      const StraightColor shown = straight_color(stop.color, order_.is_opaque());
      const double offset = rounded((stop.distance - first) / (last - first));
      colors.insert(colors.end(), {offset, rounded(shown.color[0]), rounded(shown.color[1]),
                                   rounded(shown.color[2])});
      alphas.insert(alphas.end(), {offset, rounded(shown.alpha)});
      is_opaque = is_opaque && shown.alpha >= opaque_alpha;
    }
    if (!is_opaque) colors.insert(colors.end(), alphas.begin(), alphas.end());
    return {{"ty", "gf"},
            {"o", fixed(100)},
            {"r", 1},
            {"t", gradient.is_radial ? 2 : 1},
            {"s", fixed(pair(place(first)))},
            {"e", fixed(pair(place(last)))},
            {"g", {{"p", gradient.stops.size()}, {"k", fixed(colors)}}}};
  }

  const Drawing& drawing_;
  PaintingOrder order_;
  RegionOutline outline_;
};

ordered_json layer_transform() {
  return {{"o", fixed(100)},
          {"r", fixed(0)},
          {"p", fixed({0, 0, 0})},
          {"a", fixed({0, 0, 0})},
          {"s", fixed({100, 100, 100})}};
}

std::string composition_name(std::size_t frame) { return formatted("frame_{}", frame); }

}  // namespace

std::string lottie(const AnimatedDrawing& animation, const std::string& name) {
  const std::vector<Showing> all = showings(animation);
  const PixelSize size = animation.frames.front().size;
  const std::size_t places = animation.order.size();
  ordered_json assets = ordered_json::array(), layers = ordered_json::array();
  for (std::size_t frame = 0; frame < animation.frames.size(); ++frame) {
    const ordered_json layer = {{"ty", 4},
                                {"ind", 1},
                                {"ip", 0},
                                {"op", places},
                                {"st", 0},
                                {"ks", layer_transform()},
                                {"shapes", CompositionWriter(animation.frames[frame]).shapes()}};
    assets.push_back({{"id", composition_name(frame)}, {"layers", ordered_json::array({layer})}});
  }
  for (const Showing& each : all)
    layers.push_back({{"ty", 0},
                      {"ind", layers.size() + 1},
                      {"refId", composition_name(each.frame)},
                      {"w", size.width},
                      {"h", size.height},
                      {"ip", each.begin},
                      {"op", each.end},
                      {"st", 0},
                      {"ks", layer_transform()}});
  const ordered_json whole = {{"v", "5.7.0"},
                              {"meta", {{"g", animation_mark}}},
                              {"nm", name},
                              {"fr", rounded(1 / animation.seconds_per_frame)},
                              {"ip", 0},
                              {"op", places},
                              {"w", size.width},
                              {"h", size.height},
                              {"ddd", 0},
                              {"assets", std::move(assets)},
                              {"layers", std::move(layers)}};
  return whole.dump(-1, ' ', false, ordered_json::error_handler_t::replace) + "\n";
}

}  // namespace chorus::shapes
