#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <cmath>
#include <cstddef>
#include <functional>
#include <optional>
#include <vector>

#include "image_distance.hpp"
#include "mix.hpp"
#include "morph.hpp"
#include "pictures.hpp"
#include "stand_ins.hpp"

using chorus::Image;
using chorus::Morph;
using chorus::Point;
using chorus::Rgb;
using namespace chorus::test;

// Details that only one of two pictures has: where they go, and when.

BOOST_AUTO_TEST_SUITE(morph_details)

BOOST_AUTO_TEST_CASE(what_is_alone_shrinks_and_grows_crisply) {
  const auto with_dot = [](double at, const Rgb& color) {
    return picture(square, [=](const Point& p) {
      if (std::hypot(p[0] - at, p[1] - at) < 0.16) return color;
      return std::abs(p[0]) < 0.3 && std::abs(p[1]) < 0.3 ? red : white;
    });
  };
  const Morph morph(with_dot(-0.7, {0, 1, 0}), with_dot(0.7, {0, 0, 1}));
  const Image early = morph.draw(0.25, square);
  BOOST_TEST(early.pixel(14, 14)[0] < 0.05F);  // smaller, but as green as ever
  BOOST_TEST(early.pixel(14, 21)[0] > 0.95F);
  BOOST_TEST(early.pixel(81, 81)[0] < 0.05F);  // and the blue one is there, small
  BOOST_TEST(early.pixel(81, 88)[0] > 0.95F);
}

/// A disc with a sign on it.
Image disc(const Rgb& color, const Rgb& sign_color, const std::function<bool(const Point&)>& sign) {
  return picture(square, [&](const Point& p) {
    if (sign(p)) return sign_color;
    return std::hypot(p[0], p[1]) < 0.8 ? color : white;
  });
}

bool bar(const Point& p) { return std::abs(p[0]) < 0.4 && std::abs(p[1]) < 0.08; }
bool ring(const Point& p) {
  const double r = std::hypot(p[0], p[1]);
  return r < 0.5 && r > 0.38;
}

// Two signs at one place are never seen at once.
BOOST_AUTO_TEST_CASE(details_of_one_picture_leave_before_those_of_the_other_come) {
  const Rgb black{0, 0, 0}, yellow{1, 1, 0.2F};
  const Morph morph(disc(red, black, bar), disc(red, yellow, ring));
  const auto contrast = [&](double t, std::size_t x) {
    const Image frame = morph.draw(t, square);
    return std::abs(double{frame.pixel(x, 48)[1]} - double{red[1]});
  };
  constexpr std::size_t at_bar = 48, at_ring = 48 + 21;
  BOOST_TEST(contrast(0.1, at_bar) > 0.05);
  BOOST_TEST(contrast(0.9, at_ring) > 0.4);
  for (int k = 1; k < 10; ++k) {
    const double t = k / 10.0;
    BOOST_TEST(std::min(contrast(t, at_bar), contrast(t, at_ring)) < 0.03, t);
  }
}

BOOST_AUTO_TEST_CASE(a_detail_of_one_picture_alone_takes_all_the_time) {
  const auto with_hole = [](double radius) {
    return picture(square, [=](const Point& p) {
      const double r = std::hypot(p[0], p[1]);
      return r < 0.8 && r >= radius ? red : white;
    });
  };
  const Morph morph(with_hole(0), with_hole(0.3));
  for (const double t : {0.25, 0.5, 0.75})
    BOOST_TEST(psnr(morph.draw(t, square), with_hole(0.3 * t)) > 28);
}

/// A disc of two halves, with or without a blue bar across it.
Image heart(const Rgb& upper, const Rgb& lower, bool bar) {
  return picture(square, [=](const Point& p) {
    if (bar && std::abs(p[1]) < 0.1 && std::abs(p[0]) < 0.9) return blue;
    if (std::hypot(p[0], p[1]) > 0.7) return white;
    return p[1] < 0 ? upper : lower;
  });
}

BOOST_AUTO_TEST_CASE(what_lies_in_pieces_is_one_shape) {
  constexpr Rgb dark{0.5F, 0.05F, 0.05F};
  for (const Image& from : {heart(red, dark, false), heart(red, red, true)})
    for (const bool back : {false, true}) {
      const Image to = heart(blue, blue, false);
      const Morph morph = back ? Morph(to, from) : Morph(from, to);
      // Nowhere does the background show through.
      const Image middle = morph.draw(0.5, square);
      for (const std::size_t y : {22U, 35U, 48U, 60U, 74U})
        BOOST_TEST(middle.pixel(48, y)[1] < 0.3F);
    }
}

BOOST_AUTO_TEST_CASE(a_stand_in_lies_behind_the_pieces_and_is_matched) {
  constexpr Rgb dark{0.5F, 0.05F, 0.05F};
  chorus::Drawing cut = chorus::take_apart(heart(red, dark, false));
  chorus::Drawing whole = chorus::take_apart(heart(blue, blue, false));
  const std::size_t pieces = cut.shapes.size(), wholes = whole.shapes.size();
  std::vector<chorus::Match> matches = chorus::match_shapes(cut, whole, {}).matches;
  chorus::add_stand_ins(cut, whole, matches);
  BOOST_TEST(cut.shapes.size() == pieces + 1);
  BOOST_TEST(whole.shapes.size() == wholes);
  BOOST_TEST((matches.front().from == std::optional<std::size_t>(pieces)));
  BOOST_TEST(matches.front().to.has_value());
}

BOOST_AUTO_TEST_SUITE_END()
