#include "delaunay.hpp"

#include <algorithm>
#include <array>
#include <boost/test/unit_test.hpp>
#include <cstdint>
#include <set>
#include <utility>
#include <vector>

#include "random.hpp"

using chorus::below;
using chorus::Delaunay;
using chorus::doubled_area;
using chorus::GridPoint;
using chorus::RandomStream;
using chorus::Stream;

namespace {

std::vector<GridPoint> random_points(std::size_t count, std::uint32_t side, RandomStream& random) {
  std::set<std::pair<std::int64_t, std::int64_t>> places;
  while (places.size() < count)
    places.insert({below(random.word(), side), below(random.word(), side)});
  std::vector<GridPoint> points;
  for (const auto& [x, y] : places) points.push_back({x, y});
  return points;
}

/// Twice the area of the convex hull (gift wrapping).
std::int64_t doubled_hull_area(const std::vector<GridPoint>& points) {
  const GridPoint first =
      *std::min_element(points.begin(), points.end(), [](const GridPoint& a, const GridPoint& b) {
        return std::pair(a.x, a.y) < std::pair(b.x, b.y);
      });
  const auto squared = [](const GridPoint& a, const GridPoint& b) {
    return (a.x - b.x) * (a.x - b.x) + (a.y - b.y) * (a.y - b.y);
  };
  std::int64_t area = 0;
  GridPoint at = first;
  do {
    GridPoint next = at == points.front() ? points.back() : points.front();
    for (const GridPoint& p : points) {
      const std::int64_t turn = doubled_area(at, next, p);
      if (turn < 0 || (turn == 0 && squared(at, p) > squared(at, next))) next = p;
    }
    area += doubled_area(first, at, next);
    at = next;
  } while (!(at == first));
  return area;
}

std::array<GridPoint, 3> corners(const Delaunay& mesh, const Delaunay::Triangle& triangle) {
  return {mesh.points()[triangle.corner[0]], mesh.points()[triangle.corner[1]],
          mesh.points()[triangle.corner[2]]};
}

/// Whether a point lies inside the circumcircle: compares squared distances from the centre, both
/// multiplied by the square of four times the triangle's area, so that all numbers are whole.
bool in_circumcircle(const std::array<GridPoint, 3>& t, const GridPoint& p) {
  const std::int64_t bx = t[1].x - t[0].x, by = t[1].y - t[0].y;
  const std::int64_t cx = t[2].x - t[0].x, cy = t[2].y - t[0].y;
  const std::int64_t px = p.x - t[0].x, py = p.y - t[0].y;
  const std::int64_t scale = 2 * (bx * cy - by * cx);
  const std::int64_t x = cy * (bx * bx + by * by) - by * (cx * cx + cy * cy);
  const std::int64_t y = bx * (cx * cx + cy * cy) - cx * (bx * bx + by * by);
  const auto squared = [](std::int64_t u, std::int64_t v) { return u * u + v * v; };
  return squared(scale * px - x, scale * py - y) < squared(x, y);
}

void check_neighbours(const Delaunay& mesh) {
  for (std::uint32_t i = 0; i < mesh.triangles().size(); ++i)
    for (std::size_t k = 0; k < 3; ++k) {
      const Delaunay::Triangle& triangle = mesh.triangles()[i];
      const Delaunay::Triangle& other = mesh.triangles().at(triangle.neighbour[k]);
      BOOST_REQUIRE(std::count(other.neighbour.begin(), other.neighbour.end(), i) == 1);
      for (const std::size_t end : {(k + 1) % 3, (k + 2) % 3})
        BOOST_REQUIRE(std::count(other.corner.begin(), other.corner.end(), triangle.corner[end]) ==
                      1);
    }
}

/// Checks all that makes a Delaunay triangulation of points that are not on one line.
void check_mesh(const Delaunay& mesh) {
  std::int64_t area = 0;
  for (const Delaunay::Triangle& triangle : mesh.triangles()) {
    if (triangle.ghost()) continue;
    const std::array<GridPoint, 3> t = corners(mesh, triangle);
    BOOST_REQUIRE(doubled_area(t[0], t[1], t[2]) > 0);
    area += doubled_area(t[0], t[1], t[2]);
    for (const GridPoint& p : mesh.points()) BOOST_REQUIRE(!in_circumcircle(t, p));
  }
  BOOST_TEST(area == doubled_hull_area(mesh.points()));
  check_neighbours(mesh);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(delaunay)

BOOST_AUTO_TEST_CASE(no_point_lies_in_the_circumcircle_of_a_triangle) {
  RandomStream random(4, Stream{0});
  for (const std::size_t count : {3U, 4U, 7U, 30U, 150U})
    for (const std::uint32_t side : {13U, 100U})
      check_mesh(Delaunay(random_points(count, side, random)));
}

BOOST_AUTO_TEST_CASE(points_of_a_grid_of_which_four_lie_on_each_circle_are_no_trouble) {
  std::vector<GridPoint> points;
  for (std::int64_t y = 0; y < 9; ++y)
    for (std::int64_t x = 0; x < 7; ++x) points.push_back({x, y});
  const Delaunay mesh(points);
  check_mesh(mesh);
  BOOST_TEST(std::count_if(mesh.triangles().begin(), mesh.triangles().end(),
                           [](const auto& triangle) { return !triangle.ghost(); }) == 2 * 8 * 6);
}

BOOST_AUTO_TEST_CASE(points_on_one_line_have_no_triangles) {
  BOOST_TEST(Delaunay({}).triangles().empty());
  BOOST_TEST(Delaunay({{1, 2}, {3, 4}}).triangles().empty());
  BOOST_TEST(Delaunay({{0, 0}, {4, 2}, {2, 1}, {8, 4}}).triangles().empty());
}

BOOST_AUTO_TEST_CASE(the_triangle_that_holds_a_point_is_found) {
  RandomStream random(5, Stream{0});
  const Delaunay mesh(random_points(60, 80, random));
  const std::int64_t area = doubled_hull_area(mesh.points());
  std::uint32_t at = 0;
  for (int round = 0; round < 500; ++round) {
    const GridPoint point{below(random.word(), 100), below(random.word(), 100)};
    at = mesh.locate(point, at);
    const Delaunay::Triangle& triangle = mesh.triangles()[at];
    if (triangle.ghost()) {
      std::vector<GridPoint> with_it = mesh.points();
      with_it.push_back(point);
      BOOST_REQUIRE(doubled_hull_area(with_it) > area);
      continue;
    }
    const std::array<GridPoint, 3> t = corners(mesh, triangle);
    for (std::size_t k = 0; k < 3; ++k)
      BOOST_REQUIRE(doubled_area(t[k], t[(k + 1) % 3], point) >= 0);
  }
}

BOOST_AUTO_TEST_SUITE_END()
