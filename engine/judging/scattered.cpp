#include "scattered.hpp"

#include <algorithm>
#include <cmath>
#include <set>
#include <utility>

namespace chorus {

namespace {

using BarycentricWeights = std::array<double, 3>;

/// Barycentric coordinates of a point (times `scale`) in a triangle.
BarycentricWeights barycentric(const std::array<GridPoint, 3>& corner, const GridPoint& point,
                               std::int64_t scale = 1) {
  const auto scaled = [&](std::size_t k) {
    return GridPoint{corner[k].x * scale, corner[k].y * scale};
  };
  const std::array<GridPoint, 3> a = {scaled(0), scaled(1), scaled(2)};
  const auto whole = static_cast<double>(doubled_area(a[0], a[1], a[2]));
  return {static_cast<double>(doubled_area(a[1], a[2], point)) / whole,
          static_cast<double>(doubled_area(a[2], a[0], point)) / whole,
          static_cast<double>(doubled_area(a[0], a[1], point)) / whole};
}

/// For each point, those that it shares an edge with.
std::vector<std::set<std::uint32_t>> neighbours(const Delaunay& mesh) {
  std::vector<std::set<std::uint32_t>> all(mesh.points().size());
  for (const Delaunay::Triangle& triangle : mesh.triangles()) {
    if (triangle.ghost()) continue;
    for (std::size_t k = 0; k < 3; ++k) {
      all[triangle.corner[k]].insert(triangle.corner[(k + 1) % 3]);
      all[triangle.corner[(k + 1) % 3]].insert(triangle.corner[k]);
    }
  }
  return all;
}

}  // namespace

ScatteredInterpolator::ScatteredInterpolator(std::vector<GridPoint> points,
                                             std::vector<PreciseColor> colors, Order order)
    : mesh_(std::move(points)), colors_(std::move(colors)) {
  if (order == Order::cubic) estimate_gradients();
}

bool ScatteredInterpolator::covers(const GridPoint& point) {
  if (mesh_.triangles().empty()) return false;
  triangle_ = mesh_.locate(point, triangle_);
  return !mesh_.triangles()[triangle_].ghost();
}

PreciseColor ScatteredInterpolator::at(const GridPoint& point) const {
  const Delaunay::Triangle& triangle = mesh_.triangles()[triangle_];
  const auto corner = [&](std::size_t k) { return mesh_.points()[triangle.corner[k]]; };
  const BarycentricWeights weights = barycentric({corner(0), corner(1), corner(2)}, point);
  PreciseColor color{};
  for (std::size_t c = 0; c < 3; ++c) {
    if (!gradients_.empty()) {
      color[c] = cubic(triangle, weights, c);
      continue;
    }
    for (std::size_t k = 0; k < 3; ++k) color[c] += weights[k] * colors_[triangle.corner[k]][c];
  }
  return color;
}

/// Each edge carries the cubic polynomial that its end values and gradients give; the gradients
/// minimise the sum over the edges of the integral of the squared second derivative. With f the
/// difference of the ends' values over the length L and d the slopes, that is
/// 4 / L (d1^2 + d1 d2 + d2^2) - 12 / L f (d1 + d2) + const: a linear system, solved point by
/// point (Gauss-Seidel).
void ScatteredInterpolator::estimate_gradients() {
  constexpr std::size_t most_sweeps = 400;
  constexpr double tolerance = 1e-6;
  const auto edges = neighbours(mesh_);
  const std::vector<GridPoint>& points = mesh_.points();
  gradients_.assign(points.size(), {});
  double change = 1;
  for (std::size_t sweep = 0; sweep < most_sweeps && change > tolerance; ++sweep) {
    change = 0;
    for (std::uint32_t a = 0; a < points.size(); ++a) {
      double xx = 0, xy = 0, yy = 0;
      std::array<std::array<double, 2>, 3> right{};
      for (const std::uint32_t b : edges[a]) {
        const auto x = static_cast<double>(points[b].x - points[a].x);
        const auto y = static_cast<double>(points[b].y - points[a].y);
        const double weight = std::pow(x * x + y * y, -1.5);
        xx += 2 * weight * x * x;
        xy += 2 * weight * x * y;
        yy += 2 * weight * y * y;
        for (std::size_t c = 0; c < 3; ++c) {
          const double slope = 3 * (colors_[b][c] - colors_[a][c]) + rise(b, a, c);
          right[c][0] += weight * slope * x;
          right[c][1] += weight * slope * y;
        }
      }
      const double determinant = xx * yy - xy * xy;
      if (determinant <= 0) continue;  // a point of no triangle has no edges
      for (std::size_t c = 0; c < 3; ++c) {
        const std::array<double, 2> better = {(yy * right[c][0] - xy * right[c][1]) / determinant,
                                              (xx * right[c][1] - xy * right[c][0]) / determinant};
        for (std::size_t k = 0; k < 2; ++k)
          change = std::max(change, std::abs(better[k] - gradients_[a][c][k]));
        gradients_[a][c] = better;
      }
    }
  }
}

double ScatteredInterpolator::rise(std::uint32_t a, std::uint32_t b, std::size_t c) const {
  const GridPoint &from = mesh_.points()[a], &to = mesh_.points()[b];
  return gradients_[a][c][0] * static_cast<double>(to.x - from.x) +
         gradients_[a][c][1] * static_cast<double>(to.y - from.y);
}

/// Where the line between the centres of two neighbouring triangles crosses their common edge: the
/// derivative across the edge is linear in that direction, which makes the surface smooth and the
/// result independent of the axes. -1/2 stands for the middle: on the hull there is no neighbour.
/// The edge is across from corner k; the place is told from corner k + 1 to k + 2.
double ScatteredInterpolator::crossing(const Delaunay::Triangle& triangle, std::size_t k) const {
  const Delaunay::Triangle& other = mesh_.triangles()[triangle.neighbour[k]];
  if (other.ghost()) return -0.5;
  GridPoint centre;  // times 3, so that it stays whole
  for (const std::uint32_t corner : other.corner) {
    centre.x += mesh_.points()[corner].x;
    centre.y += mesh_.points()[corner].y;
  }
  const auto corner = [&](std::size_t i) { return mesh_.points()[triangle.corner[i]]; };
  const BarycentricWeights w = barycentric({corner(0), corner(1), corner(2)}, centre, 3);
  const double next = w[(k + 1) % 3], last = w[(k + 2) % 3];
  return (2 * last + next - 1) / (2 - 3 * last - 3 * next);
}

/// The Clough-Tocher element: the triangle is split at its centre into three cubic pieces whose
/// Bezier coefficients (b: corners, edges, spokes, ...) follow from values and gradients at the
/// corners and from smoothness between the pieces and across the edges.
double ScatteredInterpolator::cubic(const Delaunay::Triangle& triangle,
                                    const BarycentricWeights& weights, std::size_t c) const {
  // corner[k] is b at corner k; edge[k][j] a third of the way from corner k to corner j; inner[k]
  // from corner k towards the centre.
  std::array<double, 3> corner{}, inner{}, middle{}, spoke{};
  std::array<std::array<double, 3>, 3> edge{};
  for (std::size_t k = 0; k < 3; ++k) {
    corner[k] = colors_[triangle.corner[k]][c];
    inner[k] = corner[k];
    for (std::size_t j = 0; j < 3; ++j) {
      if (j == k) continue;
      edge[k][j] = corner[k] + rise(triangle.corner[k], triangle.corner[j], c) / 3;
      inner[k] += edge[k][j];
    }
    inner[k] /= 3;
  }
  // middle[k] belongs to the piece at the edge across from corner k.
  for (std::size_t k = 0; k < 3; ++k) {
    const std::size_t i = (k + 1) % 3, j = (k + 2) % 3;
    const double g = crossing(triangle, k);
    middle[k] = (g * (-corner[i] + 3 * edge[i][j] - 3 * edge[j][i] + corner[j]) - corner[i] +
                 2 * edge[i][j] - edge[j][i] + inner[i] + inner[j]) /
                2;
  }
  double centre = 0;
  for (std::size_t k = 0; k < 3; ++k) {
    spoke[k] = (middle[(k + 1) % 3] + middle[(k + 2) % 3] + inner[k]) / 3;
    centre += spoke[k] / 3;
  }
  // The piece is the one across from the corner of least weight; 3 times that is the centre's.
  const auto least =
      static_cast<std::size_t>(std::min_element(weights.begin(), weights.end()) - weights.begin());
  const std::size_t i = (least + 1) % 3, j = (least + 2) % 3;
  const double u = weights[i] - weights[least], v = weights[j] - weights[least];
  const double w = 3 * weights[least];
  return u * u * u * corner[i] + v * v * v * corner[j] + w * w * w * centre +
         3 * (u * u * v * edge[i][j] + u * v * v * edge[j][i] + u * u * w * inner[i] +
              v * v * w * inner[j] + u * w * w * spoke[i] + v * w * w * spoke[j]) +
         6 * u * v * w * middle[least];
}

}  // namespace chorus
