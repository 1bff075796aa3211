#include "sheet.hpp"

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <cmath>
#include <set>
#include <stdexcept>

#include "chorus/pictures.hpp"

using chorus::draw;
using chorus::Image;
using chorus::Sheet;

namespace {

const std::vector<float> red = {1, 0, 0};

Image filled(std::size_t width, std::size_t height, const std::vector<float>& colour) {
  Image image(width, height);
  for (std::size_t i = 0; i < image.values.size(); ++i) image.values[i] = colour[i % 3];
  return image;
}

bool is(const Image& image, std::size_t x, std::size_t y, const std::vector<float>& colour) {
  return std::equal(colour.begin(), colour.end(), image.pixel(x, y));
}

std::size_t count(const Image& image, const std::vector<float>& colour) {
  std::size_t pixels = 0;
  for (std::size_t i = 0; i < image.pixels(); ++i)
    pixels += std::equal(colour.begin(), colour.end(), &image.values[i * 3]) ? 1 : 0;
  return pixels;
}

/// Pixels that are neither paper nor image: captions and lines.
std::size_t inked(const Image& image) {
  return image.pixels() - count(image, {1, 1, 1}) - count(image, red);
}

Sheet one_red_cell() {
  Sheet sheet;
  sheet.rows = {{filled(20, 10, red)}};
  return sheet;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(sheet)

BOOST_AUTO_TEST_CASE(puts_images_in_a_grid) {
  Sheet sheet;
  sheet.rows = {{filled(6, 4, red), filled(6, 4, {0, 1, 0})}, {Image(), filled(6, 4, {0, 0, 1})}};
  sheet.gap_px = 2;  // the margin is twice the gap; too narrow for lines around images
  const Image image = draw(sheet);
  BOOST_TEST(image.width == 4U + 6 + 2 + 6 + 4);
  BOOST_TEST(image.height == 4U + 4 + 2 + 4 + 4);
  BOOST_TEST(is(image, 4, 4, red));
  BOOST_TEST(is(image, 9, 7, red));
  BOOST_TEST(is(image, 12, 4, {0, 1, 0}));
  BOOST_TEST(is(image, 12, 10, {0, 0, 1}));
  BOOST_TEST(count(image, red) == 24U);
  BOOST_TEST(count(image, {1, 1, 1}) == image.pixels() - 3 * 24, "the empty cell stays white");
}

BOOST_AUTO_TEST_CASE(needs_no_gap) {
  Sheet sheet;
  sheet.rows = {{filled(3, 3, red), filled(3, 3, red)}};
  sheet.gap_px = 0;
  const Image image = draw(sheet);
  BOOST_TEST(image.width == 6U);
  BOOST_TEST(count(image, red) == 18U);
}

BOOST_AUTO_TEST_CASE(enlarges_small_images_by_whole_factors) {
  Sheet sheet;
  Image dots = filled(4, 4, red);
  std::fill_n(dots.pixel(0, 0), 3, 0.0F);
  sheet.rows = {{filled(15, 14, {0, 0, 1}), dots}};
  sheet.gap_px = 2;
  const Image image = draw(sheet);
  BOOST_TEST(count(image, {0, 0, 0}) == 9U);  // 3 x 3 for one pixel
  BOOST_TEST(count(image, red) == 9U * 15);
  // Centred in its cell of 15 x 14: from 1 to 13 across and down.
  BOOST_TEST(is(image, 4 + 15 + 2 + 1, 4 + 1, {0, 0, 0}));
  BOOST_TEST(is(image, 4 + 15 + 2 + 0, 4 + 1, {1, 1, 1}));
}

BOOST_AUTO_TEST_CASE(frames_images_without_touching_them) {
  const Image image = draw(one_red_cell());
  BOOST_TEST(count(image, red) == 200U);
  BOOST_TEST(inked(image) == 2U * (20 + 2) + 2 * 10);
}

BOOST_AUTO_TEST_CASE(makes_room_for_captions) {
  const Image bare = draw(one_red_cell());
  Sheet sheet = one_red_cell();
  sheet.column_titles = {"a title wider than the cell"};
  sheet.row_titles = {"row"};
  const Image titled = draw(sheet);
  BOOST_TEST(titled.width > bare.width + 60);
  BOOST_TEST(titled.height > bare.height + 7);
  BOOST_TEST(count(titled, red) == 200U);
  BOOST_TEST(inked(titled) > inked(bare) + 100);
  // Nothing reaches the margin.
  for (std::size_t y = 0; y < titled.height; ++y) {
    BOOST_TEST(is(titled, 15, y, {1, 1, 1}));
    BOOST_TEST(is(titled, titled.width - 16, y, {1, 1, 1}));
  }
}

BOOST_AUTO_TEST_CASE(large_cells_have_large_captions) {
  Sheet small = one_red_cell();
  small.column_titles = {"x"};
  Sheet large;
  large.rows = {{filled(128, 10, red)}};
  large.column_titles = {"x"};
  const auto letters = [](const Image& image, std::size_t cell_width) {
    return inked(image) - 2 * (cell_width + 2) - 2 * 10;
  };
  BOOST_TEST(letters(draw(large), 128) == 4 * letters(draw(small), 20));
}

BOOST_AUTO_TEST_CASE(has_a_glyph_of_its_own_for_every_printable_character) {
  std::set<std::vector<float>> drawn;
  for (char c = ' '; c <= '~'; ++c) {
    Sheet sheet = one_red_cell();
    sheet.column_titles = {std::string(1, c)};
    drawn.insert(draw(sheet).values);
  }
  BOOST_TEST(drawn.size() == 95U);
}

BOOST_AUTO_TEST_CASE(draws_any_text) {
  const auto drawn = [](const std::string& title) {
    Sheet sheet = one_red_cell();
    sheet.row_titles = {title};
    return draw(sheet);
  };
  BOOST_TEST(drawn("\xC3\xA9t\xC3\xA9").values == drawn("ete").values);   // one character each
  BOOST_TEST(drawn("e\xCC\x81t\xC3\xA9").values == drawn("ete").values);  // an accent by itself
  BOOST_TEST(drawn("Stra\xC3\x9F"
                   "e \xC5\x81\xC3\xB3"
                   "d\xC5\xBA")
                 .values == drawn("Strasse Lodz").values);
  BOOST_TEST(drawn("\xE6\xBC\xA2\xC3").values == drawn("??").values);  // one, and a part of one
  BOOST_TEST(drawn("\x01\xFF\n").values == drawn("???").values);
  const std::string start(37, 'm');
  BOOST_TEST(drawn(start + std::string(500, 'm')).values == drawn(start + "...").values);
}

BOOST_AUTO_TEST_CASE(refuses_what_does_not_fit) {
  BOOST_CHECK_THROW(draw(Sheet()), std::invalid_argument);
  Sheet sheet;
  sheet.rows = {{Image()}};
  BOOST_CHECK_THROW(draw(sheet), std::invalid_argument);
  sheet = one_red_cell();
  sheet.column_titles = {"a", "b"};
  BOOST_CHECK_THROW(draw(sheet), std::invalid_argument);
  sheet = one_red_cell();
  sheet.row_titles = {"a", "b"};
  BOOST_CHECK_THROW(draw(sheet), std::invalid_argument);
}

BOOST_AUTO_TEST_SUITE_END()
