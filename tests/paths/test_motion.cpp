#include "motion.hpp"

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <cmath>
#include <utility>

#include "pictures.hpp"

using namespace chorus;
using namespace chorus::test;

namespace {

bool in_box(const Point& p, double left, double top, double right, double bottom) {
  return p[0] > left && p[0] < right && p[1] > top && p[1] < bottom;
}

/// The outlines of the red part of a picture that a formula draws on white.
template <class Inside>
Outlines outlines_of(const Inside& inside) {
  const Image image = picture(square, [&](const Point& p) { return inside(p) ? red : white; });
  Outlines outlines{segment(image, options_for(square)), Mask(image.pixels())};
  const int ground = outlines.segmentation.region_of.front();
  std::transform(outlines.segmentation.region_of.begin(), outlines.segmentation.region_of.end(),
                 outlines.background.begin(),
                 [&](int region) { return static_cast<unsigned char>(region == ground ? 1 : 0); });
  return outlines;
}

bool is_ell(const Point& p) {
  return in_box(p, -0.6, -0.6, -0.3, 0.6) || in_box(p, -0.6, 0.3, 0.4, 0.6);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(motion)

BOOST_AUTO_TEST_CASE(a_picture_that_was_moved_is_found_to_have_been) {
  const Outlines from = outlines_of(is_ell);
  const Outlines to = outlines_of([](const Point& p) {
    // Where the point came from: a turn by 0.6 and 0.8 times the size, then a shift.
    const double x = (p[0] - 0.1) / 0.8, y = (p[1] + 0.05) / 0.8;
    return is_ell({std::cos(0.6) * x + std::sin(0.6) * y, -std::sin(0.6) * x + std::cos(0.6) * y});
  });
  const FoundMotion found = find_motion(from, to);
  BOOST_TEST(std::abs(found.motion.angle - 0.6) < 0.03);
  BOOST_TEST(std::abs(found.motion.log_scale - std::log(0.8)) < 0.03);
  BOOST_TEST(std::abs(found.motion.x - 0.1) < 0.03);
  BOOST_TEST(std::abs(found.motion.y + 0.05) < 0.03);
  BOOST_TEST(found.left < 0.1);
}

BOOST_AUTO_TEST_CASE(the_same_picture_does_not_move) {
  const FoundMotion found = find_motion(outlines_of(is_ell), outlines_of(is_ell));
  BOOST_TEST(!found.motion.moves());
  BOOST_TEST(found.left < 0.02);
}

// Shrunk to a speck the large one would differ from the thin one by no more than the thin one is,
// which is little beside the large one.
BOOST_AUTO_TEST_CASE(a_large_shape_is_not_moved_out_of_sight_for_a_thin_one) {
  const Outlines large =
      outlines_of([](const Point& p) { return in_box(p, -0.8, -0.7, 0.8, 0.7); });
  const Outlines thin = outlines_of([](const Point& p) {
    return std::abs(p[0] + 0.1 - std::abs(p[1])) < 0.12 && std::abs(p[1]) < 0.6;
  });
  for (const auto& [from, to] : {std::pair(&large, &thin), std::pair(&thin, &large)}) {
    const FoundMotion found = find_motion(*from, *to);
    BOOST_TEST(!found.motion.moves());
    BOOST_TEST(found.left > 0.35);
  }
}

BOOST_AUTO_TEST_SUITE_END()
