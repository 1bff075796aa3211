#pragma once

#include <cstddef>
#include <optional>
#include <vector>

namespace chorus {

/// Assigns rows to columns of a square matrix of finite costs with the least sum, and returns the
/// column of each row. This is the Hungarian method with potentials (Kuhn 1955, Jonker and
/// Volgenant 1987), in cubic time. Throws std::invalid_argument if the matrix is not square.
std::vector<std::size_t> least_cost_assignment(const std::vector<std::vector<double>>& costs);

/// The same for a matrix of any shape. A row or a column may also stay alone, at a cost of its own.
/// Returns the column of each row, or nothing for a row that stays alone. Throws
/// std::invalid_argument if the sizes do not agree.
std::vector<std::optional<std::size_t>> partial_assignment(
    const std::vector<std::vector<double>>& costs, const std::vector<double>& row_alone,
    const std::vector<double>& column_alone);

}  // namespace chorus
