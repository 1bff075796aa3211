#pragma once

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <initializer_list>
#include <memory>
#include <utility>

#include "backends_under_test.hpp"
#include "chorus/tensor.hpp"
#include "matrix.hpp"

// Matrices of doubles on their way to a backend and back, and single primitives run on them.

namespace chorus::test {

inline Matrix read(const Tensor& t) { return matrix(to_host(t), t.rows(), t.cols()); }

/// `tolerance` is relative to the largest element expected, or absolute if all are below 1.
inline void check_close(const Matrix& found, const Matrix& expected, double tolerance) {
  BOOST_TEST_REQUIRE(found.rows == expected.rows);
  BOOST_TEST_REQUIRE(found.cols == expected.cols);
  const double allowed = tolerance * std::max(1.0, largest_magnitude(expected));
  for (std::size_t r = 0; r < expected.rows; ++r)
    for (std::size_t c = 0; c < expected.cols; ++c)
      if (!close(found(r, c), expected(r, c), allowed))
        BOOST_ERROR("row " << r << ", column " << c << ": " << found(r, c) << ", expected "
                           << expected(r, c) << " within " << allowed);
}

/// A backend whose fresh memory is full of NaN, and matrices in it.
class MatrixBench {
 public:
  explicit MatrixBench(std::shared_ptr<Backend> backend)
      : backend_(std::make_shared<PoisonedBackend>(std::move(backend))), memory_(backend_) {}

  Tensor place(const Matrix& m, DType dtype = DType::fp32) {
    const Tensor tensor = memory_.empty(m.rows, m.cols, dtype);
    from_host(floats(m), tensor);
    return tensor;
  }
  /// With a packed copy, if the backend wants one.
  Tensor weight(const Matrix& m) {
    const Tensor tensor = memory_.weight(m.rows, m.cols);
    from_host(floats(m), tensor);
    pack(tensor);
    return tensor;
  }

  void run(Call call, std::initializer_list<const Tensor*> in,
           std::initializer_list<const Tensor*> out) {
    std::transform(in.begin(), in.end(), call.in, [](auto* t) { return t->const_view(); });
    std::transform(out.begin(), out.end(), call.out, [](auto* t) { return t->view(); });
    backend_->run(call);
  }
  Matrix read(const Tensor& t) { return test::read(t); }

  Memory& memory() { return memory_; }
  const std::shared_ptr<PoisonedBackend>& backend() const { return backend_; }

 private:
  std::shared_ptr<PoisonedBackend> backend_;
  Memory memory_;
};

/// On the backend that CHORUS_TEST_BACKEND names, or on the emulated GPU.
class DeviceBench : public MatrixBench {
 public:
  explicit DeviceBench(Precision precision)
      : MatrixBench(make_backend(device_under_test(), {.precision = precision})) {}
};

}  // namespace chorus::test
