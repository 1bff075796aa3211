#pragma once

#include <boost/test/unit_test.hpp>
#include <cmath>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "matrix_bench.hpp"

// The set-up for tests of single primitives.

namespace chorus::test {

inline const std::vector<Shape> shapes = {{1, 1}, {7, 3}, {24, 15}, {13, 16}, {5, 33}, {9, 272}};

inline constexpr double half_ulp = 0x1p-24;
inline constexpr double rounding = 16 * half_ulp;  ///< of a few operations on values of about 1

/// A backend under test, with matrices `gap` columns wider than they need to be.
class Bench : public MatrixBench {
 public:
  Bench(const std::string& name, std::size_t gap) : MatrixBench(make_backend(name)), gap_(gap) {}

  Tensor place(const Matrix& m) {
    const auto wide = std::make_shared<Tensor>(memory().empty(m.rows, m.cols + gap_));
    View view = wide->view();
    view.cols = m.cols;
    const Tensor narrow(std::shared_ptr<float>(wide, view.data), view, *backend());
    from_host(floats(m), narrow);
    return narrow;
  }
  Tensor place(std::size_t rows, std::size_t cols) {
    return place(Matrix(rows, cols, std::nan("")));
  }
  /// The packed copy of a matrix with gaps; empty if the backend wants none.
  Tensor pack(const Tensor& weight) {
    const std::size_t count = backend()->packed_floats(weight.rows(), weight.cols());
    if (count == 0) return {};
    const Tensor packed = memory().empty(1, count);
    run({.op = Op::pack}, {&weight}, {&packed});
    return packed;
  }
  IndexList list(const std::vector<std::uint32_t>& values) { return {backend(), values}; }

 private:
  std::size_t gap_;
};

template <class Test>
void on_each_backend(Test test) {
  for (const std::string& name : backends_under_test())
    for (const std::size_t gap : {0, 5}) BOOST_TEST_CONTEXT("backend " << name << ", gap " << gap) {
        Bench bench(name, gap);
        test(bench);
      }
}

/// On each backend, for matrices of several shapes.
template <class Test>
void for_each_shape(Test test) {
  on_each_backend([&](Bench& bench) {
    for (const Shape& shape : shapes)
      BOOST_TEST_CONTEXT(shape.rows << " x " << shape.cols) test(bench, shape);
  });
}

}  // namespace chorus::test
