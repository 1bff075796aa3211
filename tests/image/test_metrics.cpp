#include "metrics.hpp"

#include <boost/test/unit_test.hpp>
#include <cmath>
#include <limits>
#include <stdexcept>
#include <utility>
#include <vector>

#include "chorus/pictures.hpp"

using chorus::Image;

namespace {

/// An image that is easily made elsewhere too: (a x + b y + 37 c + x y) mod 256.
Image pattern(std::size_t width, std::size_t height, std::size_t a, std::size_t b) {
  Image image(width, height);
  for (std::size_t y = 0; y < height; ++y)
    for (std::size_t x = 0; x < width; ++x)
      for (std::size_t c = 0; c < 3; ++c)
        image.pixel(x, y)[c] = static_cast<float>((a * x + b * y + 37 * c + x * y) % 256) / 255.0F;
  return image;
}

double ssim_of_patterns(std::size_t width, std::size_t height) {
  return chorus::ssim(pattern(width, height, 7, 11), pattern(width, height, 9, 10));
}

}  // namespace

BOOST_AUTO_TEST_SUITE(metrics)

BOOST_AUTO_TEST_CASE(quantizes_as_a_viewer_would) {
  Image image(2, 1);
  image.values = {-0.5F, 1.5F, 0.5F, 127.4F / 255, 127.6F / 255, std::nanf("")};
  const std::vector<float> levels = {0, 255, 128, 127, 128, 0};
  const Image out = chorus::quantized(image);
  for (std::size_t i = 0; i < levels.size(); ++i) BOOST_TEST(out.values[i] == levels[i] / 255.0F);
  BOOST_TEST(chorus::quantized(out).values == out.values);
}

BOOST_AUTO_TEST_CASE(mean_squared_error_is_the_mean_over_pixels_and_channels) {
  Image a(2, 1);
  Image b(2, 1);
  a.values = {0, 0.5F, 1, 0, 0, 0};
  b.values = {1, 0.5F, 0.5F, 0, 0, 0};
  BOOST_TEST(std::abs(chorus::mean_squared_error(a, b) - 1.25 / 6) < 1e-12);
  BOOST_TEST(chorus::mean_squared_error(a, a) == 0);
}

BOOST_AUTO_TEST_CASE(psnr_follows_its_definition_and_its_cap) {
  BOOST_TEST(std::abs(chorus::psnr_db(1.0)) < 1e-12);
  BOOST_TEST(std::abs(chorus::psnr_db(1e-4) - 40) < 1e-9);
  BOOST_TEST(std::abs(chorus::psnr_db(0) - 100) < 1e-9);
  BOOST_TEST(std::abs(chorus::psnr_db(0, 60) - 60) < 1e-9);
  BOOST_TEST(std::isnan(chorus::psnr_db(std::numeric_limits<double>::quiet_NaN())));
}

BOOST_AUTO_TEST_CASE(summarizes_psnr_in_both_ways) {
  const auto summary = chorus::summarize_psnr({1e-2, 1e-4});
  BOOST_TEST(std::abs(summary.mean_db - 30) < 1e-9);
  BOOST_TEST(std::abs(summary.pooled_db - chorus::psnr_db(0.00505)) < 1e-9);
  BOOST_CHECK_THROW(chorus::summarize_psnr({}), std::invalid_argument);
}

// Expected values: scikit-image 0.19, structural_similarity(gaussian_weights=True, sigma=1.5,
// use_sample_covariance=False, channel_axis=2, data_range=1).
BOOST_AUTO_TEST_CASE(ssim_agrees_with_scikit_image) {
  BOOST_TEST(std::abs(ssim_of_patterns(16, 13) - 0.773036521439562) < 1e-6);
  BOOST_TEST(std::abs(ssim_of_patterns(11, 24) - 0.8636360737463004) < 1e-6);
}

// Expected value: the same formula over scipy.ndimage.gaussian_filter(mode="reflect", truncate=3.5)
// at every pixel.
BOOST_AUTO_TEST_CASE(ssim_mirrors_images_smaller_than_its_window) {
  BOOST_TEST(std::abs(ssim_of_patterns(7, 5) - 0.9887611140599722) < 1e-6);
  BOOST_TEST(std::abs(chorus::ssim(Image(1, 1, 0.3F), Image(1, 1, 0.3F)) - 1) < 1e-12);
  BOOST_TEST(chorus::ssim(Image(1, 40, 0.0F), Image(1, 40, 1.0F)) < 1e-3);
}

BOOST_AUTO_TEST_CASE(ssim_is_one_for_equal_images_and_symmetric) {
  const Image a = chorus::read_png(CHORUS_DATA_DIR "/icons/48/settings.png");
  const Image b = chorus::read_png(CHORUS_DATA_DIR "/icons/48/safe.png");
  BOOST_TEST(std::abs(chorus::ssim(a, a) - 1) < 1e-12);
  BOOST_TEST(std::abs(chorus::ssim(a, b) - chorus::ssim(b, a)) < 1e-12);
  BOOST_TEST(chorus::ssim(a, b) < 0.7);
}

BOOST_AUTO_TEST_CASE(refuses_images_of_different_sizes) {
  const std::vector<std::pair<Image, Image>> pairs = {
      {Image(2, 3), Image(3, 2)}, {Image(2, 2), Image()}, {Image(), Image()}};
  for (const auto& [a, b] : pairs) {
    BOOST_CHECK_THROW(chorus::mean_squared_error(a, b), std::invalid_argument);
    BOOST_CHECK_THROW(chorus::ssim(a, b), std::invalid_argument);
  }
}

namespace {

float brightness(const Image& image, std::size_t x) {
  const float* p = image.pixel(x, 0);
  return 0.3F * p[0] + 0.6F * p[1] + 0.1F * p[2];
}

}  // namespace

BOOST_AUTO_TEST_CASE(error_maps_get_brighter_with_the_error) {
  constexpr std::size_t steps = 64;
  const Image truth(steps, 1, 0.5F);
  Image image = truth;
  for (std::size_t x = 0; x < steps; ++x)
    for (std::size_t c = 0; c < 3; ++c)  // either sign counts
      image.pixel(x, 0)[c] += (c == 1 ? -0.25F : 0.25F) * static_cast<float>(x) / (steps - 1);
  const Image map = chorus::error_map(image, truth);
  BOOST_TEST(brightness(map, 0) < 0.05F);
  for (std::size_t x = 1; x < steps; ++x) BOOST_TEST(brightness(map, x) > brightness(map, x - 1));
  BOOST_TEST(brightness(map, steps - 1) > 0.99F);
  for (const float value : chorus::error_map(Image(2, 2, 1.0F), Image(2, 2, 0.0F)).values)
    BOOST_TEST(value == 1.0F);
}

BOOST_AUTO_TEST_CASE(error_maps_average_the_channels) {
  Image image(1, 1);
  image.values = {0.3F, 0, 0};
  const Image grey(1, 1, 0.1F);
  const Image black(1, 1);
  const auto a = chorus::error_map(image, black).values;
  const auto b = chorus::error_map(grey, black).values;
  for (std::size_t c = 0; c < 3; ++c) BOOST_TEST(std::abs(a[c] - b[c]) < 1e-5F);
}

BOOST_AUTO_TEST_CASE(error_maps_show_what_is_not_a_number) {
  const Image map = chorus::error_map(Image(1, 1, std::nanf("")), Image(1, 1));
  BOOST_TEST((map.values == std::vector<float>{1, 1, 1}));
  BOOST_CHECK_THROW(chorus::error_map(Image(1, 2), Image(2, 1)), std::invalid_argument);
  BOOST_CHECK_THROW(chorus::error_map(Image(1, 1), Image(1, 1), 0), std::invalid_argument);
}

BOOST_AUTO_TEST_SUITE_END()
