#include "steep_bicubic.hpp"

#include <algorithm>
#include <boost/test/unit_test.hpp>

#include "metrics.hpp"
#include "resample.hpp"

namespace {

using chorus::Image;

/// A disk of one grey on another, with the areas of pixels from many samples.
Image disk(std::size_t side) {
  Image image(side, side);
  constexpr std::size_t samples = 12;
  for (std::size_t p = 0; p < image.pixels(); ++p) {
    std::size_t inside = 0;
    for (std::size_t i = 0; i < samples * samples; ++i) {
      const double unit = 1.0 / static_cast<double>(side * samples);
      const double x = (static_cast<double>(p % side * samples + i % samples) + 0.5) * unit - 0.5;
      const double y = (static_cast<double>(p / side * samples + i / samples) + 0.5) * unit - 0.5;
      inside += x * x + y * y < 0.11 ? 1 : 0;
    }
    const float share = static_cast<float>(inside) / (samples * samples);
    std::fill_n(&image.values[3 * p], 3, 0.2F + 0.6F * share);
  }
  return image;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(steep)

BOOST_AUTO_TEST_CASE(edges_are_sharper_than_bicubic_ones) {
  const Image small = disk(24), truth = disk(96);
  const double bicubic =
      chorus::mean_squared_error(chorus::resample(small, 96, 96, chorus::Filter::bicubic), truth);
  const double steep = chorus::mean_squared_error(chorus::steep_bicubic(small, {96, 96}), truth);
  BOOST_TEST(steep < bicubic / 2);
}

BOOST_AUTO_TEST_CASE(values_stay_between_those_around) {
  const Image large = chorus::steep_bicubic(disk(24), {60, 60});
  for (const float value : large.values) {
    BOOST_TEST(value >= 0.2F - 1e-5F);
    BOOST_TEST(value <= 0.8F + 1e-5F);
  }
}

BOOST_AUTO_TEST_CASE(one_color_stays_and_shrinking_is_bicubic) {
  const Image flat(5, 3, 0.4F);
  for (const float value : chorus::steep_bicubic(flat, {50, 30}).values)
    BOOST_TEST(std::abs(value - 0.4F) < 1e-5F);
  const Image small = chorus::steep_bicubic(disk(24), {12, 12});
  BOOST_TEST(small.values == chorus::resample(disk(24), 12, 12, chorus::Filter::bicubic).values);
}

BOOST_AUTO_TEST_SUITE_END()
