#include "svg_fills.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>

#include "formatted.hpp"
#include "shown_paint.hpp"
#include "svg_path.hpp"

namespace chorus::shapes {

namespace {

std::string hex(const std::array<double, 3>& color) {
  std::array<int, 3> level;
  for (std::size_t c = 0; c < 3; ++c)
    level[c] = static_cast<int>(std::lround(255 * std::clamp(color[c], 0.0, 1.0)));
  const bool is_short = std::ranges::all_of(level, [](int l) { return l % 17 == 0; });
  if (is_short) return formatted("#{:x}{:x}{:x}", level[0] / 17, level[1] / 17, level[2] / 17);
  return formatted("#{:02x}{:02x}{:02x}", level[0], level[1], level[2]);
}

}  // namespace

std::string SvgFills::attributes(int region) {
  const Paint& paint = drawing_.paints[static_cast<std::size_t>(region)];
  if (!paint.is_flat()) return formatted(" fill=\"url(#{}g{})\"", prefix_, add_gradient(region));
  const StraightColor color = straight_color(paint.base, order_.is_opaque());
  // Black is what is painted without a fill.
  const std::string name = hex(color.color);
  std::string fill = name == "#000" ? "" : formatted(" fill=\"{}\"", name);
  if (order_.opacity(region) == Opacity::partial)
    fill += formatted(" fill-opacity=\"{}\"", svg_number(color.alpha, 3));
  return fill;
}

std::string SvgFills::stop(const Numbers& color, const std::string& offset) const {
  const StraightColor shown = straight_color(color, order_.is_opaque());
  const std::string opacity = shown.alpha < opaque_alpha
                                  ? formatted(" stop-opacity=\"{}\"", svg_number(shown.alpha, 3))
                                  : "";
  return formatted("<stop{} stop-color=\"{}\"{}/>",
                   offset == "0" ? "" : formatted(" offset=\"{}\"", offset), hex(shown.color),
                   opacity);
}

std::string SvgFills::linear(const Gradient& gradient) const {
  const auto number = [&](double value) { return svg_number(value, decimals_); };
  const double low = gradient.stops.front().distance, high = gradient.stops.back().distance;
  // Along the axis, whose length is 1, a distance is a way in pixels.
  const Point a = drawing_.centre() + gradient.centre + low * gradient.axes[0];
  const Point b = drawing_.centre() + gradient.centre + high * gradient.axes[0];
  return formatted(
      "<linearGradient id=\"{}g{}\" gradientUnits=\"userSpaceOnUse\" x1=\"{}\" "
      "y1=\"{}\" x2=\"{}\" y2=\"{}\">{}</linearGradient>",
      prefix_, count_, number(a.x), number(a.y), number(b.x), number(b.y),
      stops(gradient, low, high));
}

std::string SvgFills::radial(const Gradient& gradient) const {
  constexpr int fine = 4;  // decimals of angles and ratios
  const Point centre = drawing_.centre() + gradient.centre;
  const double last = gradient.stops.back().distance;
  const double ratio = 1 / length(gradient.axes[1]);
  std::string shape = formatted(" cx=\"{}\" cy=\"{}\"", svg_number(centre.x, decimals_),
                                svg_number(centre.y, decimals_));
  if (std::abs(ratio - 1) > 1e-6)
    shape = formatted(
        " cx=\"0\" cy=\"0\" gradientTransform=\"translate({} {})rotate({})scale(1 {})\"",
        svg_number(centre.x, decimals_), svg_number(centre.y, decimals_),
        svg_number(std::atan2(gradient.axes[0].y, gradient.axes[0].x) * 180 / std::numbers::pi,
                   decimals_),
        svg_number(ratio, fine));
  return formatted(
      "<radialGradient id=\"{}g{}\" gradientUnits=\"userSpaceOnUse\"{} "
      "r=\"{}\">{}</radialGradient>",
      prefix_, count_, shape, svg_number(last, decimals_), stops(gradient, 0, last));
}

std::string SvgFills::stops(const Gradient& gradient, double first, double last) const {
  constexpr int decimals = 3;
  std::string text;
  for (const Gradient::Stop& each : gradient.stops)
    text += stop(each.color, svg_number((each.distance - first) / (last - first), decimals));
  return text;
}

std::size_t SvgFills::add_gradient(int region) {
  ++count_;
  const Gradient gradient = shown_gradient(drawing_, order_, region);
  gradients_ += gradient.is_radial ? radial(gradient) : linear(gradient);
  return count_;
}

}  // namespace chorus::shapes
