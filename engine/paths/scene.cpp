#include "scene.hpp"

#include <algorithm>
#include <cmath>

#include "parallel.hpp"

namespace chorus {

namespace {

constexpr int background_only = -1;
constexpr float widest_crack = 0.04F;  // half of it, in units of Plane

/// What is known of a point while the shapes are laid on it, front to back.
struct Seen {
  int front = background_only;
  float depth = 0;                ///< of that shape here
  int nearest = background_only;  ///< among those in front of it that just miss the point
  float nearest_distance = -widest_crack;
  float second_distance = -widest_crack;

  bool covered() const { return front != background_only; }
  bool hides(float other_depth) const { return covered() && depth >= other_depth; }
  void cover(int shape, float depth_here) {
    if (hides(depth_here)) return;
    front = shape;
    depth = depth_here;
  }
  void pass(int shape, float distance) {
    if (distance > nearest_distance) {
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
  std::vector<double> x, y, shear_of_x, shear_of_y;

  Samples(PixelSize size, std::size_t per_axis)
      : plane{{size.width * per_axis, size.height * per_axis}} {
    const auto shear = [&](std::size_t across) {
      const auto n = static_cast<double>(per_axis);
      return ((static_cast<double>(across % per_axis) + 0.5) / n - 0.5) / plane.unit_px();
    };
    for (std::size_t k = 0; k < plane.size.width; ++k) {
      x.push_back(plane.point(k, 0)[0]);
      shear_of_x.push_back(shear(k));
    }
    for (std::size_t k = 0; k < plane.size.height; ++k) {
      y.push_back(plane.point(0, k)[1]);
      shear_of_y.push_back(shear(k));
    }
  }

  Point point(std::size_t column, std::size_t row) const {
    return {x[column] + shear_of_y[row], y[row] + shear_of_x[column]};
  }
};

/// How much a shape's distance differs at most from one sample to the next of a row or a column.
struct Slope {
  float in_row = 0, in_column = 0;

  Slope(const Moving& shape, const Plane& plane) {
    const auto add = [&](const Shape* end, const Affine& to_end, float weight) {
      if (end == nullptr) return;
      const auto along = [&](double x, double y) {
        return weight * end->filled.steepest() *
               static_cast<float>((std::abs(x) + std::abs(y)) / plane.unit_px());
      };
      in_row += along(to_end.xx, to_end.yx);
      in_column += along(to_end.xy, to_end.yy);
    };
    add(shape.from, shape.to_from, shape.weight_from);
    add(shape.to, shape.to_to, shape.weight_to);
  }

  /// How many samples of a row, one at least, are surely on the same side of a border or a crack as
  /// the first one, which is so far away from that. The shear moves them by less than a column.
  std::size_t samples_within(float away, std::size_t most) const {
    const float room = away - in_column;
    if (room <= 0) return 1;
    return room >= in_row * static_cast<float>(most)
               ? most
               : std::max<std::size_t>(1, static_cast<std::size_t>(room / in_row));
  }
};

/// How far in front a point of a shape is.
struct Depth {
  float rim, per_distance;
  explicit Depth(const Moving& shape)
      : rim(shape.depth_of_rim),
        per_distance(shape.has_one_depth()
                         ? 0
                         : (shape.depth_of_core - shape.depth_of_rim) / shape.thickness()) {}
  float at(float distance) const { return rim + per_distance * distance; }
};

/// Lays a shape on the samples x0 to x1 of a row. Far from its borders it is not asked everywhere.
void lay(std::vector<Seen>& seen, std::size_t x0, std::size_t x1, int number, const Moving& shape,
         const Slope& slope, const Samples& samples, std::size_t y) {
  const Depth depth(shape);
  for (std::size_t x = x0; x < x1;) {
    if (seen[x].hides(shape.nearest_depth())) {
      ++x;
      continue;
    }
    const float distance = shape.distance(samples.point(x, y));
    const float away = distance > 0 ? distance : -widest_crack - distance;
    const std::size_t end = x + slope.samples_within(away, x1 - x);
    if (distance <= 0) {
      if (!seen[x].covered()) seen[x].pass(number, distance);
      x = end;
    } else if (!shape.has_one_depth()) {
      seen[x++].cover(number, depth.at(distance));
    } else {
      for (; x < end; ++x) seen[x].cover(number, depth.rim);
    }
  }
}

/// What is seen in a row of samples.
std::vector<Seen> lay_shapes(const Scene& scene, const std::vector<Slope>& slopes,
                             const Samples& samples, std::size_t y) {
  const Plane& plane = samples.plane;
  std::vector<Seen> seen(plane.size.width);
  const double unit = plane.unit_px();
  for (std::size_t k = scene.shapes.size(); k-- > 0;) {
    const Moving& shape = scene.shapes[k];
    const auto [y0, y1] = range(shape.low[1], shape.high[1], unit,
                                static_cast<double>(plane.size.height) / 2, plane.size.height);
    if (y < y0 || y >= y1) continue;
    const auto [x0, x1] = range(shape.low[0], shape.high[0], unit, unit, plane.size.width);
    lay(seen, x0, x1, static_cast<int>(k), shape, slopes[k], samples, y);
  }
  return seen;
}

/// What is left of what an end shows beyond its shapes.
class Left {
 public:
  explicit Left(const Rest& rest) {
    if (rest.far_weight <= 0 && rest.near_weight <= 0) return;
    image_ = Image(rest.far->width, rest.far->height);
    for (std::size_t i = 0; i < image_.rgb.size(); ++i)
      image_.rgb[i] = rest.far_weight * rest.far->rgb[i] + rest.near_weight * rest.near->rgb[i];
    find_empty();
  }

  void add_to(Color& color, const Point& p) const {
    if (image_.rgb.empty()) return;
    const Bilinear around(Plane{image_.size()}, p);
    if (empty_[around.pixels[0]]) return;
    for (std::size_t k = 0; k < 4; ++k) {
      const float* pixel = &image_.rgb[3 * around.pixels[k]];
      for (std::size_t c = 0; c < 3; ++c) color[c] += around.weights[k] * pixel[c];
    }
  }

 private:
  /// Most of it is nothing.
  void find_empty() {
    const auto [width, height] = image_.size();
    empty_.assign(width * height, true);
    for (std::size_t i = 0; i < image_.rgb.size(); ++i) {
      if (image_.rgb[i] == 0) continue;
      const std::size_t x = i / 3 % width, y = i / 3 / width;
      for (std::size_t up = 0; up <= std::min<std::size_t>(1, y); ++up)
        for (std::size_t left = 0; left <= std::min<std::size_t>(1, x); ++left)
          empty_[(y - up) * width + x - left] = false;
    }
  }

  Image image_;              ///< no pixels if nothing is left
  std::vector<char> empty_;  ///< of 2 x 2 pixels, by the first
};

/// Adds a shape's colour at a point of one end, and what is left there of the end's rest.
void add_end(Color& color, const Paint& paint, float share, const Left& left, const Point& p) {
  const Color painted = paint.at(p);
  for (std::size_t c = 0; c < 3; ++c) color[c] += share * painted[c];
  left.add_to(color, p);
}

/// What is left of the rests of both ends.
struct Lefts {
  Left from, to;
};

/// The colour of a point, whatever lies between shapes filled by the nearest.
Color color_at(const Scene& scene, const Lefts& left, const Seen& seen, const Point& p) {
  const auto shape = [&](int k) -> const Moving& {
    return k == background_only ? scene.background : scene.shapes[static_cast<std::size_t>(k)];
  };
  const Moving* front = &shape(seen.front);
  const bool crack =
      seen.second_distance > -widest_crack && seen.nearest_distance > front->visible_distance(p);
  if (crack) front = &shape(seen.nearest);
  Color color{};
  const float of_to = front->share_of_to();
  if (front->from != nullptr)
    add_end(color, front->from->paint, 1 - of_to, left.from, front->to_from(p));
  if (front->to != nullptr) add_end(color, front->to->paint, of_to, left.to, front->to_to(p));
  return color;
}

}  // namespace

Image paint(const Scene& scene, PixelSize size, std::size_t per_axis, std::size_t threads) {
  const Samples samples(size, per_axis);
  std::vector<Slope> slopes;
  for (const Moving& shape : scene.shapes) slopes.emplace_back(shape, samples.plane);
  const Lefts left{Left(scene.from), Left(scene.to)};
  Image image(size.width, size.height);
  const float share = 1 / static_cast<float>(per_axis * per_axis);
  for_each_index(size.height, threads, [&](std::size_t row) {
    for (std::size_t y = row * per_axis; y < (row + 1) * per_axis; ++y) {
      const std::vector<Seen> seen = lay_shapes(scene, slopes, samples, y);
      for (std::size_t column = 0; column < size.width; ++column) {
        float* pixel = image.pixel(column, row);
        for (std::size_t x = column * per_axis; x < (column + 1) * per_axis; ++x) {
          const Color color = color_at(scene, left, seen[x], samples.point(x, y));
          for (std::size_t c = 0; c < 3; ++c) pixel[c] += share * color[c];
        }
      }
    }
  });
  return image;
}

}  // namespace chorus
