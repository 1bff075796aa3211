#include <boost/test/unit_test.hpp>
#include <cmath>
#include <numbers>

#include "mix.hpp"
#include "morph.hpp"
#include "own_motion.hpp"
#include "pictures.hpp"

using chorus::Image;
using chorus::Morph;
using chorus::Point;
using chorus::Rgb;
using namespace chorus::test;

// Pictures whose parts move on their own: the true frames are drawn by the same formulas.

namespace {

constexpr Rgb black{0, 0, 0}, grey{0.6F, 0.6F, 0.65F}, yellow{0.95F, 0.8F, 0.2F};

bool in_box(const Point& p, double left, double top, double right, double bottom) {
  return p[0] > left && p[0] < right && p[1] > top && p[1] < bottom;
}

Point turned(const Point& p, const Point& about, double angle) {
  const double x = p[0] - about[0], y = p[1] - about[1];
  return {about[0] + std::cos(angle) * x + std::sin(angle) * y,
          about[1] + std::cos(angle) * y - std::sin(angle) * x};
}

/// Checks that a morph meets the true frames of scene(t).
template <class Scene>
void check_scene(const Scene& scene, double least_db) {
  const auto drawn = [&](double t, chorus::PixelSize size) {
    return picture(size, [&](const Point& p) { return scene(p, t); });
  };
  const auto frame = [&](double t) { return drawn(t, square); };
  constexpr chorus::PixelSize working_size{192, 192};
  const Morph morph(drawn(0, working_size), drawn(1, working_size));
  const Image from = frame(0), to = frame(1);
  for (const double t : {0.25, 0.5, 0.75}) {
    BOOST_TEST_CONTEXT("t = " << t) {
      const double found = psnr(morph.draw(t, square), frame(t));
      BOOST_TEST(found > least_db);
      BOOST_TEST(found > psnr(chorus::mix(from, to, static_cast<float>(t)), frame(t)) + 4);
    }
  }
}

}  // namespace

BOOST_AUTO_TEST_SUITE(parts)

// The whole could as well be turned by half a turn.
BOOST_AUTO_TEST_CASE(the_knob_of_a_switch_slides) {
  check_scene(
      [](const Point& p, double t) {
        if (std::hypot(p[0] + 0.35 - 0.7 * t, p[1]) < 0.28) return white;
        const double beyond = std::max(std::abs(p[0]) - 0.4, 0.0);
        return std::hypot(beyond, p[1]) < 0.4 ? red : white;
      },
      30);
}

BOOST_AUTO_TEST_CASE(a_bar_grows_at_even_speed_from_its_foot) {
  check_scene(
      [](const Point& p, double t) {
        if (in_box(p, -0.8, 0.6, 0.8, 0.7)) return black;
        if (in_box(p, -0.6, 0.6 - 0.3 - 0.8 * t, -0.2, 0.6)) return red;
        return in_box(p, 0.2, 0.6 - 0.9 + 0.5 * t, 0.6, 0.6) ? blue : white;
      },
      28);
}

BOOST_AUTO_TEST_CASE(a_hand_turns_about_its_hinge) {
  check_scene(
      [](const Point& p, double t) {
        if (std::hypot(p[0], p[1]) < 0.14) return blue;
        const Point q = turned(p, {0, 0}, 1.9 * t - 0.8);
        if (in_box(q, -0.08, -0.65, 0.08, 0)) return red;
        return std::hypot(p[0], p[1]) < 0.85 ? grey : white;
      },
      26);
}

BOOST_AUTO_TEST_CASE(a_knob_follows_the_arc_of_its_rod) {
  check_scene(
      [](const Point& p, double t) {
        if (in_box(p, -0.6, 0.4, 0.6, 0.8)) return blue;
        const Point q = turned(p, {0, 0.5}, 1.4 * t - 0.7);
        if (std::hypot(q[0], q[1] + 0.5) < 0.16) return red;
        return in_box(q, -0.08, -0.5, 0.08, 0.5) ? black : white;
      },
      26);
}

BOOST_AUTO_TEST_CASE(what_comes_out_of_another_shape_was_in_it) {
  check_scene(
      [](const Point& p, double t) {
        if (in_box(p, -0.6, 0, 0.6, 0.8)) return blue;
        const double y = p[1] + 0.4 * t;
        if (in_box({p[0], y}, -0.4, -0.5, 0.4, -0.35)) return red;
        return in_box({p[0], y}, -0.1, -0.35, 0.1, 0.6) ? grey : white;
      },
      28);
}

BOOST_AUTO_TEST_CASE(an_open_door_uncovers_what_is_behind_it) {
  check_scene(
      [](const Point& p, double t) {
        if (in_box(p, -0.4, -0.7, 0.4 - 0.55 * t, 0.7)) return yellow;
        return in_box(p, -0.4, -0.7, 0.4, 0.7) ? black : white;
      },
      28);
}

BOOST_AUTO_TEST_CASE(shapes_that_change_places_keep_their_colours) {
  check_scene(
      [](const Point& p, double t) {
        if (std::hypot(p[0] - 0.5 + t, p[1] - 0.4) < 0.25) return blue;
        return in_box({p[0] + 0.5 - t, p[1] + 0.4}, -0.25, -0.25, 0.25, 0.25) ? red : white;
      },
      28);
}

BOOST_AUTO_TEST_CASE(a_mouth_turns_over_and_not_round) {
  const auto face = [](double smile) {
    return picture(square, [=](const Point& p) {
      const double bend = smile * (1 - std::pow(p[0] / 0.4, 2));
      if (std::abs(p[0]) < 0.4 && std::abs(p[1] - 0.2 - bend) < 0.07) return black;
      return std::hypot(p[0], p[1]) < 0.85 ? yellow : white;
    });
  };
  const Morph morph(face(0.2), face(-0.2));
  for (const chorus::Match& match : morph.matches()) BOOST_TEST(match.own.angle == 0);
}

// The handle of a case whose body changes its colour and its lock.
BOOST_AUTO_TEST_CASE(what_is_equal_in_place_stays_opaque) {
  const auto suitcase = [](const Rgb& body, bool lock) {
    return picture(square, [=](const Point& p) {
      if (lock && in_box(p, -0.1, 0.1, 0.1, 0.2)) return white;
      if (in_box(p, -0.7, -0.3, 0.7, 0.6)) return body;
      return in_box(p, -0.2, -0.5, 0.2, -0.3) && !in_box(p, -0.1, -0.4, 0.1, -0.3) ? black : white;
    });
  };
  const Morph morph(suitcase({0.9F, 0.4F, 0.2F}, true), suitcase({0.4F, 0.5F, 0.6F}, false));
  for (int k = 0; k <= 16; ++k) {
    const Image frame = morph.draw(k / 16.0, square);
    for (const std::size_t x : {41U, 54U}) BOOST_TEST(frame.pixel(x, 28)[1] < 0.06F);
  }
}

BOOST_AUTO_TEST_CASE(half_of_a_motion_is_half_of_its_turn_and_of_its_growth) {
  const chorus::OwnMotion own{
      .centre = {0.2, 0.1}, .angle = std::numbers::pi / 2, .stretch = {3, 1}, .shift = {0.4, 0}};
  const Point centre = own.power(0.5)({0.2, 0.1});
  BOOST_TEST(std::abs(centre[0] - 0.4) < 1e-12);
  BOOST_TEST(std::abs(centre[1] - 0.1) < 1e-12);
  // A point to the right of the centre: twice as far away, turned by 45 degrees.
  const Point point = own.power(0.5)({0.3, 0.1});
  BOOST_TEST(std::abs(point[0] - 0.4 - 0.2 * std::sqrt(0.5)) < 1e-12);
  BOOST_TEST(std::abs(point[1] - 0.1 - 0.2 * std::sqrt(0.5)) < 1e-12);
}

BOOST_AUTO_TEST_SUITE_END()
