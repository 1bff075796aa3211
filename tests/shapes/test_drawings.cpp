// Drawings whose truth is known come back; pictures that are no drawings take bounded time.

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <cmath>
#include <random>

#include "alpha.hpp"
#include "chorus/image.hpp"
#include "drawn_image.hpp"
#include "drawn_shapes.hpp"
#include "fit_drawing.hpp"
#include "metrics.hpp"
#include "svg.hpp"

namespace chorus::shapes {

namespace {

using test::painted;

constexpr Color white = {1, 1, 1}, blue = {0.2F, 0.4F, 0.8F}, red = {0.8F, 0.2F, 0.2F};
constexpr PixelSize size = {32, 24};

DrawnPicture drawn_from(const Image& image) {
  const Image numbers = balanced(image);
  return fit_drawing(numbers, propose(numbers));
}

double psnr_at(const DrawnPicture& drawn, PixelSize large, const Image& truth) {
  return psnr_db(mean_squared_error(drawn_image(drawn.drawing, large, truth.channels), truth));
}

/// A picture painted at two sizes: the drawing of the small one is compared with the large one.
double psnr_of_enlargement(const test::Painted& color, std::size_t channels = 3) {
  const DrawnPicture drawn = drawn_from(painted(size, color, channels));
  const PixelSize large = {4 * size.width, 4 * size.height};
  const Image truth = painted(
      large, [&](double x, double y) { return color(x / 4, y / 4); }, channels);
  return psnr_at(drawn, large, truth);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(drawings)

BOOST_AUTO_TEST_CASE(a_square_comes_back_as_a_square) {
  const auto square = [](double x, double y) {
    return x > 6.5 && x < 20.5 && y > 5 && y < 17.25 ? blue : white;
  };
  const SvgText svg = write_svg(drawn_from(painted(size, square)).drawing);
  BOOST_TEST(
      svg.text.find("<rect x=\"6.5\" y=\"5\" width=\"14\" height=\"12.2") != std::string::npos,
      svg.text);
  BOOST_TEST(svg.elements == 2U);
}

BOOST_AUTO_TEST_CASE(a_circle_comes_back_as_a_circle) {
  const auto circle = [](double x, double y) {
    return std::hypot(x - 15, y - 11.5) < 7 ? red : white;
  };
  const SvgText svg = write_svg(drawn_from(painted(size, circle)).drawing);
  BOOST_TEST(svg.text.find("<circle cx=\"15\" cy=\"11.5\" r=\"7\"") != std::string::npos, svg.text);
}

BOOST_AUTO_TEST_CASE(an_ellipse_comes_back_as_an_ellipse) {
  const auto level = [](double x, double y) {
    return std::hypot((x - 15.2) / 9, (y - 11.6) / 5.7) < 1 ? red : white;
  };
  const SvgText svg = write_svg(drawn_from(painted(size, level)).drawing);
  BOOST_TEST(svg.text.find("<ellipse cx=\"15.") != std::string::npos, svg.text);
  BOOST_TEST(psnr_of_enlargement(level) > 45);
  const auto rotated = [](double x, double y) {
    const double u = 0.8 * (x - 15.2) + 0.6 * (y - 11.6), v = 0.8 * (y - 11.6) - 0.6 * (x - 15.2);
    return std::hypot(u / 9, v / 5) < 1 ? red : white;
  };
  const DrawnPicture drawn = drawn_from(painted(size, rotated));
  const auto& chain = *std::ranges::find_if(
      drawn.drawing.chains, [](const Chain& c) { return c.is_closed && !c.is_frame; });
  BOOST_TEST_REQUIRE(chain.figure.ellipse.has_value());
  const Ellipse& found = *chain.figure.ellipse;
  BOOST_TEST(length(found.centre - Point{15.2, 11.6}) < 0.05);
  BOOST_TEST(std::abs(found.first - 9) < 0.05);
  BOOST_TEST(std::abs(found.second - 5) < 0.05);
  BOOST_TEST(std::abs(found.angle - std::atan2(0.6, 0.8)) < 0.02);
  const SvgText svg_of_rotated = write_svg(drawn.drawing);
  BOOST_TEST(svg_of_rotated.nodes == 9U,
             svg_of_rotated.text);  // the ground, and a start and four arcs
  BOOST_TEST(psnr_of_enlargement(rotated) > 45);
}

BOOST_AUTO_TEST_CASE(a_rounded_rectangle_has_one_radius) {
  const auto card = [](double x, double y) {
    const double u = std::abs(x - 15.3) - 10.2 + 3.3, v = std::abs(y - 12.1) - 7.4 + 3.3;
    return std::hypot(std::max(u, 0.0), std::max(v, 0.0)) < 3.3 ? blue : white;
  };
  const SvgText svg = write_svg(drawn_from(painted(size, card)).drawing);
  BOOST_TEST(svg.text.find(" rx=\"3.") != std::string::npos, svg.text);
  BOOST_TEST(svg.elements == 2U);
  BOOST_TEST(psnr_of_enlargement(card) > 45);
}

BOOST_AUTO_TEST_CASE(a_triangle_has_three_corners) {
  const auto triangle = [](double x, double y) {
    return y > 4 && y < 20 && std::abs(x - 16) < 0.6 * (y - 4) ? blue : white;
  };
  const DrawnPicture drawn = drawn_from(painted(size, triangle));
  BOOST_TEST(count_segments(drawn.drawing) == 3U);
  BOOST_TEST(psnr_of_enlargement(triangle) > 45);
}

BOOST_AUTO_TEST_CASE(shapes_before_others_are_exact) {
  BOOST_TEST(psnr_of_enlargement([](double x, double y) {
               if (std::hypot(x - 18, y - 12) < 6.3) return red;
               if (x > 5 && x < 18 && y > 3 && y < 15) return blue;
               return white;
             }) > 42);
}

BOOST_AUTO_TEST_CASE(a_gradient_is_one_region) {
  const auto shaded = [](double x, double y) -> Color {
    if (x < 4 || x > 28 || y < 4 || y > 20) return white;
    const auto t = static_cast<float>((y - 4) / 16);
    return {0.9F - 0.5F * t, 0.3F + 0.2F * t, 0.2F};
  };
  BOOST_TEST(psnr_of_enlargement(shaded) > 30);
}

BOOST_AUTO_TEST_CASE(a_radial_gradient_comes_back) {
  const auto ball = [](double x, double y) -> Color {
    if (std::hypot(x - 16, y - 12) > 9) return white;
    const auto t = static_cast<float>(std::hypot(x - 13, y - 9) / 15);
    return {0.9F - 0.6F * t, 0.5F - 0.3F * t, 0.2F};
  };
  const DrawnPicture drawn = drawn_from(painted(size, ball));
  BOOST_TEST(drawn.drawing.regions() == 2);
  const auto& gradient = drawn.drawing.paints[1].gradient;
  BOOST_TEST_REQUIRE(gradient != nullptr);
  BOOST_TEST(gradient->is_radial);
  BOOST_TEST(length(gradient->centre - Point{-3, -3}) < 0.3);
  BOOST_TEST(psnr_of_enlargement(ball) > 40);
  const std::string text = write_svg(drawn.drawing).text;
  BOOST_TEST(text.find("<radialGradient id=\"g1\" gradientUnits=\"userSpaceOnUse\" cx=\"1") !=
                 std::string::npos,
             text);
}

BOOST_AUTO_TEST_CASE(a_gradient_of_three_colors_is_one_region) {
  const auto striped = [](double x, double y) -> Color {
    if (x < 3 || x > 29 || y < 4 || y > 20) return white;
    const auto t = static_cast<float>((x - 3) / 13);
    return t < 1 ? Color{0.6F - 0.1F * t, 0.3F, 0.2F + 0.1F * t}
                 : Color{0.5F, 0.2F + 0.1F * t, 0.3F};
  };
  const DrawnPicture drawn = drawn_from(painted(size, striped));
  BOOST_TEST(drawn.drawing.regions() == 2);
  BOOST_TEST(write_svg(drawn.drawing).text.find("<stop offset=\".") != std::string::npos);
  BOOST_TEST(psnr_of_enlargement(striped) > 40);
}

BOOST_AUTO_TEST_CASE(what_is_transparent_is_not_painted) {
  const auto ring = [](double x, double y) -> Color {
    const double r = std::hypot(x - 16, y - 12);
    return r < 9 && r > 5 ? Color{0.8F, 0.2F, 0.2F, 1} : Color{0, 0, 0, 0};
  };
  const DrawnPicture drawn = drawn_from(painted(size, ring, 4));
  const SvgText svg = write_svg(drawn.drawing);
  BOOST_TEST(svg.elements == 1U, svg.text);
  BOOST_TEST(svg.text.find("opacity") == std::string::npos, svg.text);
  // Two closed ways: the ring's hole stays open.
  BOOST_TEST(std::ranges::count(svg.text, 'M') == 2);
  BOOST_TEST(psnr_of_enlargement(ring, 4) > 42);
}

BOOST_AUTO_TEST_CASE(half_transparent_shapes_keep_their_alpha) {
  const auto pane = [](double x, double y) -> Color {
    return x > 6 && x < 26 && y > 5 && y < 19 ? Color{0.1F, 0.2F, 0.4F, 0.5F} : Color{};
  };
  const SvgText svg = write_svg(drawn_from(painted(size, pane, 4)).drawing);
  BOOST_TEST(svg.text.find("fill-opacity=\".5") != std::string::npos, svg.text);
}

BOOST_AUTO_TEST_CASE(one_color_and_one_pixel_are_drawings_too) {
  const auto plain = [](double, double) { return blue; };
  for (const PixelSize tiny : {PixelSize{1, 1}, PixelSize{1, 9}, PixelSize{2, 2}, size}) {
    const DrawnPicture drawn = drawn_from(painted(tiny, plain));
    BOOST_TEST(drawn.drawing.regions() == 1);
    BOOST_TEST(drawn.squared_error < 1e-9);
    BOOST_TEST(write_svg(drawn.drawing).text.find("#36c") != std::string::npos);
  }
}

BOOST_AUTO_TEST_CASE(noise_is_bounded) {
  std::mt19937 random(1);
  Image noise(PixelSize{40, 40}, 3);
  for (float& value : noise.values) value = static_cast<float>(random() % 256) / 255;
  try {
    const DrawnPicture drawn = drawn_from(noise);
    BOOST_TEST(drawn.differing > 200U);
  } catch (const NotADrawing& failure) {
    BOOST_TEST(failure.regions > most_regions);
  }
}

BOOST_AUTO_TEST_CASE(the_same_picture_gives_the_same_bytes) {
  const auto shape = [](double x, double y) {
    return std::hypot(x - 14, 1.4 * (y - 11)) < 8.2 ? blue : white;
  };
  const Image picture = painted(size, shape);
  BOOST_TEST(write_svg(drawn_from(picture).drawing).text ==
             write_svg(drawn_from(picture).drawing).text);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace chorus::shapes
