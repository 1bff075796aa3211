#pragma once

#include <cstddef>
#include <string>

#include "chorus/autodiff.hpp"

// Helpers of the files that define ops.

namespace chorus {

std::string shape_of(const Var& value);  ///< "3 x 4"

/// Throws std::invalid_argument, which names the op and both shapes, unless they fit.
void require(bool fits, const char* op, const Var& a, const Var& b);
void require_same_shape(const char* op, const Var& a, const Var& b);
void require_constant(const char* op, const Var& value);

/// Runs an op of one or two inputs and one output, and returns the output.
Tensor compute(Op op, std::size_t rows, std::size_t cols, const Var& a, const Var* b = nullptr);

/// factor * by(0, 0) * a.
Tensor scaled(const Tensor& a, float factor, const Var& by);

/// Adds the sums of the groups of rows of `a` to the derivative of `bias`.
void add_row_sums(Gradient& g, const Var& bias, const Var& a);

/// Makes the derivative of an op's result the first input of a call; or, if it is a product of two
/// matrices that is not computed yet, these the first two.
void set_upstream(Call& call, Gradient& g);

}  // namespace chorus
