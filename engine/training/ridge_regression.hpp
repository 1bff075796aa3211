#pragma once

#include <cstddef>
#include <vector>

namespace chorus {

/// A rows x cols matrix of doubles, row-major.
struct Table {
  std::size_t rows, cols;
  std::vector<double> values;
  double& operator()(std::size_t r, std::size_t c) { return values[r * cols + c]; }
  double operator()(std::size_t r, std::size_t c) const { return values[r * cols + c]; }
};

/// The matrix P [targets.cols x inputs.cols] for which inputs P^T is nearest to targets: the least
/// sum of squared differences and squared elements of P. Row-major.
std::vector<float> ridge_regression(const Table& inputs, const Table& targets);

}  // namespace chorus
