#pragma once

#include "area_raster.hpp"
#include "chorus/image.hpp"

namespace chorus::shapes {

/// How pixels are compared with a drawing: squared differences in units of the noise, and linear
/// ones (Huber 1964) where the drawing lacks something.
struct Noise {
  double sigma = 3.0 / 255;  ///< of a number of a pixel; see docs/shapes.md
  double huber = 6;          ///< beyond so many sigma, an error counts linearly
};

/// What a number of a drawing costs, as (Schwarz 1978): the logarithm of the count of pixels, which
/// is 7.7 at 48 x 48.
constexpr double price_of_number = 8;

/// The pixels of a picture as numbers. Of opaque pictures the fourth is 0. Pixels whose numbers are
/// not-a-number are held out: no function of this room learns anything of them.
Pixels numbers_of(const Image& balanced);

inline bool is_held_out(const Numbers& target) { return std::isnan(target[0]); }

/// The cost of an error in units of sigma.
inline double robust(double error, double huber) {
  const double size = std::abs(error);
  return size <= huber ? size * size : 2 * huber * size - huber * huber;
}

double misfit(const Numbers& drawn, const Numbers& target, const Noise& noise);
double misfit(const Pixels& drawn, const Pixels& target, const Noise& noise);

/// The largest difference of any number; 0 if the pixel is held out.
double largest_error(const Numbers& drawn, const Numbers& target);
/// Mean over pixels and colour channels of the squared error (see chorus/image.hpp).
double mean_squared(const Pixels& drawn, const Pixels& target);

}  // namespace chorus::shapes
