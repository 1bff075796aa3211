#include <algorithm>
#include <array>
#include <boost/test/unit_test.hpp>
#include <cmath>
#include <fstream>
#include <nlohmann/json.hpp>
#include <stdexcept>

#include "flat_art.hpp"
#include "metrics.hpp"

using namespace chorus;

namespace {

using Bytes = std::array<int, 3>;

/// The pictures of tests/data/perceptual/make.py.
Bytes true_bytes(int x, int y) {
  if ((x - 21) * (x - 21) + (y - 17) * (y - 17) < 100) return {30, 120, 200};
  if (3 * x + y > 130) return {240, 200, 20};
  return (x / 7) % 2 == 0 ? Bytes{250, 250, 250} : Bytes{90, 10, 60};
}
Bytes changed_bytes(int x, int y) {
  if ((x - 22) * (x - 22) + (y - 17) * (y - 17) < 100) return {30, 121, 200};
  Bytes bytes = true_bytes(x, y);
  if ((x + y) % 40 > 15)
    for (int c = 0; c < 3; ++c)
      bytes[c] = std::clamp(bytes[c] + (x * 7 + y * 13 + c * 5) % 23 - 11, 0, 255);
  return bytes;
}

template <class Formula>
Image picture(std::size_t width, std::size_t height, Formula formula) {
  Image image(width, height);
  for (std::size_t y = 0; y < height; ++y)
    for (std::size_t x = 0; x < width; ++x) {
      const Bytes bytes = formula(static_cast<int>(x), static_cast<int>(y));
      for (std::size_t c = 0; c < 3; ++c)
        image.pixel(x, y)[c] = static_cast<float>(bytes[c]) / 255.0F;
    }
  return image;
}

/// Black left of x = `edge_px`, white right of it; a pixel that the edge crosses is grey.
Image half_plane(double edge_px) {
  constexpr std::size_t side = 24;
  Image image(side, side);
  for (std::size_t y = 0; y < side; ++y)
    for (std::size_t x = 0; x < side; ++x)
      std::fill_n(image.pixel(x, y), 3,
                  static_cast<float>(std::clamp(static_cast<double>(x) + 1 - edge_px, 0.0, 1.0)));
  return image;
}

double mean_px(const EdgeErrors& errors) {
  return errors.sum_px / static_cast<double>(errors.edges);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(perceptual)

BOOST_AUTO_TEST_CASE(values_are_those_of_an_independent_program) {
  std::ifstream file(CHORUS_TEST_DATA_DIR "/perceptual/expected.json");
  const nlohmann::json all = nlohmann::json::parse(file);
  BOOST_TEST(all.size() == 3U);
  for (const nlohmann::json& expected : all) {
    const std::size_t width = expected["width"], height = expected["height"];
    const Image truth = picture(width, height, true_bytes),
                changed = picture(width, height, changed_bytes);
    BOOST_TEST(ms_ssim(changed, truth) == expected["ms_ssim"].get<double>(),
               boost::test_tools::tolerance(1e-6));
    BOOST_TEST(exact_share(changed, truth) == expected["exact_share"].get<double>(),
               boost::test_tools::tolerance(1e-12));
    const EdgeErrors errors = edge_errors(changed, truth, 4);
    BOOST_TEST(errors.edges == expected["edges"].get<std::size_t>());
    BOOST_TEST(errors.sum_px == expected["edge_sum_px"].get<double>(),
               boost::test_tools::tolerance(1e-4));
  }
}

BOOST_AUTO_TEST_CASE(the_edge_error_is_the_distance_of_straight_edges) {
  for (const double moved : {0.0, 0.1, 0.5, -0.7, 1.3}) {
    // From an edge between pixels, and from one within a pixel.
    for (const double edge : {12.0, 11.6}) {
      const EdgeErrors errors = edge_errors(half_plane(edge + moved), half_plane(edge), 5);
      BOOST_TEST(errors.edges == 24U);  // every row, no column
      BOOST_TEST(mean_px(errors) == std::abs(moved), boost::test_tools::tolerance(1e-4));
    }
  }
}

BOOST_AUTO_TEST_CASE(an_edge_that_is_gone_has_the_largest_error) {
  const EdgeErrors errors = edge_errors(Image(24, 24, 1.0F), half_plane(12), 3);
  BOOST_TEST(mean_px(errors) == 3.0, boost::test_tools::tolerance(1e-6));
}

BOOST_AUTO_TEST_CASE(each_measure_is_blind_to_what_it_says) {
  const Image sharp = half_plane(12);
  Image blurred = sharp, tinted = sharp, noisy = sharp;
  for (std::size_t y = 0; y < 24; ++y) {
    std::fill_n(blurred.pixel(11, y), 3, 0.25F);  // an even blur
    std::fill_n(blurred.pixel(12, y), 3, 0.75F);
    tinted.pixel(2, y)[0] = 0.5F;  // far from the edge
    for (std::size_t x = 0; x < 24; ++x) noisy.pixel(x, y)[1] += 1.0F / 255;
  }
  BOOST_TEST(edge_errors(blurred, sharp, 4).sum_px < 1e-4);
  BOOST_TEST(exact_share(blurred, sharp) == 22.0 / 24, boost::test_tools::tolerance(1e-12));
  BOOST_TEST(edge_errors(tinted, sharp, 4).sum_px < 1e-4);
  BOOST_TEST(exact_share(tinted, sharp) < 1);
  BOOST_TEST(exact_share(noisy, sharp) == 1);
  BOOST_TEST(ms_ssim(blurred, sharp) < 1);
}

BOOST_AUTO_TEST_CASE(small_images_have_fewer_scales) {
  const Image truth = picture(21, 21, true_bytes), changed = picture(21, 21, changed_bytes);
  BOOST_TEST(ms_ssim(changed, truth) == ssim(changed, truth), boost::test_tools::tolerance(1e-9));
  const Image larger = picture(22, 22, changed_bytes);
  BOOST_TEST(std::abs(ms_ssim(larger, picture(22, 22, true_bytes)) -
                      ssim(larger, picture(22, 22, true_bytes))) > 1e-3);
  BOOST_TEST(ms_ssim(truth, truth) == 1, boost::test_tools::tolerance(1e-12));
}

BOOST_AUTO_TEST_CASE(transparent_images_are_judged_over_white_and_black) {
  Image truth(8, 8, 0.0F, 4), shifted = truth;
  for (std::size_t y = 0; y < 8; ++y)
    for (std::size_t x = 4; x < 8; ++x) {
      std::fill_n(truth.pixel(x, y), 4, 1.0F);  // white, seen over black only
      if (x > 4) std::fill_n(shifted.pixel(x, y), 4, 1.0F);
    }
  const EdgeErrors errors = edge_errors(shifted, truth, 4);
  BOOST_TEST(errors.edges == 8U);
  BOOST_TEST(mean_px(errors) == 1.0, boost::test_tools::tolerance(1e-6));
  BOOST_TEST(exact_share(shifted, truth) == 7.0 / 8, boost::test_tools::tolerance(1e-12));
}

BOOST_AUTO_TEST_CASE(images_of_other_sizes_are_refused) {
  BOOST_CHECK_THROW(edge_errors(Image(3, 3), Image(3, 4), 1), std::invalid_argument);
  BOOST_CHECK_THROW(exact_share(Image(3, 3), Image(3, 4)), std::invalid_argument);
  BOOST_CHECK_THROW(ms_ssim(Image(3, 3), Image(3, 4)), std::invalid_argument);
}

BOOST_AUTO_TEST_SUITE_END()
