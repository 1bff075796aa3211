#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <stdexcept>
#include <vector>

#include "random.hpp"

// The arithmetic of the tests: matrices of doubles and the plainest loops, independent of the
// engine, to say what its results should have been.

namespace chorus::test {

struct Shape {
  std::size_t rows, cols;
};

struct Matrix {
  std::size_t rows = 0;
  std::size_t cols = 0;
  std::vector<double> values;

  Matrix() = default;
  Matrix(std::size_t row_count, std::size_t col_count, double value = 0)
      : rows(row_count), cols(col_count), values(row_count * col_count, value) {}

  double& operator()(std::size_t r, std::size_t c) { return values[r * cols + c]; }
  double operator()(std::size_t r, std::size_t c) const { return values[r * cols + c]; }
  std::size_t size() const { return values.size(); }
};

/// Uniform in [-bound, bound]; the elements are floats.
inline Matrix random_matrix(std::size_t rows, std::size_t cols, std::uint64_t seed,
                            float bound = 1) {
  RandomStream random(seed, Stream::test_matrices);
  Matrix m(rows, cols);
  for (double& value : m.values) value = random.uniform(-bound, bound);
  return m;
}

inline std::vector<float> floats(const Matrix& m) { return {m.values.begin(), m.values.end()}; }

inline Matrix matrix(const std::vector<float>& values, std::size_t rows, std::size_t cols) {
  if (values.size() != rows * cols) throw std::invalid_argument("matrix: wrong number of values");
  Matrix m(rows, cols);
  std::copy(values.begin(), values.end(), m.values.begin());
  return m;
}

inline Matrix transposed(const Matrix& m) {
  Matrix t(m.cols, m.rows);
  for (std::size_t r = 0; r < m.rows; ++r)
    for (std::size_t c = 0; c < m.cols; ++c) t(c, r) = m(r, c);
  return t;
}

inline Matrix product(const Matrix& a, const Matrix& b) {
  Matrix p(a.rows, b.cols);
  for (std::size_t r = 0; r < a.rows; ++r)
    for (std::size_t k = 0; k < a.cols; ++k)
      for (std::size_t c = 0; c < b.cols; ++c) p(r, c) += a(r, k) * b(k, c);
  return p;
}

/// f(a(r, c)) everywhere.
template <class F>
Matrix mapped(Matrix a, F f) {
  for (double& value : a.values) value = f(value);
  return a;
}

/// f(a(r, c), b(r, c)) everywhere.
template <class F>
Matrix zipped(Matrix a, const Matrix& b, F f) {
  for (std::size_t i = 0; i < a.size(); ++i) a.values[i] = f(a.values[i], b.values.at(i));
  return a;
}

inline Matrix sum(const Matrix& a, const Matrix& b) {
  return zipped(a, b, [](double x, double y) { return x + y; });
}

/// Each row rows / a.rows times in a row.
inline Matrix repeated(const Matrix& a, std::size_t rows) {
  Matrix result(rows, a.cols);
  for (std::size_t r = 0; r < rows; ++r)
    for (std::size_t c = 0; c < a.cols; ++c) result(r, c) = a(r / (rows / a.rows), c);
  return result;
}

/// Sums of a.rows / groups consecutive rows each.
inline Matrix group_sums(const Matrix& a, std::size_t groups) {
  Matrix sums(groups, a.cols);
  for (std::size_t r = 0; r < a.rows; ++r)
    for (std::size_t c = 0; c < a.cols; ++c) sums(r / (a.rows / groups), c) += a(r, c);
  return sums;
}

inline double dot(const Matrix& a, const Matrix& b) {
  double total = 0;
  for (std::size_t i = 0; i < a.size(); ++i) total += a.values[i] * b.values.at(i);
  return total;
}

inline bool close(double found, double expected, double allowed) {
  return std::abs(found - expected) <= allowed;  // false for NaN
}

inline double largest_magnitude(const Matrix& m) {
  double largest = 0;
  for (const double value : m.values) largest = std::max(largest, std::abs(value));
  return largest;
}

inline double largest_difference(const Matrix& a, const Matrix& b) {
  return largest_magnitude(zipped(a, b, [](double x, double y) { return x - y; }));
}

}  // namespace chorus::test
