// What players of SVG and Lottie are told to show, and when.

#include <boost/test/unit_test.hpp>
#include <cmath>
#include <nlohmann/json.hpp>
#include <numbers>
#include <stdexcept>

#include "alpha.hpp"
#include "animated_drawing.hpp"
#include "drawn_shapes.hpp"
#include "fit_drawing.hpp"

namespace chorus::shapes {

namespace {

using nlohmann::json;
using test::painted;

constexpr Color white = {1, 1, 1}, red = {0.8F, 0.2F, 0.2F};
constexpr PixelSize size = {32, 24};

Drawing disc(double radius) {
  const Image numbers = balanced(painted(size, [&](double x, double y) {
    return std::hypot(x - 15, y - 11.5) < radius ? red : white;
  }));
  return fit_drawing(numbers, propose(numbers)).drawing;
}

AnimatedDrawing there_and_back() { return {{disc(4), disc(6), disc(8)}, {0, 1, 2, 1}, 0.5}; }

bool holds(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

/// A drawing of one square, whose paint the test chooses.
Drawing square_of(const Paint& paint) {
  const Image numbers = balanced(painted(
      size, [](double x, double y) { return x > 4 && x < 28 && y > 4 && y < 20 ? red : white; }));
  Drawing drawing = fit_drawing(numbers, propose(numbers)).drawing;
  for (Paint& each : drawing.paints)
    if (std::abs(each.base[0] - 0.8) < 0.02) each = paint;
  return drawing;
}

/// The items of the first group of the first frame: paths, paint, transform.
json first_group(const Drawing& drawing) {
  const json whole = json::parse(lottie({{drawing}, {0}, 1}, "one"));
  return whole["assets"][0]["layers"][0]["shapes"][0]["it"];
}

double cubic(double a, double b, double c, double d, double t) {
  const double s = 1 - t;
  return s * s * s * a + 3 * s * s * t * b + 3 * s * t * t * c + t * t * t * d;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(animated_drawings)

BOOST_AUTO_TEST_CASE(each_frame_of_an_svg_has_its_times) {
  const std::string svg = animated_svg(there_and_back());
  BOOST_TEST(holds(svg, animation_mark.data()));
  BOOST_TEST(holds(svg,
                   "<g><animate attributeName=\"display\" values=\"inline;none\" "
                   "keyTimes=\"0;.25\" dur=\"2s\""));
  BOOST_TEST(holds(svg,
                   "<g display=\"none\"><animate attributeName=\"display\" "
                   "values=\"none;inline;none;inline\" keyTimes=\"0;.25;.5;.75\""));
  BOOST_TEST(holds(svg, "values=\"none;inline;none\" keyTimes=\"0;.5;.75\""));
  // A single frame does not move.
  BOOST_TEST(!holds(animated_svg({{disc(4)}, {0, 0}, 1}), "<animate"));
}

BOOST_AUTO_TEST_CASE(lottie_shows_the_same_frames_at_the_same_times) {
  const json whole = json::parse(lottie(there_and_back(), "discs"));
  BOOST_TEST(whole["fr"] == 2);
  BOOST_TEST(whole["op"] == 4);
  BOOST_TEST(whole["w"] == 32);
  BOOST_TEST(whole["assets"].size() == 3U);
  std::vector<std::string> shown;
  for (const json& layer : whole["layers"]) {
    BOOST_TEST(layer["ip"] == shown.size());
    BOOST_TEST(layer["op"] == shown.size() + 1);
    shown.push_back(layer["refId"]);
  }
  BOOST_TEST((shown == std::vector<std::string>{"frame_0", "frame_1", "frame_2", "frame_1"}));
}

BOOST_AUTO_TEST_CASE(arcs_are_cubic_curves_of_the_same_radius) {
  // What is painted last comes first: the disc, on the ground.
  const json path = first_group(disc(8))[0]["ks"]["k"];
  const std::size_t count = path["v"].size();
  BOOST_TEST(path["c"] == true);
  BOOST_TEST(count >= 4U);
  double angle = 0;
  for (std::size_t i = 0; i < count; ++i) {
    const std::size_t next = (i + 1) % count;
    const auto at = [&](double t, int axis) {
      const double a = path["v"][i][axis], d = path["v"][next][axis];
      return cubic(a, a + path["o"][i][axis].get<double>(), d + path["i"][next][axis].get<double>(),
                   d, t);
    };
    for (const double t : {0.0, 0.2, 0.5, 0.8})
      BOOST_TEST(std::hypot(at(t, 0) - 15, at(t, 1) - 11.5) == 8,
                 boost::test_tools::tolerance(2e-3));
    const double from = std::atan2(at(0, 1) - 11.5, at(0, 0) - 15);
    const double to = std::atan2(at(1, 1) - 11.5, at(1, 0) - 15);
    angle += std::remainder(to - from, 2 * std::numbers::pi);
  }
  BOOST_TEST(std::abs(angle) == 2 * std::numbers::pi, boost::test_tools::tolerance(1e-3));
}

BOOST_AUTO_TEST_CASE(an_elliptic_gradient_is_a_round_one_in_turned_coordinates) {
  const double turn = 0.5;
  Paint paint;
  paint.gradient = std::make_shared<const Gradient>(
      Gradient{true,
               {2, -1},
               {{{std::cos(turn), std::sin(turn)}, {-2 * std::sin(turn), 2 * std::cos(turn)}}},
               {{0, {1, 0, 0, 0}}, {6, {0, 0, 1, 0}}}});
  const json group = first_group(square_of(paint));
  const json fill = group[group.size() - 2], transform = group[group.size() - 1];
  BOOST_TEST(fill["ty"] == "gf");
  BOOST_TEST(fill["t"] == 2);
  BOOST_TEST((fill["e"]["k"] == json({6, 0})));
  BOOST_TEST((fill["g"]["k"]["k"] == json({0, 1, 0, 0, 1, 0, 0, 1})));
  BOOST_TEST((transform["p"]["k"] == json({18, 11})));
  BOOST_TEST((transform["s"]["k"] == json({100, 50})));
  // Places of the path, transformed, are the corners of the square.
  for (const json& place : group[0]["ks"]["k"]["v"]) {
    const double u = place[0], v = place[1].get<double>() / 2;
    const double x = 18 + std::cos(turn) * u - std::sin(turn) * v;
    const double y = 11 + std::sin(turn) * u + std::cos(turn) * v;
    BOOST_TEST((std::abs(x - 4) < 0.1 || std::abs(x - 28) < 0.1), x);
    BOOST_TEST((std::abs(y - 4) < 0.1 || std::abs(y - 20) < 0.1), y);
  }
}

BOOST_AUTO_TEST_CASE(what_cannot_be_shown_is_an_error) {
  BOOST_CHECK_THROW(animated_svg({{disc(4)}, {}, 1}), std::invalid_argument);
  BOOST_CHECK_THROW(lottie({{disc(4)}, {0, 1}, 1}, ""), std::invalid_argument);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace chorus::shapes
