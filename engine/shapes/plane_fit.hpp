#pragma once

#include <array>
#include <cstddef>

#include "chorus/image.hpp"

namespace chorus::shapes {

/// Sums over pixels from which planes of least squares and their errors follow.
struct Moments {
  double n = 0, x = 0, y = 0, xx = 0, xy = 0, yy = 0;
  std::array<double, most_channels> v{}, xv{}, yv{}, vv{};

  void add(double px, double py, const Color& color);
  Moments& operator+=(const Moments& other);
};

/// base + x * slope_x + y * slope_y of each number.
struct Plane {
  std::array<double, most_channels> base{}, slope_x{}, slope_y{};

  Color at(double x, double y) const {
    Color color;
    for (std::size_t c = 0; c < most_channels; ++c)
      color[c] = static_cast<float>(base[c] + x * slope_x[c] + y * slope_y[c]);
    return color;
  }
};

/// The plane of least squares of each number.
Plane plane_of(const Moments& m);

/// The root of the mean squared error of a plane, per number of a colour with three.
double rms(const Plane& plane, const Moments& m);

/// How far evenly spread pixels of these moments reach in the direction in which a plane is
/// steepest, in pixels.
double reach(const Plane& plane, const Moments& m);

/// Less reach tells nothing: a blurred edge between two stripes of a pixel is three rows of pixels
/// on one plane, too.
constexpr double least_reach = 3.6;

}  // namespace chorus::shapes
