#include "alpha.hpp"

#include <boost/test/unit_test.hpp>
#include <cmath>
#include <random>
#include <vector>

#include "image_distance.hpp"
#include "metrics.hpp"
#include "palette_fit.hpp"
#include "resample.hpp"

using namespace chorus;

namespace {

/// Any colours behind any alphas, both also at their limits.
Image random_image(std::size_t width, std::size_t height, unsigned seed) {
  std::mt19937 random(seed);
  std::uniform_real_distribution<float> value(0, 1);
  Image image({width, height}, 4);
  for (std::size_t pixel = 0; pixel < image.pixels(); ++pixel) {
    const float alpha = pixel % 3 == 0 ? 1.0F : pixel % 3 == 1 ? 0.0F : value(random);
    set_color(image, pixel,
              {alpha * value(random), alpha * value(random), alpha * value(random), alpha});
  }
  return image;
}

/// A disc of one colour on nothing.
Image disc(std::size_t side, const Rgb& color, double radius) {
  Image image({side, side}, 4);
  for (std::size_t pixel = 0; pixel < image.pixels(); ++pixel) {
    const double x = static_cast<double>(pixel % side) + 0.5 - static_cast<double>(side) / 2;
    const double y = static_cast<double>(pixel / side) + 0.5 - static_cast<double>(side) / 2;
    if (std::hypot(x, y) < radius) set_color(image, pixel, {color[0], color[1], color[2], 1});
  }
  return image;
}

double over_both(const Image& a, const Image& b, double (*measure)(const Image&, const Image&)) {
  return (measure(over(a, white), over(b, white)) + measure(over(a, black), over(b, black))) / 2;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(alpha)

BOOST_AUTO_TEST_CASE(balanced_numbers_and_back) {
  const Image image = random_image(9, 7, 1);
  const Image back = premultiplied(balanced(image));
  for (std::size_t i = 0; i < image.values.size(); ++i)
    BOOST_TEST(std::abs(back.values[i] - image.values[i]) < 1e-6F);
}

BOOST_AUTO_TEST_CASE(the_balanced_numbers_of_opaque_colours_are_the_colours) {
  const Color red = {0.8F, 0.1F, 0.2F, 1};
  const Color balance = balanced(red);
  for (std::size_t c = 0; c < 3; ++c) BOOST_TEST(balance[c] == red[c]);
  Image opaque(3, 2, 0.3F);
  BOOST_TEST(balanced(opaque).values == opaque.values);
}

BOOST_AUTO_TEST_CASE(the_error_is_the_mean_of_those_over_white_and_black) {
  const Image a = random_image(12, 11, 2), b = random_image(12, 11, 3);
  BOOST_TEST(std::abs(mean_squared_error(a, b) - over_both(a, b, mean_squared_error)) < 1e-7);
  BOOST_TEST(std::abs(ssim(a, b) - over_both(a, b, ssim)) < 1e-7);
  BOOST_TEST(mean_squared_error(a, a) == 0);
}

BOOST_AUTO_TEST_CASE(alpha_has_an_error_of_its_own) {
  Image a({2, 1}, 4), b({2, 1}, 4);
  set_color(a, 0, {0, 0, 0, 1});
  set_color(b, 0, {0, 0, 0, 0.5F});
  BOOST_TEST(std::abs(alpha_squared_error(a, b) - 0.125) < 1e-7);
}

BOOST_AUTO_TEST_CASE(scores_of_chosen_pixels_add_up_to_those_of_all) {
  const Image a = random_image(20, 16, 4), b = random_image(20, 16, 5);
  const PixelScores scores = score_pixels(a, b, std::vector<bool>(a.pixels(), true));
  BOOST_TEST(scores.pixels == a.pixels());
  BOOST_TEST(std::abs(scores.squared_error / static_cast<double>(scores.pixels) -
                      mean_squared_error(a, b)) < 1e-7);
}

BOOST_AUTO_TEST_CASE(a_perfect_score_needs_the_right_alpha) {
  // White on nothing is no white square, whatever a viewer with white paper says.
  const Image icon = disc(32, {1, 1, 1}, 10), square = with_alpha(Image(32, 32, 1.0F));
  BOOST_TEST(psnr_db(mean_squared_error(icon, square)) < 10);
}

BOOST_AUTO_TEST_CASE(eight_bits_are_those_of_the_straight_colour) {
  Image image({2, 1}, 4);
  set_color(image, 0, {0.1F, 0.05F, 0, 0.2F});
  set_color(image, 1, {0.3F, 0.3F, 0.3F, -0.1F});
  const Image seen = quantized(image);
  BOOST_TEST(color_at(seen, 0)[3] == 51.0F / 255);
  BOOST_TEST(std::abs(color_at(seen, 0)[0] - 0.2F * 128 / 255) < 1e-6F);
  BOOST_TEST(color_at(seen, 1)[0] == 0);
  BOOST_TEST(quantized(seen).values == seen.values);
}

BOOST_AUTO_TEST_CASE(enlarging_leaves_no_fringe_of_what_cannot_be_seen) {
  const Image large = resample(disc(16, {1, 0.5F, 0}, 5), 64, 64, Filter::bilinear);
  for (std::size_t pixel = 0; pixel < large.pixels(); ++pixel) {
    const Color color = color_at(large, pixel);
    if (color[3] < 0.05F) continue;
    BOOST_TEST(std::abs(color[0] / color[3] - 1) < 0.02F);
    BOOST_TEST(std::abs(color[1] / color[3] - 0.5F) < 0.02F);
  }
}

BOOST_AUTO_TEST_CASE(nothing_is_the_first_entry_of_an_icons_palette) {
  const Image icon = balanced(disc(48, {0.2F, 0.4F, 0.8F}, 15));
  const std::vector<Color> colors = choose_colors(icon, {}, 4);
  const Color nothing = premultiplied(colors[0]), blue = premultiplied(colors[1]);
  for (const float number : nothing) BOOST_TEST(std::abs(number) < 1e-6F);
  BOOST_TEST(std::abs(blue[2] - 0.8F) < 1e-6F);
  BOOST_TEST(std::abs(blue[3] - 1) < 1e-6F);
}

BOOST_AUTO_TEST_CASE(silhouettes_are_what_alpha_says) {
  const Image white_disc = disc(48, {1, 1, 1}, 15), black_disc = disc(48, {0, 0, 0}, 15);
  BOOST_TEST(silhouette_distance(white_disc, black_disc) == 0);
  BOOST_TEST(silhouette_distance(white_disc, disc(48, {1, 1, 1}, 7.5)) > 0.7);
}

BOOST_AUTO_TEST_CASE(a_checkerboard_shows_black_and_white_alike) {
  const Image dark = over_checkerboard(disc(32, {0, 0, 0}, 10));
  const Image light = over_checkerboard(disc(32, {1, 1, 1}, 10));
  BOOST_TEST(!dark.has_alpha());
  BOOST_TEST(mean_squared_error(dark, light) > 0.2);
  const Image ground = over_checkerboard(Image({32, 32}, 4));
  BOOST_TEST(mean_squared_error(dark, ground) > 0.05);
  BOOST_TEST(mean_squared_error(light, ground) > 0.01);
}

BOOST_AUTO_TEST_SUITE_END()
