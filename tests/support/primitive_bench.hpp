#pragma once

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <cmath>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "backends_under_test.hpp"
#include "chorus/tensor.hpp"
#include "matrix.hpp"

// The set-up for tests of single primitives.

namespace chorus::test {

struct Shape {
  std::size_t rows, cols;
};
inline const std::vector<Shape> shapes = {{1, 1}, {7, 3}, {24, 15}, {13, 16}, {5, 33}, {9, 272}};

inline constexpr double half_ulp = 0x1p-24;
inline constexpr double rounding = 16 * half_ulp;  ///< of a few operations on values of about 1

/// A backend under test with matrices in memory that was full of NaN before, `gap` columns wider
/// than they need to be.
class Bench {
 public:
  Bench(const std::string& name, std::size_t gap)
      : backend_(std::make_shared<PoisonedBackend>(make_backend(name))),
        memory_(backend_),
        gap_(gap) {}

  Tensor place(const Matrix& m) {
    const auto wide = std::make_shared<Tensor>(memory_.empty(m.rows, m.cols + gap_));
    View view = wide->view();
    view.cols = m.cols;
    const Tensor narrow(std::shared_ptr<float>(wide, view.data), view, *backend_);
    from_host(floats(m), narrow);
    return narrow;
  }
  Tensor place(std::size_t rows, std::size_t cols) {
    return place(Matrix(rows, cols, std::nan("")));
  }
  Tensor pack(const Tensor& weight) {
    const std::size_t count = backend_->packed_floats(weight.rows(), weight.cols());
    if (count == 0) return {};
    Tensor packed = memory_.empty(1, count);
    run({.op = Op::pack}, {&weight}, {&packed});
    return packed;
  }
  IndexList list(const std::vector<std::uint32_t>& values) { return {backend_, values}; }
  Memory& memory() { return memory_; }

  void run(Call call, std::initializer_list<const Tensor*> in,
           std::initializer_list<const Tensor*> out) {
    std::transform(in.begin(), in.end(), call.in, [](auto* t) { return t->const_view(); });
    std::transform(out.begin(), out.end(), call.out, [](auto* t) { return t->view(); });
    backend_->run(call);
  }
  Matrix read(const Tensor& t) { return matrix(to_host(t), t.rows(), t.cols()); }

 private:
  std::shared_ptr<PoisonedBackend> backend_;
  Memory memory_;
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

inline void check_close(const Matrix& found, const Matrix& expected, double tolerance) {
  const double allowed = tolerance * std::max(1.0, largest_magnitude(expected));
  for (std::size_t r = 0; r < expected.rows; ++r)
    for (std::size_t c = 0; c < expected.cols; ++c)
      if (!(std::abs(found(r, c) - expected(r, c)) <= allowed))
        BOOST_ERROR("row " << r << ", column " << c << ": " << found(r, c) << ", expected "
                           << expected(r, c) << " within " << allowed);
}

}  // namespace chorus::test
