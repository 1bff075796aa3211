#include "svg_path.hpp"

#include <array>
#include <cmath>
#include <numbers>

#include "arc.hpp"
#include "formatted.hpp"

namespace chorus::shapes {

std::string svg_number(double value, int decimals) {
  std::string text = formatted("{:.{}f}", value, decimals);
  if (text.find('.') != std::string::npos) {
    while (text.back() == '0') text.pop_back();
    if (text.back() == '.') text.pop_back();
  }
  if (text == "-0") return "0";
  if (text.starts_with("0.")) return text.substr(1);
  if (text.starts_with("-0.")) return "-" + text.substr(2);
  return text;
}

SvgPen::SvgPen(int decimals) : decimals_(decimals), unit_(std::pow(10.0, decimals)) {}

Point SvgPen::rounded(Point p) const {
  return {std::round(p.x * unit_) / unit_, std::round(p.y * unit_) / unit_};
}

std::string SvgPen::pair(Point p) const {
  const std::string y = number(p.y);
  return number(p.x) + (y.starts_with('-') ? "" : " ") + y;
}

void SvgPen::move_to(Point to) {
  at_ = rounded(to);
  data_ += "M" + pair(at_);
  ++nodes_;
}

void SvgPen::draw_to(Point to, double bulge) {
  constexpr double largest_bulge = 0.68, least_sagitta_px = 0.004;
  if (std::abs(bulge) > largest_bulge && length(to - at_) > 0.05) {
    const Point middle = arc_point(at_, to, bulge, 0.5);
    draw_to(middle, halved(bulge));
    draw_to(to, halved(bulge));
    return;
  }
  const Point end = rounded(to), way = end - at_;
  const double chord = length(way);
  if (chord < 1e-9) return;
  ++nodes_;
  if (std::abs(bulge) * chord / 2 > least_sagitta_px) {
    const std::string radius = number(arc_radius(at_, end, bulge));
    data_ += "a" + radius + " " + radius + (bulge < 0 ? " 0 0 1 " : " 0 0 0 ") + pair(way);
  } else if (std::abs(way.y) < 1e-9) {
    data_ += "h" + number(way.x);
  } else if (std::abs(way.x) < 1e-9) {
    data_ += "v" + number(way.y);
  } else {
    data_ += "l" + pair(way);
  }
  at_ = end;
}

void SvgPen::draw_ellipse(const Ellipse& ellipse, bool is_clockwise) {
  const std::array<Point, 5> ways = quarters(ellipse, is_clockwise);
  const std::string shape =
      formatted("a{} {} {} 0 {} ", number(ellipse.first), number(ellipse.second),
                number(ellipse.angle * 180 / std::numbers::pi), is_clockwise ? 1 : 0);
  move_to(ellipse.centre + ways[0]);
  for (std::size_t i = 1; i < ways.size(); ++i) {
    const Point end = rounded(ellipse.centre + ways[i]);
    data_ += shape + pair(end - at_);
    at_ = end;
    ++nodes_;
  }
  close();
}

}  // namespace chorus::shapes
