#include "metrics.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>
#include <stdexcept>

#include "alpha.hpp"
#include "compared.hpp"
#include "xt.hpp"

namespace chorus {
namespace {

using Plane = xt::xtensor<double, 2>;  ///< rows x columns

constexpr std::size_t window_radius_px = 5;
constexpr std::size_t window_px = 2 * window_radius_px + 1;

std::array<double, window_px> gaussian_window() {
  constexpr double sigma_px = 1.5;
  std::array<double, window_px> weights{};
  for (std::size_t i = 0; i < window_px; ++i) {
    const double x = (static_cast<double>(i) - window_radius_px) / sigma_px;
    weights[i] = std::exp(-0.5 * x * x);
  }
  const double sum = std::accumulate(weights.begin(), weights.end(), 0.0);
  for (double& weight : weights) weight /= sum;
  return weights;
}

/// The indices of the samples to read along a side of n pixels: all of them. A side shorter than
/// the window is mirrored repeatedly (b a | a b c | c b) until every pixel has a window.
std::vector<std::size_t> positions(std::size_t n) {
  const std::size_t padding = n < window_px ? window_radius_px : 0;
  std::vector<std::size_t> all;
  for (std::size_t i = 0; i < n + 2 * padding; ++i) {
    const std::size_t at = (i + 2 * n * window_px - padding) % (2 * n);
    all.push_back(at < n ? at : 2 * n - 1 - at);
  }
  return all;
}

Plane channel(const Image& image, std::size_t index) {
  const std::vector<std::size_t> rows = positions(image.height);
  const std::vector<std::size_t> columns = positions(image.width);
  Plane plane = Plane::from_shape({rows.size(), columns.size()});
  double* target = plane.data();
  for (const std::size_t y : rows)
    for (const std::size_t x : columns) *target++ = image.pixel(x, y)[index];
  return plane;
}

/// out[x] = sum over k of weights[k] * source[x + k * step]. Most of the time of a comparison is
/// spent here.
void weighted_sums(const std::array<double, window_px>& weights, const double* source,
                   std::size_t step, double* out, std::size_t count) {
  for (std::size_t x = 0; x < count; ++x) {
    double sum = 0;
    for (std::size_t k = 0; k < window_px; ++k) sum += weights[k] * source[x + k * step];
    out[x] = sum;
  }
}

/// The weighted mean of `plane` in every window inside it.
Plane window_means(const Plane& plane) {
  static const std::array<double, window_px> weights = gaussian_window();
  const std::size_t columns = plane.shape(1) - window_px + 1;
  Plane narrow = Plane::from_shape({plane.shape(0), columns});
  for (std::size_t y = 0; y < narrow.shape(0); ++y)
    weighted_sums(weights, &plane(y, 0), 1, &narrow(y, 0), columns);
  Plane means = Plane::from_shape({plane.shape(0) - window_px + 1, columns});
  for (std::size_t y = 0; y < means.shape(0); ++y)
    weighted_sums(weights, &narrow(y, 0), columns, &means(y, 0), columns);
  return means;
}

/// The two factors of SSIM in every window, as fractions.
struct SsimFactors {
  Plane luminance_above, luminance_below, contrast_structure_above, contrast_structure_below;

  Plane contrast_structure() const { return contrast_structure_above / contrast_structure_below; }
  Plane product() const {
    return luminance_above * contrast_structure_above /
           (luminance_below * contrast_structure_below);
  }
};

SsimFactors ssim_factors(const Plane& a, const Plane& b) {
  constexpr double c1 = 0.01 * 0.01;
  constexpr double c2 = 0.03 * 0.03;
  const Plane mean_a = window_means(a);
  const Plane mean_b = window_means(b);
  const Plane variance_a = window_means(a * a) - mean_a * mean_a;
  const Plane variance_b = window_means(b * b) - mean_b * mean_b;
  const Plane covariance = window_means(a * b) - mean_a * mean_b;
  return {2 * mean_a * mean_b + c1, mean_a * mean_a + mean_b * mean_b + c1, 2 * covariance + c2,
          variance_a + variance_b + c2};
}

Plane ssim_map(const Plane& a, const Plane& b) { return ssim_factors(a, b).product(); }

/// Means of 2 x 2 pixels.
Plane halved(const Plane& plane) {
  Plane half = Plane::from_shape({plane.shape(0) / 2, plane.shape(1) / 2});
  for (std::size_t y = 0; y < half.shape(0); ++y)
    for (std::size_t x = 0; x < half.shape(1); ++x)
      half(y, x) = (plane(2 * y, 2 * x) + plane(2 * y, 2 * x + 1) + plane(2 * y + 1, 2 * x) +
                    plane(2 * y + 1, 2 * x + 1)) /
                   4;
  return half;
}

double ms_ssim_of_planes(Plane a, Plane b) {
  static constexpr std::array<double, 5> powers = {0.0448, 0.2856, 0.3001, 0.2363, 0.1333};
  std::size_t scales = 1;
  for (std::size_t side = std::min(a.shape(0), a.shape(1));
       scales < powers.size() && side / 2 >= window_px; side /= 2)
    ++scales;
  const double sum = std::accumulate(powers.begin(), powers.begin() + scales, 0.0);
  double product = 1;
  for (std::size_t scale = 0; scale < scales; ++scale) {
    const SsimFactors factors = ssim_factors(a, b);
    const double mean = scale + 1 < scales ? xt::mean(factors.contrast_structure())()
                                           : xt::mean(factors.product())();
    product *= std::pow(std::max(mean, 0.0), powers[scale] / sum);
    if (scale + 1 == scales) break;
    a = halved(a);
    b = halved(b);
  }
  return product;
}

/// From almost black through violet, red and yellow to white, with increasing brightness.
Rgb heat(float position) {
  static constexpr std::array<Rgb, 7> stops = {{{0.03F, 0.02F, 0.07F},
                                                {0.20F, 0.06F, 0.38F},
                                                {0.50F, 0.12F, 0.46F},
                                                {0.80F, 0.24F, 0.33F},
                                                {0.96F, 0.48F, 0.16F},
                                                {0.99F, 0.80F, 0.30F},
                                                {1.00F, 1.00F, 1.00F}}};
  const float at = position * (stops.size() - 1);
  const std::size_t below = std::min(static_cast<std::size_t>(at), stops.size() - 2);
  const float share = at - static_cast<float>(below);
  Rgb color;
  for (std::size_t c = 0; c < 3; ++c)
    color[c] = stops[below][c] + share * (stops[below + 1][c] - stops[below][c]);
  return color;
}

xt::xtensor<float, 2> difference_map(const Image& a, const Image& b) {
  return xt::mean(xt::abs(as_array(a) - as_array(b)), {2});
}

/// The pixel that a viewer sees if straight colour and alpha are written with 8 bits each.
Color quantized(const Color& premultiplied) {
  const float alpha = static_cast<float>(to_byte(premultiplied[3])) / 255.0F;
  Color seen{0, 0, 0, alpha};
  for (std::size_t c = 0; alpha > 0 && c < 3; ++c)
    seen[c] = alpha * static_cast<float>(to_byte(premultiplied[c] / premultiplied[3])) / 255.0F;
  return seen;
}

}  // namespace

Image quantized(const Image& image) {
  Image out = image;
  if (image.has_alpha())
    for (std::size_t p = 0; p < image.pixels(); ++p)
      set_color(out, p, quantized(color_at(image, p)));
  else
    for (float& value : out.values) value = static_cast<float>(to_byte(value)) / 255.0F;
  return out;
}

double mean_squared_error(const Image& image, const Image& truth) {
  if (!image.has_alpha() && !truth.has_alpha()) return balanced_squared_error(image, truth);
  return balanced_squared_error(balanced(image), balanced(truth));
}

double balanced_squared_error(const Image& image, const Image& truth) {
  check_compared(image, truth);
  const auto difference = xt::cast<double>(as_array(image)) - xt::cast<double>(as_array(truth));
  const double mean = xt::mean(xt::square(difference))();
  return image.has_alpha() ? mean * 4 / 3 : mean;
}

double alpha_squared_error(const Image& image, const Image& truth) {
  return mean_squared_error(alpha_as_grey(image), alpha_as_grey(truth));
}

double psnr_db(double mse, double cap_db) {
  return -10 * std::log10(std::max(mse, std::pow(10.0, -cap_db / 10)));
}

double ssim(const Image& image, const Image& truth) {
  check_compared(image, truth);
  if (image.has_alpha()) return mean_over_grounds(image, truth, ssim);
  double sum = 0;
  for (std::size_t c = 0; c < 3; ++c)
    sum += xt::mean(ssim_map(channel(image, c), channel(truth, c)))();
  return sum / 3;
}

double ms_ssim(const Image& image, const Image& truth) {
  check_compared(image, truth);
  if (image.has_alpha()) return mean_over_grounds(image, truth, ms_ssim);
  double sum = 0;
  for (std::size_t c = 0; c < 3; ++c)
    sum += ms_ssim_of_planes(channel(image, c), channel(truth, c));
  return sum / 3;
}

PixelScores score_pixels(const Image& image, const Image& truth, const std::vector<bool>& chosen) {
  check_compared(image, truth);
  if (chosen.size() != image.pixels())
    throw std::invalid_argument("score_pixels: the mask and the images differ in size");
  if (image.has_alpha()) {
    PixelScores scores = score_pixels(over(image, white), over(truth, white), chosen);
    const PixelScores dark = score_pixels(over(image, black), over(truth, black), chosen);
    scores.squared_error = (scores.squared_error + dark.squared_error) / 2;
    scores.ssim = (scores.ssim + dark.ssim) / 2;
    return scores;
  }
  const auto margin = [](std::size_t n) { return n < window_px ? 0 : window_radius_px; };
  const std::size_t left = margin(image.width), top = margin(image.height);
  PixelScores scores;
  for (std::size_t c = 0; c < 3; ++c) {
    const Plane similarity = ssim_map(channel(image, c), channel(truth, c));
    for (std::size_t y = 0; y < image.height; ++y)
      for (std::size_t x = 0; x < image.width; ++x) {
        if (!chosen[y * image.width + x]) continue;
        const double difference = double{image.pixel(x, y)[c]} - double{truth.pixel(x, y)[c]};
        scores.squared_error += difference * difference / 3;
        scores.pixels += c == 0 ? 1 : 0;
        // A negative difference wraps to a large number.
        if (y - top >= similarity.shape(0) || x - left >= similarity.shape(1)) continue;
        scores.ssim += similarity(y - top, x - left) / 3;
        scores.ssim_pixels += c == 0 ? 1 : 0;
      }
  }
  return scores;
}

PsnrSummary summarize_psnr(const std::vector<double>& mse_per_image) {
  if (mse_per_image.empty())
    throw std::invalid_argument("summarize_psnr: expected at least one image");
  const auto count = static_cast<double>(mse_per_image.size());
  double sum_db = 0;
  for (const double mse : mse_per_image) sum_db += psnr_db(mse);
  const double sum_mse = std::accumulate(mse_per_image.begin(), mse_per_image.end(), 0.0);
  return {.mean_db = sum_db / count, .pooled_db = psnr_db(sum_mse / count)};
}

Image error_map(const Image& image, const Image& truth, float full_scale) {
  if (image.size() != truth.size())
    throw std::invalid_argument("error_map: the images differ in size");
  if (!(full_scale > 0)) throw std::invalid_argument("error_map: expected a scale above 0");
  xt::xtensor<float, 2> difference = difference_map(over(image, white), over(truth, white));
  if (image.has_alpha())
    difference = (difference + difference_map(over(image, black), over(truth, black))) / 2;
  Image map(image.width, image.height);
  for (std::size_t i = 0; i < map.pixels(); ++i) {
    const float error = difference.data()[i];
    const Rgb color = heat(error < full_scale ? error / full_scale : 1.0F);
    std::copy(color.begin(), color.end(), &map.values[i * map.channels]);
  }
  return map;
}

}  // namespace chorus
