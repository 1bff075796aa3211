// Bands of a gradient become one region; edges and stripes stay.

#include <boost/test/unit_test.hpp>
#include <cmath>

#include "chorus/image.hpp"
#include "drawn_shapes.hpp"
#include "fit_drawing.hpp"
#include "regions.hpp"
#include "svg.hpp"

namespace chorus::shapes {

namespace {

constexpr PixelSize size = {32, 24};
constexpr Color white = {1, 1, 1};

Color grey(double value) {
  const auto level = static_cast<float>(value);
  return {level, level, level};
}

int regions_of(const test::Painted& color) {
  const Image image = balanced(test::painted(size, color, 3));
  return find_regions(image, propose(image).front()).regions();
}

}  // namespace

BOOST_AUTO_TEST_SUITE(smooth_regions)

BOOST_AUTO_TEST_CASE(a_gradient_is_one_region_however_steep) {
  for (const double slope : {0.004, 0.01, 0.025}) BOOST_TEST_CONTEXT("slope " << slope)
  BOOST_TEST(regions_of([&](double x, double y) {
               return std::hypot(x - 16, y - 12) < 9 ? grey(0.3 + slope * (x - 8)) : white;
             }) == 2);
}

BOOST_AUTO_TEST_CASE(two_gradients_with_an_edge_between_stay_two) {
  BOOST_TEST(regions_of([](double x, double) {
               return x < 16 ? grey(0.2 + 0.01 * x) : grey(0.2 + 0.01 * (32 - x) + 0.25);
             }) == 2);
}

BOOST_AUTO_TEST_CASE(stripes_of_a_pixel_are_no_gradient) {
  const int stripes = regions_of([](double x, double y) {
    if (x < 4 || x > 28) return white;
    return y > 8.5 && y < 10 ? grey(0.2) : y >= 10 && y < 11.5 ? grey(0.5) : grey(0.8);
  });
  BOOST_TEST(stripes >= 4);
}

BOOST_AUTO_TEST_CASE(a_round_gradient_reaches_its_rim) {
  // The gradient of the SVG ends where the disk does, and not at the ends of its two arcs.
  const Image image = balanced(test::painted(
      size,
      [](double x, double y) {
        return std::hypot(x - 16, y - 12) < 9 ? grey(0.3 + 0.02 * (y - 3)) : white;
      },
      3));
  const std::string text = write_svg(fit_drawing(image, propose(image)).drawing).text;
  const auto number_after = [&](const std::string& key) {
    return std::stod(text.substr(text.find(key) + key.size()));
  };
  BOOST_TEST_REQUIRE(text.find("<linearGradient") != std::string::npos);
  BOOST_TEST(std::abs(number_after(" y2=\"") - number_after(" y1=\"")) > 16, text);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace chorus::shapes
