#pragma once

#include <string>

#include "chorus/autodiff.hpp"

// What the files of ops share.

namespace chorus {

std::string shape_of(const Var& value);  ///< "3 x 4"

/// Throws std::invalid_argument, which names the op and both shapes, unless they fit.
void require(bool fits, const char* op, const Var& a, const Var& b);
void require_same_shape(const char* op, const Var& a, const Var& b);
void require_constant(const char* op, const Var& value);

/// factor * by(0, 0) * a.
Tensor scaled(const Tensor& a, float factor, const Var& by);

/// Adds the sums of the groups of rows of `a` to the derivative of `bias`.
void add_row_sums(Gradient& g, const Var& bias, const Var& a);

}  // namespace chorus
