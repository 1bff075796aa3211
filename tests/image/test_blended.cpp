#include "blended_pixels.hpp"

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <cmath>
#include <vector>

#include "colors.hpp"
#include "pictures.hpp"

using namespace chorus;
using namespace chorus::test;

namespace {

std::size_t count(const std::vector<bool>& mask) {
  return static_cast<std::size_t>(std::count(mask.begin(), mask.end(), true));
}

}  // namespace

BOOST_AUTO_TEST_SUITE(blended)

BOOST_AUTO_TEST_CASE(pixels_that_an_edge_passes_through_are_blended) {
  const std::vector<bool> blended = blended_pixels(edge(mix(white, red, 0.4F)));
  for (std::size_t y = 0; y < 16; ++y)
    for (std::size_t x = 0; x < 16; ++x)
      BOOST_TEST(blended[16 * y + x] == (x == 7), x << ", " << y);
}

BOOST_AUTO_TEST_CASE(edges_on_the_grid_lines_of_their_own_colour_and_gradients_are_not) {
  BOOST_TEST(count(blended_pixels(edge(white))) == 0U);
  BOOST_TEST(count(blended_pixels(edge(blue))) == 0U);
  BOOST_TEST(count(blended_pixels(edge({0, 0, 0}))) == 0U);
  Image gradient(16, 16);
  for (std::size_t y = 0; y < 16; ++y)
    for (std::size_t x = 0; x < 16; ++x)
      paint(gradient, x, y, mix(white, red, static_cast<float>(x) / 32));
  BOOST_TEST(count(blended_pixels(gradient)) == 0U);
  BOOST_TEST(count(blended_pixels(Image(1, 1))) == 0U);
  BOOST_TEST(count(blended_pixels(Image(2, 7))) == 0U);
}

BOOST_AUTO_TEST_CASE(the_rim_of_a_disc_is_blended) {
  const Image disc = picture(
      {32, 32}, [](const Point& p) { return p[0] * p[0] + p[1] * p[1] < 0.4 ? red : white; });
  const std::vector<bool> blended = blended_pixels(disc);
  std::size_t partial = 0, found = 0;
  for (std::size_t p = 0; p < disc.pixels(); ++p) {
    const float share = (1 - disc.values[3 * p + 1]) / (1 - red[1]);
    const bool is_partial = share > 0.1F && share < 0.9F;
    if (share < 0.01F || share > 0.99F) BOOST_TEST(!blended[p]);
    partial += is_partial ? 1 : 0;
    found += is_partial && blended[p] ? 1 : 0;
  }
  BOOST_TEST(partial > 30U);
  BOOST_TEST(10 * found >= 9 * partial);
}

BOOST_AUTO_TEST_CASE(held_out_pixels_are_not_looked_at) {
  Image image = edge(mix(white, red, 0.4F));
  std::vector<bool> held_out(image.pixels());
  for (std::size_t p = 0; p < held_out.size(); p += 5) held_out[p] = true;
  const std::vector<bool> before = blended_pixels(image, held_out);
  BOOST_TEST(count(before) > 0U);
  BOOST_TEST(count(before) < 14U);
  for (std::size_t p = 0; p < held_out.size(); p += 5) paint(image, p % 16, p / 16, {0, 1, 0.5F});
  BOOST_TEST((blended_pixels(image, held_out) == before));
}

BOOST_AUTO_TEST_SUITE_END()
