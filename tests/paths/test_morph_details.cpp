#include <boost/test/unit_test.hpp>
#include <cmath>
#include <cstddef>
#include <functional>
#include <utility>

#include "common_shapes.hpp"
#include "image_distance.hpp"
#include "mix.hpp"
#include "morph.hpp"
#include "pictures.hpp"

using chorus::Image;
using chorus::Morph;
using chorus::Point;
using chorus::Rgb;
using namespace chorus::test;

// Details that only one of two pictures has: where they go, and when.

BOOST_AUTO_TEST_SUITE(morph_details)

BOOST_AUTO_TEST_CASE(what_is_alone_leaves_crisply_and_before_what_comes) {
  const auto with_dot = [](double at, const Rgb& color, auto inside) {
    return picture(square, [=](const Point& p) {
      if (std::hypot(p[0] - at, p[1] - at) < 0.13) return color;
      return inside(p) ? red : white;
    });
  };
  const Morph morph(
      with_dot(-0.8, {0, 1, 0},
               [](const Point& p) { return std::abs(p[0]) < 0.3 && std::abs(p[1]) < 0.6; }),
      with_dot(0.8, {0, 0, 1}, [](const Point& p) { return std::hypot(p[0], p[1]) < 0.6; }));
  BOOST_TEST((morph.details() == chorus::Details::shrink));
  const Image middle = morph.draw(0.5, square);
  for (const auto& [x, y] : {std::pair{10, 10}, std::pair{86, 86}})
    for (std::size_t c = 0; c < 3; ++c)
      BOOST_TEST(middle.pixel(static_cast<std::size_t>(x), static_cast<std::size_t>(y))[c] > 0.98F);
  const Image early = morph.draw(0.2, square);
  BOOST_TEST(early.pixel(10, 10)[0] < 0.05F);  // smaller, but as green as ever
  BOOST_TEST(early.pixel(10, 14)[0] > 0.9F);
}

/// A disc with a white sign on it.
Image disc(const Rgb& color, const std::function<bool(const Point&)>& sign) {
  return picture(square, [&](const Point& p) {
    if (sign(p)) return white;
    return std::hypot(p[0], p[1]) < 0.8 ? color : white;
  });
}

bool bar(const Point& p) { return std::abs(p[0]) < 0.1 && std::abs(p[1]) < 0.2; }
bool dot(const Point& p) { return std::hypot(p[0] - 0.4, p[1]) < 0.16; }
constexpr std::size_t at_bar = 48, at_dot = 67;

/// The fraction of a sign that is visible: of its contrast to the disc in the blue channel.
double visible(const Image& frame, std::size_t x) {
  const double plain = frame.pixel(48, 20)[2];
  return (frame.pixel(x, 48)[2] - plain) / (white[2] - plain);
}

BOOST_AUTO_TEST_CASE(details_of_one_picture_leave_before_those_of_the_other_come) {
  const Rgb green{0.1F, 0.7F, 0.1F};
  const Morph morph(disc(red, bar), disc(green, dot));
  BOOST_TEST((morph.details() == chorus::Details::dissolve));
  const auto there = [&](double t, std::size_t x) { return visible(morph.draw(t, square), x); };
  // The bar takes the first half for itself, the dot the second.
  for (const double t : {0.125, 0.25, 0.375}) {
    BOOST_TEST(std::abs(there(t, at_bar) - (1 - 2 * t)) < 0.03);
    BOOST_TEST(std::abs(there(0.5 + t, at_dot) - 2 * t) < 0.03);
  }
  for (const double t : {0.25, 0.5}) {
    BOOST_TEST(there(t, at_dot) < 0.01);
    BOOST_TEST(there(1 - t, at_bar) < 0.01);
  }
}

// If almost nothing but details changes, changing one after the other would make the path sqrt(2)
// times as long as the straight one.
BOOST_AUTO_TEST_CASE(details_of_pictures_that_are_else_equal_overlap_for_a_shorter_path) {
  const Morph morph(disc(red, bar), disc(red, dot));
  BOOST_TEST((morph.details() == chorus::Details::dissolve));
  const auto frame = [&](double t) { return morph.draw(t, square); };
  double length = 0;
  constexpr int steps = 24;
  for (int k = 0; k < steps; ++k)
    length += chorus::pixel_distance(frame(k / double{steps}), frame((k + 1) / double{steps}));
  BOOST_TEST(length / chorus::pixel_distance(frame(0), frame(1)) < 1.16);
  BOOST_TEST(visible(frame(0.25), at_bar) > 0.5);
  BOOST_TEST(visible(frame(0.25), at_dot) < 0.06);
  BOOST_TEST(visible(frame(0.75), at_bar) < 0.06);
  BOOST_TEST(visible(frame(0.75), at_dot) > 0.5);
}

BOOST_AUTO_TEST_CASE(where_much_is_recoloured_details_do_not_overlap) {
  const auto with_dot = [](double at, const Rgb& color) {
    return picture(square, [=](const Point& p) {
      if (std::hypot(p[0] - at, p[1]) < 0.15) return white;
      return std::hypot(p[0], p[1]) < 0.8 ? color : white;
    });
  };
  const Rgb dark{0.1F, 0.1F, 0.1F};
  const Image middle = Morph(with_dot(-0.4, red), with_dot(0.4, dark)).draw(0.5, square);
  for (const std::size_t x : {29U, 67U})
    BOOST_TEST(std::abs(middle.pixel(x, 48)[2] - middle.pixel(48, 48)[2]) < 0.03F);
}

BOOST_AUTO_TEST_CASE(a_detail_of_one_picture_alone_takes_all_the_time) {
  const Image disc =
      picture(square, [](const Point& p) { return std::hypot(p[0], p[1]) < 0.8 ? red : white; });
  const Image ring = picture(square, [](const Point& p) {
    const double r = std::hypot(p[0], p[1]);
    return r < 0.8 && r > 0.3 ? red : white;
  });
  for (const double t : {0.25, 0.5, 0.75})
    BOOST_TEST(psnr(Morph(disc, ring).draw(t, square),
                    chorus::mix(disc, ring, static_cast<float>(t))) > 30);
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
      BOOST_TEST((morph.details() == chorus::Details::dissolve));
      // Nowhere does the background show through.
      const Image middle = morph.draw(0.5, square);
      for (const std::size_t y : {22U, 35U, 48U, 60U, 74U})
        BOOST_TEST(middle.pixel(48, y)[1] < 0.3F);
    }
}

BOOST_AUTO_TEST_CASE(drawings_have_the_same_shapes_in_common_however_often_they_are_asked) {
  const chorus::Drawing cut = chorus::take_apart(heart(red, red, true));
  const chorus::Drawing whole = chorus::take_apart(heart(blue, blue, false));
  const std::size_t shapes = cut.shapes.size();
  for (int attempt = 0; attempt < 2; ++attempt) {
    const chorus::Matched found = chorus::common_shapes(cut, whole, {}, chorus::same_shape);
    BOOST_TEST(found.from.shapes.size() == shapes + 1);  // a stand-in for the whole disc
    BOOST_TEST(found.to.shapes.size() == whole.shapes.size());
    BOOST_TEST(cut.shapes.size() == shapes);
  }
}

// A disc in pieces becomes a whole one beside large shapes that the pictures do not share: a
// stand-in for the disc is tried, but most of the pictures is details, so that all shapes are
// matched anew.
BOOST_AUTO_TEST_CASE(an_attempt_that_is_given_up_leaves_no_shape_behind) {
  const auto beside = [](bool bar, double y, double half_height) {
    return picture(square, [=](const Point& p) {
      if (bar && std::abs(p[1] + 0.5) < 0.08 && std::abs(p[0]) < 0.4) return blue;
      if (std::hypot(p[0], p[1] + 0.5) < 0.3) return red;
      return std::abs(p[1] - y) < half_height && std::abs(p[0]) < 0.9 ? Rgb{0.05F, 0.05F, 0.05F}
                                                                      : white;
    });
  };
  const Image cut = beside(true, 0.25, 0.2), whole = beside(false, 0.8, 0.15);
  const chorus::Drawing from = chorus::take_apart(cut), to = chorus::take_apart(whole);
  BOOST_REQUIRE(chorus::common_shapes(from, to, {}, chorus::same_shape).from.shapes.size() ==
                from.shapes.size() + 1);
  const Morph morph(cut, whole);
  BOOST_REQUIRE(!morph.motion().moves());
  BOOST_REQUIRE((morph.details() == chorus::Details::shrink));
  for (const chorus::Match& match : morph.matches()) {
    BOOST_TEST((!match.from || *match.from < from.shapes.size()));
    BOOST_TEST((!match.to || *match.to < to.shapes.size()));
  }
}

BOOST_AUTO_TEST_SUITE_END()
