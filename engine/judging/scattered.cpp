#include "scattered.hpp"

#include <Eigen/Core>
#include <Eigen/IterativeLinearSolvers>
#include <Eigen/SparseCore>
#include <algorithm>
#include <cmath>
#include <set>
#include <utility>

namespace chorus {

namespace {

using BarycentricWeights = std::array<double, 3>;

/// The barycentric coordinates of a point in a triangle, times `scale`.
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

/// For each point, the points with which it shares an edge.
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
                                             std::vector<PreciseRgb> colors, Order order)
    : mesh_(std::move(points)), colors_(std::move(colors)) {
  if (order == Order::cubic) estimate_gradients();
}

bool ScatteredInterpolator::covers(const GridPoint& point) {
  if (mesh_.triangles().empty()) return false;
  triangle_ = mesh_.locate(point, triangle_);
  return !mesh_.triangles()[triangle_].ghost();
}

PreciseRgb ScatteredInterpolator::at(const GridPoint& point) const {
  const Delaunay::Triangle& triangle = mesh_.triangles()[triangle_];
  const auto corner = [&](std::size_t k) { return mesh_.points()[triangle.corner[k]]; };
  const BarycentricWeights weights = barycentric({corner(0), corner(1), corner(2)}, point);
  PreciseRgb color{};
  for (std::size_t c = 0; c < 3; ++c) {
    if (!gradients_.empty()) {
      color[c] = cubic(triangle, weights, c);
      continue;
    }
    for (std::size_t k = 0; k < 3; ++k) color[c] += weights[k] * colors_[triangle.corner[k]][c];
  }
  return color;
}

/// Each edge carries the cubic polynomial that follows from the values and gradients at its ends.
/// The gradients minimise the sum over all edges of the integral of the squared second derivative.
/// If f is the difference of the end values divided by the length L, and d1 and d2 are the slopes
/// at the ends, then the integral is
///   4 / L (d1^2 + d1 d2 + d2^2) - 12 / L f (d1 + d2) + const.
/// Setting the derivatives of the sum to zero gives a linear system with two unknowns for each
/// point.
void ScatteredInterpolator::estimate_gradients() {
  if (mesh_.triangles().empty()) return;
  const std::vector<GridPoint>& points = mesh_.points();
  constexpr std::size_t per_point = 2;
  const auto unknowns = static_cast<Eigen::Index>(per_point * points.size());
  std::vector<Eigen::Triplet<double>> entries;
  Eigen::MatrixX3d right = Eigen::MatrixX3d::Zero(unknowns, 3);
  const auto edges = neighbours(mesh_);
  for (std::uint32_t a = 0; a < points.size(); ++a)
    for (const std::uint32_t b : edges[a]) {
      const auto x = static_cast<double>(points[b].x - points[a].x);
      const auto y = static_cast<double>(points[b].y - points[a].y);
      const std::array<double, 2> along = {x, y};
      const double weight = std::pow(x * x + y * y, -1.5);
      for (std::size_t i = 0; i < 2; ++i) {
        const auto row = static_cast<int>(per_point * a + i);
        for (std::size_t j = 0; j < 2; ++j) {
          const double product = weight * along[i] * along[j];
          entries.emplace_back(row, static_cast<int>(per_point * a + j), 2 * product);
          entries.emplace_back(row, static_cast<int>(per_point * b + j), product);
        }
        for (std::size_t c = 0; c < 3; ++c)
          right(row, static_cast<int>(c)) +=
              3 * weight * along[i] * (colors_[b][c] - colors_[a][c]);
      }
    }
  Eigen::SparseMatrix<double> system(unknowns, unknowns);
  system.setFromTriplets(entries.begin(), entries.end());
  constexpr double tolerance = 1e-10;  // of the residual relative to the right-hand side
  Eigen::ConjugateGradient<Eigen::SparseMatrix<double>, Eigen::Lower | Eigen::Upper> solver(system);
  solver.setTolerance(tolerance);
  const Eigen::MatrixX3d solution = solver.solve(right);
  gradients_.resize(points.size());
  for (std::size_t a = 0; a < points.size(); ++a)
    for (std::size_t c = 0; c < 3; ++c)
      for (std::size_t i = 0; i < 2; ++i)
        gradients_[a][c][i] = solution(static_cast<int>(per_point * a + i), static_cast<int>(c));
}

double ScatteredInterpolator::rise(std::uint32_t a, std::uint32_t b, std::size_t c) const {
  const GridPoint &from = mesh_.points()[a], &to = mesh_.points()[b];
  return gradients_[a][c][0] * static_cast<double>(to.x - from.x) +
         gradients_[a][c][1] * static_cast<double>(to.y - from.y);
}

/// The place where the line between the centres of two neighbouring triangles crosses their common
/// edge. The derivative across the edge is linear in that direction, which makes the surface smooth
/// and the result independent of the axes. An edge of the hull has no neighbour; -1/2 then stands
/// for its middle. The edge is across from corner k, and the place is measured from corner k + 1
/// towards k + 2.
double ScatteredInterpolator::crossing(const Delaunay::Triangle& triangle, std::size_t k) const {
  const Delaunay::Triangle& other = mesh_.triangles()[triangle.neighbour[k]];
  if (other.ghost()) return -0.5;
  GridPoint centre;  // times 3, which keeps it an integer
  for (const std::uint32_t corner : other.corner) {
    centre.x += mesh_.points()[corner].x;
    centre.y += mesh_.points()[corner].y;
  }
  const auto corner = [&](std::size_t i) { return mesh_.points()[triangle.corner[i]]; };
  const BarycentricWeights w = barycentric({corner(0), corner(1), corner(2)}, centre, 3);
  const double next = w[(k + 1) % 3], last = w[(k + 2) % 3];
  return (2 * last + next - 1) / (2 - 3 * last - 3 * next);
}

/// The Clough-Tocher element: the triangle is split at its centre into three cubic pieces. Their
/// Bezier coefficients (corners, edges, spokes, ...) follow from the values and gradients at the
/// corners and from smoothness between the pieces and across the edges.
double ScatteredInterpolator::cubic(const Delaunay::Triangle& triangle,
                                    const BarycentricWeights& weights, std::size_t c) const {
  // corner[k] is the coefficient at corner k. edge[k][j] lies a third of the way from corner k to
  // corner j, and inner[k] from corner k towards the centre.
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
  // The point lies in the piece across from the corner of least weight. Three times that weight is
  // the weight of the centre.
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
