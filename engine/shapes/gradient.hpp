#pragma once

#include <array>
#include <vector>

#include "chorus/image.hpp"
#include "geometry.hpp"

namespace chorus::shapes {

/// Balanced numbers (chorus/image.hpp) of a colour.
using Numbers = std::array<double, most_channels>;

/// Colours that change in more than one step along a direction, or with the distance from a centre,
/// as an SVG's linearGradient and radialGradient.
struct Gradient {
  struct Stop {
    double distance;
    Numbers color;
  };

  bool is_radial = false;
  Point centre;               ///< pixels from the picture's centre
  std::array<Point, 2> axes;  ///< of the ellipses of one colour; only the first if linear
  std::vector<Stop> stops;    ///< at least two, by growing distance

  /// The distance of a place: its length in the coordinates of the two axes, or along the first.
  double distance(Point from_picture_centre) const;
  /// Linear between stops, constant beyond the first and the last.
  Numbers at(Point from_picture_centre) const;
  /// How many numbers it takes to write it down.
  int numbers(std::size_t channels) const;
};

/// The gradient of a picture that is stretched.
Gradient stretched(const Gradient& gradient, Point factor);

}  // namespace chorus::shapes
