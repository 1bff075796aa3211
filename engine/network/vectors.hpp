#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <numeric>
#include <vector>

#include "chorus/tensor.hpp"

namespace chorus {

inline double inner_product(const std::vector<double>& a, const std::vector<double>& b) {
  return std::inner_product(a.begin(), a.end(), b.begin(), 0.0);
}

inline double length(const std::vector<double>& v) { return std::sqrt(inner_product(v, v)); }

/// The rows of a matrix.
inline std::vector<std::vector<double>> host_rows(const Tensor& matrix) {
  const std::vector<float> values = to_host(matrix);
  std::vector<std::vector<double>> rows(matrix.rows());
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const auto first = values.begin() + static_cast<std::ptrdiff_t>(i * matrix.cols());
    rows[i].assign(first, first + static_cast<std::ptrdiff_t>(matrix.cols()));
  }
  return rows;
}

}  // namespace chorus
