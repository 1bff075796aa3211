#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <utility>
#include <vector>

#include "op_cases.hpp"

// Shared by the files that write the list of op cases.

namespace chorus::test {

using Vars = std::span<const Var>;
using Matrices = std::span<const Matrix>;

/// Room for the rounding of single precision: a few operations, a sum of `terms` whose errors add
/// up like a random walk (with a factor of about 10 to spare), and the argument of a sine, which is
/// rounded before the sine is taken.
inline double tolerance(std::size_t terms, double argument = 0) {
  constexpr double half_ulp = std::numeric_limits<float>::epsilon() / 2;
  return half_ulp * (16 + 4 * std::sqrt(static_cast<double>(terms)) + 4 * argument);
}

/// Room for the rounding of both operands of a product to bf16, if it is large enough for that.
inline double bf16_tolerance(std::size_t depth, std::size_t cols) {
  constexpr double half_ulp = 0x1p-9;
  return std::min(depth, cols) >= 32 ? 8 * half_ulp : 0;
}

class Cases {
 public:
  /// A random input that no other has.
  OpInput random(std::size_t rows, std::size_t cols, float bound = 1) {
    return {random_matrix(rows, cols, ++seed_, bound)};
  }
  void add(OpCase op_case) { list_.push_back(std::move(op_case)); }
  std::vector<OpCase> take() { return std::move(list_); }

 private:
  std::vector<OpCase> list_;
  std::uint64_t seed_ = 0;
};

inline OpInput constant(OpInput input) {
  input.differentiable = false;
  return input;
}

inline OpInput packed(OpInput input, bool is_packed = true) {
  input.packed = is_packed;
  return input;
}

/// Palettes, mixtures, means of samples.
void add_palette_cases(Cases& cases);

}  // namespace chorus::test
