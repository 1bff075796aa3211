#pragma once

#include <cstddef>
#include <vector>

#include "chorus/image.hpp"

namespace chorus {

// Images with (premultiplied) alpha are judged over white and over black, and the two figures are
// averaged; image.hpp has the formula. The alpha channel alone has figures of its own.

/// Clips to [0, 1] and rounds to 8 bits, as a viewer does. Metrics use the result. In images with
/// alpha, the straight colour (as in a PNG) and alpha are rounded.
Image quantized(const Image& image);

/// The mean over pixels and channels of the squared difference. Throws std::invalid_argument if the
/// sizes differ.
double mean_squared_error(const Image& image, const Image& truth);
/// The same for images that are already in balanced numbers.
double balanced_squared_error(const Image& image, const Image& truth);
/// The mean over pixels of the squared difference in alpha; 0 for opaque images.
double alpha_squared_error(const Image& image, const Image& truth);

/// Peak signal-to-noise ratio in dB for a peak of 1: -10 log10(mse), at most `cap_db`, so that a
/// perfect image has a finite value that can be averaged.
double psnr_db(double mse, double cap_db = 100.0);

/// Structural similarity (Wang et al. 2004): Gaussian window of 11 x 11, sigma 1.5, K1 = 0.01,
/// K2 = 0.03, range 1, population covariance, mean over pixels whose window lies inside the image
/// and over channels; as scikit-image's structural_similarity with gaussian_weights=True,
/// use_sample_covariance=False. Images smaller than the window are padded by reflection.
double ssim(const Image& image, const Image& truth);

/// Structural similarity at several scales (Wang, Simoncelli and Bovik 2003): the product over
/// scales of the contrast and structure terms of ssim(), at the coarsest also luminance, to the
/// powers .0448, .2856, .3001, .2363, .1333. Each scale is the 2 x 2 means of the one before, an
/// odd last row or column left out. There are as many scales, up to five, as leave 11 pixels a
/// side, and the powers of those used are divided by their sum; with one scale it is ssim().
/// Negative terms count as 0, channels are averaged at the end. Blind to: colours (channels alike),
/// exact places.
double ms_ssim(const Image& image, const Image& truth);

/// Sums over some of the pixels of an image, which can be added up over images.
struct PixelScores {
  std::size_t pixels = 0;
  double squared_error = 0;     ///< the squared error of a pixel is the mean over its channels
  std::size_t ssim_pixels = 0;  ///< pixels whose window lies inside the image; see ssim()
  double ssim = 0;
};
/// Sums over the pixels (row-major) for which `chosen` is true.
PixelScores score_pixels(const Image& image, const Image& truth, const std::vector<bool>& chosen);

/// PSNR over a set of images, by the two customary definitions.
struct PsnrSummary {
  double mean_db = 0;    ///< mean of the images' PSNR
  double pooled_db = 0;  ///< PSNR of the mean squared error over all images
};
PsnrSummary summarize_psnr(const std::vector<double>& mse_per_image);

/// The absolute difference (mean over channels) on a scale from dark to bright. No difference is
/// almost black; `full_scale`, any larger difference and NaN are white.
Image error_map(const Image& image, const Image& truth, float full_scale = 0.25F);

}  // namespace chorus
