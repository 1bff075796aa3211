#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <utility>
#include <vector>

#include "chorus/image.hpp"

namespace chorus {

using Point = std::array<double, 2>;  ///< x, y

/// Coordinates of a picture in which shapes keep their proportions: the unit is half the width of
/// the picture, the origin is its centre, and y grows downwards. (The network's coordinates differ:
/// they reach from -1 to 1 in y as well, see pixel_centre.)
struct Plane {
  PixelSize size;

  double unit_px() const { return static_cast<double>(size.width) / 2; }
  /// The centre of a pixel.
  Point point(std::size_t x, std::size_t y) const {
    return {(static_cast<double>(x) + 0.5) / unit_px() - 1,
            (static_cast<double>(y) + 0.5 - static_cast<double>(size.height) / 2) / unit_px()};
  }
};

/// The four pixels around a point and their weights for bilinear interpolation. A point outside the
/// picture is moved to the nearest point inside.
struct Bilinear {
  std::array<std::size_t, 4> pixels;
  std::array<float, 4> weights;

  Bilinear(const Plane& plane, const Point& p) {
    const double unit = plane.unit_px();
    const auto [width, height] = std::pair{plane.size.width, plane.size.height};
    const double x = std::clamp((p[0] + 1) * unit - 0.5, 0.0, static_cast<double>(width - 1));
    const double y = std::clamp(p[1] * unit + static_cast<double>(height) / 2 - 0.5, 0.0,
                                static_cast<double>(height - 1));
    const auto x0 = static_cast<std::size_t>(x), y0 = static_cast<std::size_t>(y);
    const std::size_t x1 = x0 + 1 < width ? x0 + 1 : x0, y1 = y0 + 1 < height ? y0 + 1 : y0;
    const auto fx = static_cast<float>(x - static_cast<double>(x0));
    const auto fy = static_cast<float>(y - static_cast<double>(y0));
    pixels = {y0 * width + x0, y0 * width + x1, y1 * width + x0, y1 * width + x1};
    weights = {(1 - fx) * (1 - fy), fx * (1 - fy), (1 - fx) * fy, fx * fy};
  }
};

/// A number for each pixel of a picture.
class Field {
 public:
  Field() = default;
  Field(std::vector<float> values, PixelSize size);

  const Plane& plane() const { return plane_; }
  float operator[](std::size_t pixel) const { return values_[pixel]; }
  float highest() const { return highest_; }
  /// The largest slope along x or y, in values per unit of Plane.
  float steepest() const { return steepest_; }
  float at(const Point& p) const {
    const Bilinear around(plane_, p);
    float sum = 0;
    for (std::size_t k = 0; k < 4; ++k) sum += around.weights[k] * values_[around.pixels[k]];
    return sum;
  }

 private:
  std::vector<float> values_;
  Plane plane_;
  float highest_ = 0, steepest_ = 0;
};

}  // namespace chorus
