#pragma once

#include <cstddef>
#include <optional>
#include <vector>

namespace chorus {

/// The assignment of rows to columns of a square matrix of costs with the least sum: the column of
/// each row. The Hungarian method with potentials (Kuhn 1955, Jonker and Volgenant 1987), cubic
/// time. Costs are finite. Throws std::invalid_argument if the matrix is not square.
std::vector<std::size_t> least_cost_assignment(const std::vector<std::vector<double>>& costs);

/// The same for any matrix where rows and columns may stay alone, each at a cost of its own: the
/// column of each row, or nothing. Throws std::invalid_argument if the sizes do not agree.
std::vector<std::optional<std::size_t>> partial_assignment(
    const std::vector<std::vector<double>>& costs, const std::vector<double>& row_alone,
    const std::vector<double>& column_alone);

}  // namespace chorus
