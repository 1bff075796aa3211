// Drawings as numbers: what is written is read, and nothing else is.

#include <boost/test/unit_test.hpp>
#include <cmath>
#include <cstddef>
#include <limits>
#include <memory>
#include <span>
#include <vector>

#include "area_raster.hpp"
#include "chorus/error.hpp"
#include "chorus/image.hpp"
#include "drawing_numbers.hpp"
#include "drawn_shapes.hpp"
#include "fit_drawing.hpp"
#include "svg.hpp"

namespace chorus::shapes {

namespace {

constexpr PixelSize size = {24, 16};

/// A disk and a bar.
const Drawing& sample() {
  static const Drawing drawing = [] {
    const Image image = balanced(test::painted(
        size,
        [](double x, double y) {
          if (std::hypot(x - 7, y - 8) < 5) return Color{0.8F, 0.2F, 0.2F};
          return x > 14.5 && x < 20 && y > 3 ? Color{0.2F, 0.4F, 0.8F} : Color{1, 1, 1};
        },
        3));
    return fit_drawing(image, propose(image)).drawing;
  }();
  return drawing;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(drawing_numbers)

BOOST_AUTO_TEST_CASE(a_drawing_comes_back) {
  const std::vector<float> numbers = numbers_of(sample());
  const Drawing again = drawing_from(numbers, size);
  BOOST_TEST(numbers_of(again) == numbers, boost::test_tools::per_element());
  BOOST_TEST(write_svg(again).text == write_svg(sample()).text);
  const Pixels before = rasterize(sample()), after = rasterize(again);
  for (std::size_t p = 0; p < before.size(); ++p)
    for (std::size_t c = 0; c < 3; ++c) BOOST_TEST(std::abs(before[p][c] - after[p][c]) < 1e-5);
}

BOOST_AUTO_TEST_CASE(a_gradient_comes_back) {
  Drawing drawing = sample();
  drawing.paints[1] = {.gradient = std::make_shared<const Gradient>(
                           Gradient{true,
                                    {1.5, -2},
                                    {Point{1, 0}, Point{0, 0.5}},
                                    {{0, {0.25, 0.5, 1, 0}}, {4, {0.5, 0, 0, 0}}}})};
  std::vector<float> numbers = numbers_of(drawing);
  const Drawing again = drawing_from(numbers, size);
  BOOST_TEST(numbers_of(again) == numbers, boost::test_tools::per_element());
  BOOST_TEST(write_svg(again).text == write_svg(drawing).text);
  // Stops in the wrong order, and one number too few.
  std::vector<float> unordered = numbers;
  unordered[unordered.size() - 1 - most_channels] = -1;
  BOOST_CHECK_THROW(drawing_from(unordered, size), Error);
  numbers.pop_back();
  BOOST_CHECK_THROW(drawing_from(numbers, size), Error);
}

BOOST_AUTO_TEST_CASE(what_is_cut_off_or_too_much_is_refused) {
  std::vector<float> numbers = numbers_of(sample());
  for (std::size_t count = 0; count < numbers.size(); ++count)
    BOOST_CHECK_THROW(drawing_from(std::span(numbers).first(count), size), Error);
  numbers.push_back(0);
  BOOST_CHECK_THROW(drawing_from(numbers, size), Error);
}

BOOST_AUTO_TEST_CASE(any_number_that_is_damaged_gives_a_drawing_or_an_error) {
  const std::vector<float> numbers = numbers_of(sample());
  constexpr float wrong[] = {-1, 0.5F, 1e9F, 3e38F, std::numeric_limits<float>::quiet_NaN()};
  std::size_t refused = 0;
  for (std::size_t i = 0; i < numbers.size(); ++i)
    for (const float value : wrong) {
      std::vector<float> damaged = numbers;
      damaged[i] = value;
      try {
        rasterize(drawing_from(damaged, size));
      } catch (const Error&) {
        ++refused;
      }
    }
  BOOST_TEST(refused > 3 * numbers.size());  // three of the five are never right
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace chorus::shapes
