// The exact areas of lines and arcs, and their derivatives, against brute force.

#include <boost/test/unit_test.hpp>
#include <cmath>
#include <numbers>
#include <random>

#include "area_raster.hpp"
#include "misfit.hpp"
#include "redrawing.hpp"
#include "solver.hpp"

namespace chorus::shapes {

namespace {

constexpr PixelSize size = {12, 10};

/// A region within a frame, drawn by one closed chain whose points and bulges are given.
Drawing closed_shape(const std::vector<Point>& corners, const std::vector<double>& bulges,
                     const Paint& inside, const Paint& around) {
  Drawing drawing;
  drawing.size = size;
  const auto add_chain = [&](const std::vector<Point>& points, const std::vector<double>& bends,
                             int left, int right, bool is_frame) {
    Chain chain;
    chain.left = left;
    chain.right = right;
    chain.is_frame = is_frame;
    chain.is_closed = true;
    const int first = static_cast<int>(drawing.points.size());
    const int count = static_cast<int>(points.size());
    for (const Point p : points) drawing.add_point(p, is_frame);
    for (int i = 0; i < count; ++i) {
      const double bulge = bends[static_cast<std::size_t>(i)];
      chain.segments.push_back({first + i, first + (i + 1) % count, bulge, bulge != 0});
    }
    drawing.chains.push_back(chain);
  };
  // Clockwise on the screen, so the inside is on the right.
  add_chain({{-1, -1}, {13, -1}, {13, 11}, {-1, 11}}, {0, 0, 0, 0}, 2, 0, true);
  add_chain(corners, bulges, 0, 1, false);
  drawing.paints = {around, inside, Paint{}};
  drawing.is_measured = {1, 1, 1};
  return drawing;
}

Paint flat(double value) {
  Paint paint;
  paint.base = {value, value / 2, 1 - value, 0};
  return paint;
}

/// Whether a place is within a closed chain of many chords, by the number of crossings to its left.
bool is_inside(const Drawing& drawing, const Chain& chain, Point place) {
  bool inside = false;
  for (const Segment& segment : chain.segments)
    walk_chords(drawing, segment, [&](Point p, Point q, int, int) {
      if ((p.y > place.y) == (q.y > place.y)) return;
      const double x = p.x + (place.y - p.y) / (q.y - p.y) * (q.x - p.x);
      if (x < place.x) inside = !inside;
    });
  return inside;
}

Pixels sampled(const Drawing& drawing, int samples) {
  Pixels pixels(size.width * size.height, Numbers{});
  for (std::size_t p = 0; p < pixels.size(); ++p)
    for (int i = 0; i < samples * samples; ++i) {
      const Point place = {static_cast<double>(p % size.width) + (i % samples + 0.5) / samples,
                           static_cast<double>(p / size.width) + (i / samples + 0.5) / samples};
      const bool inside = is_inside(drawing, drawing.chains[1], place);
      const Numbers color = drawing.paints[inside ? 1 : 0].base;
      for (std::size_t c = 0; c < color.size(); ++c) pixels[p][c] += color[c] / (samples * samples);
    }
  return pixels;
}

Drawing random_shape(std::mt19937& random) {
  std::uniform_real_distribution<double> radius(1.5, 6.5), bulge(-0.5, 0.5);
  std::vector<Point> corners;
  std::vector<double> bulges;
  for (int i = 0; i < 6; ++i) {
    const double angle = i * std::numbers::pi / 3, r = radius(random);
    corners.push_back({6 + r * std::cos(angle), 5 + r * std::sin(angle)});
    bulges.push_back(i % 2 == 0 ? 0 : bulge(random));
  }
  return closed_shape(corners, bulges, flat(0.9), flat(0.2));
}

}  // namespace

BOOST_AUTO_TEST_SUITE(areas)

BOOST_AUTO_TEST_CASE(areas_are_those_of_many_samples) {
  std::mt19937 random(3);
  for (int trial = 0; trial < 5; ++trial) {
    const Drawing drawing = random_shape(random);  // reaches beyond the picture
    const Pixels exact = rasterize(drawing), counted = sampled(drawing, 60);
    for (std::size_t p = 0; p < exact.size(); ++p)
      BOOST_TEST(largest_error(exact[p], counted[p]) < 0.01);
  }
}

BOOST_AUTO_TEST_CASE(a_circle_has_its_area) {
  const Drawing drawing = closed_shape({{3, 5}, {9, 5}}, {-1, -1}, flat(1), Paint{});
  double sum = 0;
  for (const Numbers& color : rasterize(drawing)) sum += color[0];
  BOOST_TEST(std::abs(sum - 9 * std::numbers::pi) < 0.03);
  const double within = swept({3, 5}, {9, 5}, -1) + swept({9, 5}, {3, 5}, -1);
  BOOST_TEST(std::abs(within / 2 - 9 * std::numbers::pi) < 1e-9);
}

BOOST_AUTO_TEST_CASE(a_sloped_paint_has_its_values_at_pixel_centres) {
  Paint slope = flat(0.5);
  slope.slope_x = {0.02, 0, -0.01, 0};
  slope.slope_y = {0, 0.03, 0.01, 0};
  const Drawing drawing =
      closed_shape({{2, 2}, {10, 2}, {10, 8}, {2, 8}}, {0, 0, 0, 0}, slope, flat(0.1));
  const Numbers at = rasterize(drawing)[5 * size.width + 4];  // centre (4.5, 5.5)
  BOOST_TEST(largest_error(at, slope.at({-1.5, 0.5})) < 1e-12);
}

BOOST_AUTO_TEST_CASE(a_gradient_counts_by_the_middle_of_each_pixel_and_the_share_of_its_region) {
  const auto gradient = std::make_shared<const Gradient>(Gradient{
      true, {1, 0}, {Point{1, 0}, Point{0, 2}}, {{0, {1, 0.5, 0, 0}}, {4, {0, 0.5, 1, 0}}}});
  const Paint round{.gradient = gradient};
  const Drawing drawing =
      closed_shape({{2, 2}, {10.5, 2}, {10.5, 8}, {2, 8}}, {0, 0, 0, 0}, round, flat(0.1));
  const Pixels pixels = rasterize(drawing);
  const Point centre = drawing.centre();
  const auto colour_at = [&](double x, double y) { return gradient->at(Point{x, y} - centre); };
  BOOST_TEST(largest_error(pixels[5 * size.width + 4], colour_at(4.5, 5.5)) < 1e-12);
  Numbers half = colour_at(10.5, 4.5);
  const Numbers ground = flat(0.1).base;
  for (std::size_t c = 0; c < half.size(); ++c) half[c] = (half[c] + ground[c]) / 2;
  BOOST_TEST(largest_error(pixels[4 * size.width + 10], half) < 1e-12);
  // By hand: the centre is (7, 5) at 12 x 10 pixels, the second axis counts twice.
  BOOST_TEST(std::abs(gradient->at({3, 0})[0] - 0.5) < 1e-12);
  BOOST_TEST(std::abs(gradient->at({1, 1})[0] - 0.5) < 1e-12);
  BOOST_TEST(gradient->at({1, 9})[2] == 1);
}

BOOST_AUTO_TEST_CASE(shares_of_regions_add_up_to_one) {
  std::mt19937 random(4);
  const Coverage shares = coverage(random_shape(random));
  BOOST_TEST(shares.of_region.size() == 2U);
  for (std::size_t p = 0; p < size.width * size.height; ++p)
    BOOST_TEST(std::abs(shares.of_region[0][p] + shares.of_region[1][p] - 1) < 1e-5F);
}

BOOST_AUTO_TEST_CASE(places_one_after_the_other_are_those_of_each_alone) {
  for (const double bulge : {-1.6, -0.3, -1e-7, 0.0, 2e-5, 0.1, quarter_bulge, 1.0, 2.0}) {
    constexpr int n = 200;
    UnitArcWalk walk(bulge, n);
    for (int i = 1; i <= n; ++i) {
      const UnitPlace place = walk.next(), alone = unit_arc(bulge, static_cast<double>(i) / n);
      BOOST_TEST(std::abs(place.along - alone.along) < 1e-9, bulge << " " << i);
      BOOST_TEST(std::abs(place.across - alone.across) < 1e-9, bulge << " " << i);
    }
  }
}

BOOST_AUTO_TEST_CASE(what_is_drawn_again_is_what_is_drawn_at_once) {
  Paint sloped = flat(0.3);
  sloped.slope_x = {0.01, 0.02, 0, 0};
  const Paint round{
      .gradient = std::make_shared<const Gradient>(Gradient{
          true, {1, 0}, {Point{1, 0}, Point{0, 1}}, {{0, {1, 0.5, 0, 0}}, {4, {0, 0.5, 1, 0}}}})};
  for (const Paint& moving : {flat(0.8), sloped, round})
    for (const Paint& resting : {flat(0.6), sloped, round}) {
      Drawing drawing =
          closed_shape({{2, 2}, {5, 2}, {5, 5}, {2, 5}}, {0, -0.3, 0, 0}, moving, flat(0.1));
      const Drawing other =
          closed_shape({{8, 1}, {11, 1}, {11, 9}, {8, 9}}, {0, 0, 0.2, 0}, resting, flat(0.1));
      // Both shapes over one ground: the second one's chain, with a paint of its own.
      const int first = static_cast<int>(drawing.points.size());
      drawing.points.insert(drawing.points.end(), other.points.begin(), other.points.end());
      drawing.is_fixed.insert(drawing.is_fixed.end(), other.is_fixed.begin(), other.is_fixed.end());
      Chain chain = other.chains[1];
      for (Segment& segment : chain.segments) {
        segment.from += first;
        segment.to += first;
      }
      chain.right = static_cast<int>(drawing.paints.size());
      drawing.paints.push_back(other.paints[1]);
      drawing.chains.push_back(chain);

      const Problem problem{size, Pixels(size.width * size.height), {}, {}};
      Redrawing redrawing(problem, drawing,
                          [&](const Chain& c) { return &c == &drawing.chains[1]; });
      Redrawing::Picture picture;
      for (const double y : {0.0, 4.0, -1.5, 2.25}) {
        Drawing moved = drawing;
        for (const Segment& segment : moved.chains[1].segments)
          moved.points[static_cast<std::size_t>(segment.from)].y += y;
        const double misfit_of_rows = redrawing.draw(moved, picture);
        const Pixels at_once = rasterize(moved);
        for (std::size_t p = 0; p < at_once.size(); ++p)
          for (std::size_t c = 0; c < most_channels; ++c)
            BOOST_TEST(std::abs(picture.pixels[p][c] - at_once[p][c]) < 1e-12, y << " " << p);
        BOOST_TEST(misfit_of_rows == misfit(at_once, problem.target, problem.noise),
                   boost::test_tools::tolerance(1e-9));
      }
    }
}

BOOST_AUTO_TEST_CASE(a_shape_goes_back_to_where_it_was) {
  // The derivatives are right if a displaced drawing is led back to the truth exactly.
  std::mt19937 random(5);
  std::uniform_real_distribution<double> push(-0.3, 0.3);
  for (int trial = 0; trial < 5; ++trial) {
    const Drawing truth = closed_shape({{2.2, 2.4}, {9.1, 1.8}, {9.7, 7.6}, {5.9, 8.9}, {2.6, 7.3}},
                                       {0, 0.2, 0, -0.15, 0}, flat(0.9), flat(0.2));
    const Problem problem = {size, rasterize(truth), {}, {0, 0.42, 0, 4, 0, 9}};
    Drawing drawing = truth;
    for (Point& p : drawing.points)
      if (p.x > 0 && p.x < 12) p += {push(random), push(random)};
    for (Segment& s : drawing.chains[1].segments)
      if (s.is_arc) s.bulge += push(random) / 3;
    Solver solver(problem);
    BOOST_TEST(solver.solve(drawing, {60, 1e-3, nullptr}) < 0.1);
    for (std::size_t p = 0; p < truth.points.size(); ++p)
      BOOST_TEST(length(drawing.points[p] - truth.points[p]) < 0.02);
  }
}

BOOST_AUTO_TEST_CASE(many_unknowns_are_solved_as_few_are) {
  // 60 small squares have more unknowns than the full matrix takes.
  std::vector<Point> corners;
  for (int i = 0; i < 100; ++i) {
    const double angle = i * std::numbers::pi / 50, r = i % 2 == 0 ? 4.5 : 3.8;
    corners.push_back({6 + r * std::cos(angle), 5 + r * std::sin(angle)});
  }
  const std::vector<double> bulges(corners.size(), 0.0);
  const Drawing truth = closed_shape(corners, bulges, flat(0.9), flat(0.2));
  const Problem problem = {size, rasterize(truth), {}, {}};
  Drawing drawing = truth;
  for (std::size_t p = 4; p < drawing.points.size(); ++p)
    drawing.points[p] += {0.05 * std::sin(7.0 * static_cast<double>(p)), 0.05};
  const double before = cost(problem, drawing);
  Solver solver(problem);
  BOOST_TEST(solver.solve(drawing, {30, 1e-3, nullptr}) < before / 50);
}

BOOST_AUTO_TEST_CASE(crossing_borders_are_noticed) {
  const auto shape = [](Point moved) {
    return closed_shape({{2, 2}, {9, 2}, {9, 8}, moved}, {0, 0, 0, 0}, flat(1), flat(0));
  };
  BOOST_TEST(!crosses_itself(shape({2, 8}), {1}));
  BOOST_TEST(crosses_itself(shape({11, 4}), {1}));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace chorus::shapes
