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

/// The matrix P [targets.cols x inputs.cols], row-major, that minimizes the sum of the squared
/// differences between inputs P^T and targets and of the squared elements of P.
std::vector<float> ridge_regression(const Table& inputs, const Table& targets);

}  // namespace chorus
