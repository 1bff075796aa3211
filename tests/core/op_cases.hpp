#pragma once

#include <functional>
#include <span>
#include <string>
#include <vector>

#include "chorus/ops.hpp"
#include "matrix.hpp"

// The only list of op cases. The tests of values, of first and second derivatives and of
// repeatability all read it: a new op is tested everywhere once it has its cases in op_cases.cpp.

namespace chorus::test {

struct OpInput {
  Matrix value;  ///< the elements are floats
  bool differentiable = true;
  bool packed = false;  ///< comes with an Op::pack copy, where the backend has such
};

struct OpCase {
  std::string name;
  std::vector<OpInput> inputs;
  std::function<Var(std::span<const Var>)> build;           ///< by the engine
  std::function<Matrix(std::span<const Matrix>)> evaluate;  ///< in double, by definition
  /// The largest error allowed in values and first derivatives, as a fraction of the largest
  /// magnitude in the matrix (or of 1, if that is more).
  double tolerance = 0;
  double bf16_tolerance = 0;  ///< used instead, if larger, where products multiply bf16
};

const std::vector<OpCase>& op_cases();

}  // namespace chorus::test
