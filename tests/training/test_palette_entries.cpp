#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <cmath>
#include <vector>

#include "colors.hpp"
#include "palette.hpp"

using namespace chorus;
using namespace chorus::test;

namespace {

bool has_entry(const std::vector<float>& palette, std::size_t entries, const Rgb& color) {
  for (std::size_t k = 0; k < entries; ++k) {
    float distance = 0;
    for (std::size_t c = 0; c < 3; ++c)
      distance = std::max(distance, std::abs(palette[c * entries + k] - color[c]));
    if (distance < 0.01F) return true;
  }
  return false;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(palette_entries)

BOOST_AUTO_TEST_CASE(palettes_have_no_entries_for_blends) {
  const Rgb rim = mix(white, red, 0.4F);
  const std::vector<float> palette = initial_palette(edge(rim), {}, 6, PaletteFields::constant);
  BOOST_TEST(has_entry(palette, 6, {1, 1, 1}));
  BOOST_TEST(has_entry(palette, 6, red));
  BOOST_TEST(!has_entry(palette, 6, rim));
  BOOST_TEST(has_entry(initial_palette(edge(blue), {}, 6, PaletteFields::constant), 6, blue));
}

BOOST_AUTO_TEST_SUITE_END()
