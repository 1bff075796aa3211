#include "scene.hpp"

#include <algorithm>
#include <cmath>

#include "parallel.hpp"

namespace chorus {

namespace {

constexpr int background_only = -1;
constexpr float widest_crack = 0.04F;  // half the width, in units of Plane

/// The state of a sample while shapes are laid on it from front to back.
struct Seen {
  int front = background_only;    ///< the shape that covers it
  float depth = 0;                ///< the depth of that shape at the sample
  int nearest = background_only;  ///< the nearest of the shapes that narrowly miss the sample
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

/// The points at which a scene is sampled: a grid in each pixel, sheared in both directions so that
/// no two samples of a pixel have the same x or y. An edge along an axis then passes them one by
/// one instead of in whole rows.
struct Samples {
  Plane plane;  ///< one pixel of this plane is one cell of the grid
  std::vector<double> x, y, shear_of_x, shear_of_y;

  explicit Samples(const Raster& raster)
      : plane{{raster.size.width * raster.samples_per_axis,
               raster.size.height * raster.samples_per_axis}} {
    const auto shear = [&](std::size_t across) {
      const auto n = static_cast<double>(raster.samples_per_axis);
      const auto place = static_cast<double>(across % raster.samples_per_axis);
      return ((place + 0.5) / n - 0.5) / plane.unit_px();
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

/// An upper bound of the change of a shape's distance from one sample to the next, along a row and
/// along a column.
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

  /// The number of samples of a row, at least 1 and at most `most`, that are certainly on the same
  /// side of a border or crack as the first, whose distance is `away`. The shear moves samples by
  /// less than a column.
  std::size_t samples_within(float away, std::size_t most) const {
    const float room = away - in_column;
    if (room <= 0) return 1;
    return room >= in_row * static_cast<float>(most)
               ? most
               : std::max<std::size_t>(1, static_cast<std::size_t>(room / in_row));
  }
};

/// The depth of a shape as a function of the distance from its border.
struct Depth {
  float rim, per_distance;
  explicit Depth(const Moving& shape)
      : rim(shape.depth_of_rim),
        per_distance(shape.has_one_depth()
                         ? 0
                         : (shape.depth_of_core - shape.depth_of_rim) / shape.thickness()) {}
  float at(float distance) const { return rim + per_distance * distance; }
};

/// A shape of a scene, ready to be laid on samples.
struct Layer {
  int number;  ///< its index in Scene::shapes
  const Moving& shape;
  Slope slope;
  Depth depth;
};

std::vector<Layer> layers_of(const Scene& scene, const Plane& plane) {
  std::vector<Layer> layers;
  for (const Moving& shape : scene.shapes)
    layers.push_back({static_cast<int>(layers.size()), shape, Slope(shape, plane), Depth(shape)});
  return layers;
}

/// Lays a shape on the samples x0 to x1 of row y. Far from its borders, the distance is not
/// computed at every sample.
void lay(const Layer& layer, const Samples& samples, std::size_t y, std::size_t x0, std::size_t x1,
         std::vector<Seen>& seen) {
  const Moving& shape = layer.shape;
  for (std::size_t x = x0; x < x1;) {
    if (seen[x].hides(shape.nearest_depth())) {
      ++x;
      continue;
    }
    const float distance = shape.distance(samples.point(x, y));
    const float away = distance > 0 ? distance : -widest_crack - distance;
    const std::size_t end = x + layer.slope.samples_within(away, x1 - x);
    if (distance <= 0) {
      if (!seen[x].covered()) seen[x].pass(layer.number, distance);
      x = end;
    } else if (!shape.has_one_depth()) {
      seen[x++].cover(layer.number, layer.depth.at(distance));
    } else {
      for (; x < end; ++x) seen[x].cover(layer.number, layer.depth.rim);
    }
  }
}

/// The visible shapes at the samples of row y.
std::vector<Seen> lay_shapes(const std::vector<Layer>& layers, const Samples& samples,
                             std::size_t y) {
  const Plane& plane = samples.plane;
  std::vector<Seen> seen(plane.size.width);
  const double unit = plane.unit_px();
  for (std::size_t k = layers.size(); k-- > 0;) {
    const Moving& shape = layers[k].shape;
    const auto [y0, y1] = range(shape.low[1], shape.high[1], unit,
                                static_cast<double>(plane.size.height) / 2, plane.size.height);
    if (y < y0 || y >= y1) continue;
    const auto [x0, x1] = range(shape.low[0], shape.high[0], unit, unit, plane.size.width);
    lay(layers[k], samples, y, x0, x1, seen);
  }
  return seen;
}

/// The weighted sum of the two parts of a rest.
class WeightedRest {
 public:
  explicit WeightedRest(const Rest& rest) {
    if (rest.far_weight <= 0 && rest.near_weight <= 0) return;
    image_ = Image(rest.far->size(), rest.far->channels);
    for (std::size_t i = 0; i < image_.values.size(); ++i)
      image_.values[i] =
          rest.far_weight * rest.far->values[i] + rest.near_weight * rest.near->values[i];
    find_empty();
  }

  void add_to(Color& color, const Point& p) const {
    if (image_.values.empty()) return;
    const Bilinear around(Plane{image_.size()}, p);
    if (empty_[around.pixels[0]]) return;
    for (std::size_t k = 0; k < 4; ++k) {
      const float* pixel = &image_.values[image_.channels * around.pixels[k]];
      for (std::size_t c = 0; c < image_.channels; ++c) color[c] += around.weights[k] * pixel[c];
    }
  }

 private:
  /// Finds the squares to which nothing is added; most squares are empty.
  void find_empty() {
    const auto [width, height] = image_.size();
    empty_.assign(width * height, true);
    for (std::size_t i = 0; i < image_.values.size(); ++i) {
      if (image_.values[i] == 0) continue;
      const std::size_t pixel = i / image_.channels, x = pixel % width, y = pixel / width;
      for (std::size_t up = 0; up <= std::min<std::size_t>(1, y); ++up)
        for (std::size_t left = 0; left <= std::min<std::size_t>(1, x); ++left)
          empty_[(y - up) * width + x - left] = false;
    }
  }

  Image image_;              ///< without pixels if both weights are 0
  std::vector<char> empty_;  ///< whether 2 x 2 pixels are all 0, indexed by the upper left one
};

/// Adds a fraction of a shape's colour at a point of one end, and the rest of that end.
void add_end(Color& color, const ColorField& paint, float fraction, const WeightedRest& rest,
             const Point& p) {
  const Color painted = color_at(paint, p);
  for (std::size_t c = 0; c < most_channels; ++c) color[c] += fraction * painted[c];
  rest.add_to(color, p);
}

struct WeightedRests {
  WeightedRest from, to;
};

/// The colour of a sample. Cracks between shapes are filled by the nearest shape.
Color color_at(const Scene& scene, const WeightedRests& rests, const Seen& seen, const Point& p) {
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
    add_end(color, front->from->paint, 1 - of_to, rests.from, front->to_from(p));
  if (front->to != nullptr) add_end(color, front->to->paint, of_to, rests.to, front->to_to(p));
  return color;
}

}  // namespace

Image paint(const Scene& scene, const Raster& raster, std::size_t threads) {
  const Samples samples(raster);
  const std::vector<Layer> layers = layers_of(scene, samples.plane);
  const WeightedRests rests{WeightedRest(scene.from), WeightedRest(scene.to)};
  Image image(raster.size, scene.channels);
  const float share = 1 / static_cast<float>(raster.samples_per_axis * raster.samples_per_axis);
  const auto paint_row = [&](std::size_t row) {
    for (std::size_t y = row * raster.samples_per_axis; y < (row + 1) * raster.samples_per_axis;
         ++y) {
      const std::vector<Seen> seen = lay_shapes(layers, samples, y);
      for (std::size_t x = 0; x < seen.size(); ++x) {
        float* pixel = image.pixel(x / raster.samples_per_axis, row);
        const Color color = color_at(scene, rests, seen[x], samples.point(x, y));
        for (std::size_t c = 0; c < scene.channels; ++c) pixel[c] += share * color[c];
      }
    }
  };
  for_each_index(raster.size.height, threads, paint_row);
  return image;
}

}  // namespace chorus
