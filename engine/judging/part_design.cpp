#include "part_design.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <stdexcept>

namespace chorus {

namespace {

double between(double a, double b, double t) { return (1 - t) * a + t * b; }

Pose between(const Pose& a, const Pose& b, double t) {
  return {.x = between(a.x, b.x, t),
          .y = between(a.y, b.y, t),
          .turn_degrees = between(a.turn_degrees, b.turn_degrees, t),
          .width = between(a.width, b.width, t),
          .height = between(a.height, b.height, t)};
}

double squared_distance_to_line(const Place& p, const Place& from, const Place& to) {
  const double dx = to[0] - from[0], dy = to[1] - from[1], length = dx * dx + dy * dy;
  const double along =
      length > 0 ? std::clamp(((p[0] - from[0]) * dx + (p[1] - from[1]) * dy) / length, 0.0, 1.0)
                 : 0;
  const double x = p[0] - from[0] - along * dx, y = p[1] - from[1] - along * dy;
  return x * x + y * y;
}

bool contains(const Form& form, const Place& p) {
  bool inside = false;
  for (std::size_t k = 0; k < form.corners.size(); ++k) {
    const Place& from = form.corners[k];
    const Place& to = form.corners[(k + 1) % form.corners.size()];
    if (squared_distance_to_line(p, from, to) < form.round * form.round) return true;
    const bool crosses = (from[1] > p[1]) != (to[1] > p[1]);
    if (crosses && p[0] < from[0] + (to[0] - from[0]) * (p[1] - from[1]) / (to[1] - from[1]))
      inside = !inside;
  }
  return inside;
}

/// A part at one moment.
class Posed {
 public:
  Posed(const Part& part, double t)
      : form_(part.form),
        pose_(between(part.a, part.b, t)),
        cosine_(std::cos(pose_.turn_degrees * std::numbers::pi / 180)),
        sine_(std::sin(pose_.turn_degrees * std::numbers::pi / 180)) {
    for (const Place& corner : form_.corners)
      reach_ = std::max(reach_, (std::hypot(corner[0], corner[1]) + form_.round) *
                                    std::max(std::abs(pose_.width), std::abs(pose_.height)));
    for (std::size_t c = 0; c < 3; ++c)
      color_[c] = static_cast<float>(between(double{part.color_a[c]}, double{part.color_b[c]}, t));
  }

  bool covers(const Place& p) const {
    if (pose_.width == 0 || pose_.height == 0) return false;
    const double x = p[0] - pose_.x, y = p[1] - pose_.y;
    if (std::hypot(x, y) > reach_) return false;
    return contains(
        form_, {(cosine_ * x + sine_ * y) / pose_.width, (cosine_ * y - sine_ * x) / pose_.height});
  }
  const Rgb& color() const { return color_; }

 private:
  const Form& form_;
  Pose pose_;
  double cosine_, sine_;
  double reach_ = 0;  ///< no point of the part is farther away from its origin
  Rgb color_{};
};

}  // namespace

Form disc(double radius) { return {{{0, 0}}, radius}; }

Form box(double half_width, double half_height, double round) {
  const double x = half_width - round, y = half_height - round;
  return {{{-x, -y}, {x, -y}, {x, y}, {-x, y}}, round};
}

Form star(std::size_t corners, double outer, double inner) {
  Form form;
  for (std::size_t k = 0; k < 2 * corners; ++k) {
    const double angle =
        std::numbers::pi * (static_cast<double>(k) / static_cast<double>(corners) - 0.5);
    const double radius = k % 2 == 0 ? outer : inner;
    form.corners.push_back({radius * std::cos(angle), radius * std::sin(angle)});
  }
  return form;
}

Form shifted(Form form, const Place& by) {
  for (Place& corner : form.corners) corner = {corner[0] + by[0], corner[1] + by[1]};
  return form;
}

Part still(Form form, const Pose& pose, const Rgb& color) {
  return {std::move(form), pose, pose, color, color};
}

Part moving(Form form, const Pose& a, const Pose& b, const Rgb& color) {
  return {std::move(form), a, b, color, color};
}

Image draw_parts(const PartDesign& design, double t, std::size_t size_px) {
  // 4 x 4 points a pixel, and 512 x 512 in all, show the area that a part covers to 1 %.
  constexpr std::size_t least_a_pixel = 4, least_across = 512;
  if (size_px == 0) throw std::invalid_argument("draw_parts: the picture has no pixels");
  std::vector<Posed> posed;
  posed.reserve(design.parts.size());
  for (const Part& part : design.parts) posed.emplace_back(part, t);
  const std::size_t points = std::max(least_a_pixel, (least_across + size_px - 1) / size_px);
  const std::size_t across = size_px * points;
  const auto place = [&](std::size_t k) {
    return 2 * (static_cast<double>(k) + 0.5) / static_cast<double>(across) - 1;
  };
  const float share = 1.0F / static_cast<float>(points * points);
  Image image(size_px, size_px);
  for (std::size_t y = 0; y < across; ++y)
    for (std::size_t x = 0; x < across; ++x) {
      const Place p = {place(x), place(y)};
      const auto front = std::find_if(posed.rbegin(), posed.rend(),
                                      [&](const Posed& part) { return part.covers(p); });
      const Rgb& color = front == posed.rend() ? design.ground : front->color();
      float* pixel = image.pixel(x / points, y / points);
      for (std::size_t c = 0; c < 3; ++c) pixel[c] += share * color[c];
    }
  return image;
}

}  // namespace chorus
