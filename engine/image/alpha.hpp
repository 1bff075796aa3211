#pragma once

#include "chorus/image.hpp"

namespace chorus {

/// The image over a colour, which is opaque.
Image over(const Image& image, const Rgb& ground);
/// The image over a checkerboard with light and middle grey squares of 8 pixels, which is opaque.
Image over_checkerboard(const Image& image);
/// Adds an alpha of 1 to an opaque image; images with alpha are returned as they are.
Image with_alpha(Image image);

constexpr Rgb white = {1, 1, 1}, black = {0, 0, 0};

/// The mean of two values of a measure: with both images over white, and with both over black.
double mean_over_grounds(const Image& a, const Image& b,
                         double (*measure)(const Image&, const Image&));

/// Alpha as an opaque image in grey levels, white where `image` is opaque.
Image alpha_as_grey(const Image& image);

}  // namespace chorus
