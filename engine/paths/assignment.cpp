#include "assignment.hpp"

#include <limits>
#include <stdexcept>

namespace chorus {

namespace {

/// Rows and columns are numbered from 1; 0 means none.
class Hungarian {
 public:
  explicit Hungarian(const std::vector<std::vector<double>>& costs)
      : costs_(costs),
        n_(costs.size()),
        row_potential_(n_ + 1),
        column_potential_(n_ + 1),
        row_of_(n_ + 1),
        before_(n_ + 1) {}

  std::vector<std::size_t> solve() {
    for (std::size_t row = 1; row <= n_; ++row) switch_along(cheapest_path(row));
    std::vector<std::size_t> column_of(n_);
    for (std::size_t column = 1; column <= n_; ++column)
      column_of[row_of_[column] - 1] = column - 1;
    return column_of;
  }

 private:
  double reduced(std::size_t row, std::size_t column) const {
    return costs_[row - 1][column - 1] - row_potential_[row] - column_potential_[column];
  }

  /// Returns the free column at the end of the cheapest alternating path from a new row. Leaves the
  /// path in before_ and changes the potentials so that the reduced costs along it are 0.
  std::size_t cheapest_path(std::size_t row) {
    std::vector<double> least(n_ + 1, std::numeric_limits<double>::max());
    std::vector<bool> done(n_ + 1);
    row_of_[0] = row;
    std::size_t column = 0;
    while (row_of_[column] != 0) {
      done[column] = true;
      double step = std::numeric_limits<double>::max();
      std::size_t next = 0;
      for (std::size_t other = 1; other <= n_; ++other) {
        if (done[other]) continue;
        const double cost = reduced(row_of_[column], other);
        if (cost < least[other]) {
          least[other] = cost;
          before_[other] = column;
        }
        if (least[other] < step) {
          step = least[other];
          next = other;
        }
      }
      for (std::size_t other = 0; other <= n_; ++other)
        if (done[other]) {
          row_potential_[row_of_[other]] += step;
          column_potential_[other] -= step;
        } else {
          least[other] -= step;
        }
      column = next;
    }
    return column;
  }

  void switch_along(std::size_t column) {
    for (; column != 0; column = before_[column]) row_of_[column] = row_of_[before_[column]];
  }

  const std::vector<std::vector<double>>& costs_;
  std::size_t n_;
  std::vector<double> row_potential_, column_potential_;
  std::vector<std::size_t> row_of_, before_;
};

}  // namespace

std::vector<std::size_t> least_cost_assignment(const std::vector<std::vector<double>>& costs) {
  for (const std::vector<double>& row : costs)
    if (row.size() != costs.size())
      throw std::invalid_argument("least_cost_assignment: the matrix is not square");
  return Hungarian(costs).solve();
}

std::vector<std::optional<std::size_t>> partial_assignment(
    const std::vector<std::vector<double>>& costs, const std::vector<double>& row_alone,
    const std::vector<double>& column_alone) {
  const std::size_t rows = row_alone.size(), columns = column_alone.size(), n = rows + columns;
  if (costs.size() != rows)
    throw std::invalid_argument("partial_assignment: expected one row of costs for each row");
  // A row that takes one of the extra columns stays alone, and so does a column that takes an extra
  // row.
  std::vector<std::vector<double>> square(n, std::vector<double>(n));
  for (std::size_t r = 0; r < rows; ++r) {
    if (costs[r].size() != columns)
      throw std::invalid_argument("partial_assignment: expected one cost for each column");
    for (std::size_t c = 0; c < n; ++c) square[r][c] = c < columns ? costs[r][c] : row_alone[r];
  }
  for (std::size_t r = rows; r < n; ++r)
    for (std::size_t c = 0; c < columns; ++c) square[r][c] = column_alone[c];
  const std::vector<std::size_t> columns_of = least_cost_assignment(square);
  std::vector<std::optional<std::size_t>> matches(rows);
  for (std::size_t r = 0; r < rows; ++r)
    if (columns_of[r] < columns) matches[r] = columns_of[r];
  return matches;
}

}  // namespace chorus
