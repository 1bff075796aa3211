#pragma once

#include <memory>
#include <vector>

#include "gradient.hpp"

namespace chorus::shapes {

/// Places (pixels from the picture's centre) and the colours that they have.
struct ColoredPlaces {
  std::vector<Point> places;
  std::vector<Numbers> colors;
};

/// What a description costs: squared errors in units of sigma, and a price for each number.
struct GradientPrices {
  double sigma = 0, price_of_number = 0;
  std::size_t channels = 3;
};

/// A change of a number per pixel from which it is no gradient but the blurred edge of a visible
/// step, of 20 levels over 1.6 px.
constexpr double steepest_gradient = 12.0 / 255;

/// The gradient of the least description, or none if it costs more than `limit`: linear with
/// several stops, or radial in circles or ellipses. Geometry is found by Gauss and Newton's method
/// with the colours of the stops eliminated (variable projection, Golub and Pereyra 1973); stops
/// are added as long as each pays for itself. None is steeper than `steepest_gradient`. `before` is
/// a gradient to start from, or null.
std::shared_ptr<const Gradient> fit_gradient(const ColoredPlaces& data,
                                             const GradientPrices& prices, double limit,
                                             const Gradient* before);

}  // namespace chorus::shapes
