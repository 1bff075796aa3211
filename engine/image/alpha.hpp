#pragma once

#include "chorus/image.hpp"

namespace chorus {

/// An image as it is seen over a colour: opaque.
Image over(const Image& image, const Rgb& ground);
/// An image as it is seen over a checkerboard of light and middle grey, squares of 8 pixels:
/// opaque.
Image over_checkerboard(const Image& image);
/// An opaque image with alpha 1 beside its colours; images with alpha are returned as they are.
Image with_alpha(Image image);

constexpr Rgb white = {1, 1, 1}, black = {0, 0, 0};

/// The mean of a measure of two images over white and over black.
double mean_over_grounds(const Image& a, const Image& b,
                         double (*measure)(const Image&, const Image&));

/// Alpha as an image of grey levels: opaque, white where the image is.
Image alpha_as_grey(const Image& image);

}  // namespace chorus
