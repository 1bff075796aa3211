#include "delaunay.hpp"

#include <algorithm>
#include <numeric>
#include <utility>

#include "random.hpp"

namespace chorus {

namespace {

/// Positive if d lies inside the circle through a, b, c (which have positive area).
std::int64_t in_circle(const GridPoint& a, const GridPoint& b, const GridPoint& c,
                       const GridPoint& d) {
  const auto lifted = [&](const GridPoint& p) {
    const std::int64_t x = p.x - d.x, y = p.y - d.y;
    return std::array{x, y, x * x + y * y};
  };
  const auto [ax, ay, aa] = lifted(a);
  const auto [bx, by, bb] = lifted(b);
  const auto [cx, cy, cc] = lifted(c);
  return (ax * by - ay * bx) * cc + (bx * cy - by * cx) * aa + (cx * ay - cy * ax) * bb;
}

bool strictly_between(const GridPoint& a, const GridPoint& b, const GridPoint& p) {
  return (p.x - a.x) * (p.x - b.x) + (p.y - a.y) * (p.y - b.y) < 0;
}

/// A random order, in which each point is found and inserted in few steps.
std::vector<std::uint32_t> shuffled(std::size_t count) {
  std::vector<std::uint32_t> order(count);
  std::iota(order.begin(), order.end(), 0U);
  RandomStream random(0, Stream::triangulation_order);
  for (std::size_t i = count; i > 1; --i)
    std::swap(order[i - 1], order[below(random.word(), static_cast<std::uint32_t>(i))]);
  return order;
}

}  // namespace

std::int64_t doubled_area(const GridPoint& a, const GridPoint& b, const GridPoint& c) {
  return (b.x - a.x) * (c.y - a.y) - (b.y - a.y) * (c.x - a.x);
}

Delaunay::Delaunay(std::vector<GridPoint> points)
    : points_(std::move(points)), order_(shuffled(points_.size())) {
  if (!start()) return;
  for (std::size_t i = 3; i < order_.size(); ++i) insert(order_[i]);
}

/// Makes the first triangle and its ghosts; returns false if all points are on one line.
bool Delaunay::start() {
  if (order_.size() < 3) return false;
  const GridPoint &a = points_[order_[0]], &b = points_[order_[1]];
  const auto third = std::find_if(order_.begin() + 2, order_.end(), [&](std::uint32_t i) {
    return doubled_area(a, b, points_[i]) != 0;
  });
  if (third == order_.end()) return false;
  std::iter_swap(order_.begin() + 2, third);
  if (doubled_area(a, b, points_[order_[2]]) < 0) std::swap(order_[0], order_[1]);
  const std::array corner = {order_[0], order_[1], order_[2]};
  triangles_ = {{corner, {1, 2, 3}}};
  // Ghost k + 1 is across from corner k; the ghosts meet at the corners of the triangle.
  for (std::uint32_t k = 0; k < 3; ++k)
    triangles_.push_back({{corner[(k + 2) % 3], corner[(k + 1) % 3], infinity},
                          {(k + 2) % 3 + 1, (k + 1) % 3 + 1, 0}});
  return true;
}

std::uint32_t Delaunay::locate(const GridPoint& point, std::uint32_t from) const {
  std::uint32_t at = from;
  if (triangles_[at].ghost()) {
    const auto& corner = triangles_[at].corner;
    const auto k = std::find(corner.begin(), corner.end(), infinity) - corner.begin();
    at = triangles_[at].neighbour[k];
  }
  while (!triangles_[at].ghost()) {
    const Triangle& triangle = triangles_[at];
    std::size_t k = 0;
    while (k < 3 && doubled_area(points_[triangle.corner[(k + 1) % 3]],
                                 points_[triangle.corner[(k + 2) % 3]], point) >= 0)
      ++k;
    if (k == 3) return at;
    at = triangle.neighbour[k];
  }
  return at;
}

/// Whether a triangle has to go once `point` is there. The circle of a ghost is the half-plane
/// beyond its edge, together with the edge.
bool Delaunay::in_conflict(const Triangle& triangle, const GridPoint& point) const {
  const auto& corner = triangle.corner;
  for (std::size_t k = 0; k < 3; ++k) {
    if (corner[k] != infinity) continue;
    const GridPoint &a = points_[corner[(k + 1) % 3]], &b = points_[corner[(k + 2) % 3]];
    const std::int64_t side = doubled_area(a, b, point);
    return side > 0 || (side == 0 && strictly_between(a, b, point));
  }
  return in_circle(points_[corner[0]], points_[corner[1]], points_[corner[2]], point) > 0;
}

/// Finds the triangles in conflict, which are connected, and the edges around them.
void Delaunay::collect_cavity(const GridPoint& point, std::uint32_t first) {
  cavity_ = {first};
  rim_.clear();
  in_cavity_.resize(triangles_.size(), false);
  in_cavity_[first] = true;
  for (std::size_t i = 0; i < cavity_.size(); ++i) {
    const Triangle& triangle = triangles_[cavity_[i]];
    for (std::size_t k = 0; k < 3; ++k) {
      const std::uint32_t next = triangle.neighbour[k];
      if (in_cavity_[next]) continue;
      if (in_conflict(triangles_[next], point)) {
        in_cavity_[next] = true;
        cavity_.push_back(next);
      } else {
        rim_.push_back({triangle.corner[(k + 1) % 3], triangle.corner[(k + 2) % 3], next});
      }
    }
  }
  for (const std::uint32_t triangle : cavity_) in_cavity_[triangle] = false;
}

/// Replaces the triangles in conflict by a fan from the new point to the rim.
void Delaunay::insert(std::uint32_t point) {
  collect_cavity(points_[point], locate(points_[point], last_));
  // A rim of n edges gives n triangles in place of n - 2.
  for (std::size_t i = cavity_.size(); i < rim_.size(); ++i) {
    cavity_.push_back(static_cast<std::uint32_t>(triangles_.size()));
    triangles_.emplace_back();
  }
  const auto fan_beginning_at = [&](std::uint32_t corner) {
    std::size_t i = 0;
    while (rim_[i].from != corner) ++i;
    return cavity_[i];
  };
  for (std::size_t i = 0; i < rim_.size(); ++i) {
    const auto [from, to, outside] = rim_[i];
    Triangle& made = triangles_[cavity_[i]];
    made.corner = {from, to, point};
    made.neighbour[2] = outside;
    made.neighbour[0] = fan_beginning_at(to);
  }
  for (std::size_t i = 0; i < rim_.size(); ++i) {
    const auto [from, to, outside] = rim_[i];
    triangles_[triangles_[cavity_[i]].neighbour[0]].neighbour[1] = cavity_[i];
    // The outer triangle still points to one that is gone, across from the third corner of that
    // one.
    Triangle& neighbour = triangles_[outside];
    for (std::size_t k = 0; k < 3; ++k)
      if (neighbour.corner[k] != from && neighbour.corner[k] != to)
        neighbour.neighbour[k] = cavity_[i];
  }
  last_ = cavity_.front();
}

}  // namespace chorus
