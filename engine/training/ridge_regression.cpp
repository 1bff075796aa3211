#include "ridge_regression.hpp"

#include <cmath>
#include <utility>

namespace chorus {

namespace {

// Sums run in one fixed order, so that a model begins with the same bits on every machine. Eigen's
// large products do not: they add up in blocks that suit the processor's caches.

Table zeros(std::size_t rows, std::size_t cols) {
  return {rows, cols, std::vector<double>(rows * cols)};
}

Table transposed(const Table& m) {
  Table result = zeros(m.cols, m.rows);
  for (std::size_t r = 0; r < m.rows; ++r)
    for (std::size_t c = 0; c < m.cols; ++c) result(c, r) = m(r, c);
  return result;
}

/// A B, and `diagonal` added to its diagonal.
Table product(const Table& a, const Table& b, double diagonal = 0) {
  Table result = zeros(a.rows, b.cols);
  for (std::size_t r = 0; r < a.rows; ++r)
    for (std::size_t c = 0; c < b.cols; ++c) {
      double& sum = result(r, c);
      if (r == c) sum = diagonal;
      for (std::size_t k = 0; k < a.cols; ++k) sum += a(r, k) * b(k, c);
    }
  return result;
}

/// The lower factor of a symmetric, positive definite matrix. Elements above the diagonal keep
/// their values.
Table cholesky(Table a) {
  for (std::size_t c = 0; c < a.cols; ++c)
    for (std::size_t r = c; r < a.rows; ++r) {
      for (std::size_t k = 0; k < c; ++k) a(r, c) -= a(r, k) * a(c, k);
      a(r, c) = r == c ? std::sqrt(a(r, c)) : a(r, c) / a(c, c);
    }
  return a;
}

/// A^-1 B, A symmetric and positive definite.
Table solved(Table a, Table b) {
  const Table factor = cholesky(std::move(a));
  for (std::size_t c = 0; c < b.cols; ++c) {
    for (std::size_t r = 0; r < b.rows; ++r) {
      for (std::size_t k = 0; k < r; ++k) b(r, c) -= factor(r, k) * b(k, c);
      b(r, c) /= factor(r, r);
    }
    for (std::size_t r = b.rows; r-- > 0;) {
      for (std::size_t k = r + 1; k < b.rows; ++k) b(r, c) -= factor(k, r) * b(k, c);
      b(r, c) /= factor(r, r);
    }
  }
  return b;
}

}  // namespace

std::vector<float> ridge_regression(const Table& inputs, const Table& targets) {
  constexpr double penalty = 1;
  const Table columns = transposed(inputs);
  // (X^T X + r)^-1 X^T Y = X^T (X X^T + r)^-1 Y: the smaller of the two systems is solved.
  const Table p =
      inputs.rows <= inputs.cols
          ? product(transposed(solved(product(inputs, columns, penalty), targets)), inputs)
          : transposed(solved(product(columns, inputs, penalty), product(columns, targets)));
  return {p.values.begin(), p.values.end()};
}

}  // namespace chorus
