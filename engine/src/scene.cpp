#include "scene.hpp"

#include <algorithm>
#include <cmath>

namespace chorus {

Color Moving::color(const Point& p) const {
  if (to == nullptr) return from->paint.at(to_from(p));
  if (from == nullptr) return to->paint.at(to_to(p));
  const Color a = from->paint.at(to_from(p)), b = to->paint.at(to_to(p));
  Color color{};
  for (std::size_t c = 0; c < 3; ++c) color[c] = (1 - mix) * a[c] + mix * b[c];
  return color;
}

namespace {

constexpr int background_only = -1;
constexpr float widest_crack = 0.04F;  // half of it, in units of Plane

/// What is known of a point while the shapes are laid on it, back to front.
struct Seen {
  int front = background_only;
  int nearest = background_only;  ///< among those in front of it that just miss the point
  float nearest_distance = -widest_crack;
  float second_distance = -widest_crack;

  void lay(int shape, float distance) {
    if (distance > 0) {
      *this = {.front = shape};
    } else if (distance > nearest_distance) {
      second_distance = nearest_distance;
      nearest_distance = distance;
      nearest = shape;
    } else {
      second_distance = std::max(second_distance, distance);
    }
  }
};

/// The range of pixels whose centres lie between two coordinates, widened by the crack.
std::pair<std::size_t, std::size_t> range(double low, double high, double unit, double origin,
                                          std::size_t pixels) {
  const double margin = double{widest_crack};
  const auto clip = [&](double at) {
    return static_cast<std::size_t>(std::clamp(at, 0.0, static_cast<double>(pixels)));
  };
  return {clip(std::floor((low - margin) * unit + origin)),
          clip(std::ceil((high + margin) * unit + origin) + 1)};
}

/// Points at which a scene is looked at: a grid in each pixel, sheared both ways so that no two of
/// a pixel have the same x or y. An edge along the axes then passes them one by one, not by rows.
struct Samples {
  Plane plane;  ///< a pixel of which is a cell of the grid
  std::size_t per_axis;

  Point point(std::size_t x, std::size_t y) const {
    const auto shear = [&](std::size_t across) {
      const auto n = static_cast<double>(per_axis);
      return ((static_cast<double>(across % per_axis) + 0.5) / n - 0.5) / plane.unit_px();
    };
    const Point centre = plane.point(x, y);
    return {centre[0] + shear(y), centre[1] + shear(x)};
  }
};

/// What is seen in a row of samples.
std::vector<Seen> lay_shapes(const Scene& scene, const Samples& samples, std::size_t y) {
  const Plane& plane = samples.plane;
  std::vector<Seen> seen(plane.size.width);
  const double unit = plane.unit_px();
  for (std::size_t k = 0; k < scene.shapes.size(); ++k) {
    const Moving& shape = scene.shapes[k];
    const auto [y0, y1] = range(shape.low[1], shape.high[1], unit,
                                static_cast<double>(plane.size.height) / 2, plane.size.height);
    if (y < y0 || y >= y1) continue;
    const auto [x0, x1] = range(shape.low[0], shape.high[0], unit, unit, plane.size.width);
    for (std::size_t x = x0; x < x1; ++x)
      seen[x].lay(static_cast<int>(k), shape.distance(samples.point(x, y)));
  }
  return seen;
}

void add(Color& color, const Image& image, float weight, const Bilinear& around) {
  for (std::size_t k = 0; k < 4; ++k)
    for (std::size_t c = 0; c < 3; ++c)
      color[c] += weight * around.weights[k] * image.rgb[3 * around.pixels[k] + c];
}

void add_rest(Color& color, const Rest& rest, const Point& p) {
  if (rest.far_weight <= 0 && rest.near_weight <= 0) return;
  const Bilinear around(Plane{rest.far->size()}, p);
  if (rest.far_weight > 0) add(color, *rest.far, rest.far_weight, around);
  if (rest.near_weight > 0) add(color, *rest.near, rest.near_weight, around);
}

/// The colour of a point, whatever lies between shapes filled by the nearest.
Color color_at(const Scene& scene, const Seen& seen, const Point& p) {
  const auto shape = [&](int k) -> const Moving& {
    return k == background_only ? scene.background : scene.shapes[static_cast<std::size_t>(k)];
  };
  const Moving* front = &shape(seen.front);
  const bool crack =
      seen.second_distance > -widest_crack && seen.nearest_distance > front->visible_distance(p);
  if (crack) front = &shape(seen.nearest);
  Color color = front->color(p);
  if (front->from != nullptr) add_rest(color, scene.from, front->to_from(p));
  if (front->to != nullptr) add_rest(color, scene.to, front->to_to(p));
  return color;
}

}  // namespace

Image paint(const Scene& scene, PixelSize size, std::size_t per_axis) {
  const Samples samples{Plane{{size.width * per_axis, size.height * per_axis}}, per_axis};
  Image image(size.width, size.height);
  const float share = 1 / static_cast<float>(per_axis * per_axis);
#pragma omp parallel for schedule(dynamic)
  for (std::size_t row = 0; row < size.height; ++row)
    for (std::size_t y = row * per_axis; y < (row + 1) * per_axis; ++y) {
      const std::vector<Seen> seen = lay_shapes(scene, samples, y);
      for (std::size_t x = 0; x < seen.size(); ++x) {
        const Color color = color_at(scene, seen[x], samples.point(x, y));
        float* pixel = image.pixel(x / per_axis, row);
        for (std::size_t c = 0; c < 3; ++c) pixel[c] += share * color[c];
      }
    }
  return image;
}

}  // namespace chorus
