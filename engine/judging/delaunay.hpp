#pragma once

#include <array>
#include <cstdint>
#include <vector>

namespace chorus {

/// A place on the pixel grid. Each coordinate is below 2^14, so that all predicates are exact in 64
/// bits.
struct GridPoint {
  std::int64_t x = 0, y = 0;
  bool operator==(const GridPoint&) const = default;
};

/// Twice the signed area of a triangle: positive if a, b, c turn from +x to +y.
std::int64_t doubled_area(const GridPoint& a, const GridPoint& b, const GridPoint& c);

/// Delaunay triangulation of distinct points (Bowyer 1981, Watson 1981), exact. Every edge of the
/// hull has a ghost triangle outside, whose third corner is at infinity, so that each triangle has
/// three neighbours.
class Delaunay {
 public:
  static constexpr std::uint32_t infinity = 0xFFFFFFFF;
  struct Triangle {
    std::array<std::uint32_t, 3> corner;     ///< indices into points(); positive area
    std::array<std::uint32_t, 3> neighbour;  ///< neighbour[k] is across from corner[k]
    bool ghost() const {
      return corner[0] == infinity || corner[1] == infinity || corner[2] == infinity;
    }
  };

  explicit Delaunay(std::vector<GridPoint> points);

  const std::vector<GridPoint>& points() const { return points_; }
  /// Empty if all points are on one line.
  const std::vector<Triangle>& triangles() const { return triangles_; }

  /// The triangle that holds a point; a ghost if the point lies outside the hull. The search starts
  /// at triangle `from`. There must be triangles.
  std::uint32_t locate(const GridPoint& point, std::uint32_t from) const;

 private:
  bool start();
  bool in_conflict(const Triangle& triangle, const GridPoint& point) const;
  void collect_cavity(const GridPoint& point, std::uint32_t first);
  void insert(std::uint32_t point);

  struct Edge {
    std::uint32_t from, to, outside;
  };

  std::vector<GridPoint> points_;
  std::vector<std::uint32_t> order_;  ///< the order of insertion
  std::vector<Triangle> triangles_;
  std::uint32_t last_ = 0;  ///< a triangle that was made recently
  // State of the current insertion:
  std::vector<std::uint32_t> cavity_;
  std::vector<Edge> rim_;
  std::vector<bool> in_cavity_;
};

}  // namespace chorus
