#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace chorus {

/// A pair of different vertices that may be matched, and the weight of that match.
struct WeightedEdge {
  std::size_t a = 0;
  std::size_t b = 0;
  std::int64_t weight = 0;  ///< above 0 and below 2^61
};

/// Returns the partner of each vertex in a matching of maximum weight, or the number of vertices if
/// it has none. Exact, by Edmonds' blossoms with the primal-dual method ("Maximum matching and a
/// polyhedron with 0,1-vertices", 1965) and a dense table of least reduced weights (Galil,
/// "Efficient algorithms for finding maximum matching in graphs", 1986): time n^3, memory n^2. The
/// last of several parallel edges counts.
std::vector<std::size_t> maximum_weight_matching(std::size_t vertices,
                                                 const std::vector<WeightedEdge>& edges);

}  // namespace chorus
