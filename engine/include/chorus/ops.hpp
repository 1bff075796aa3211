#pragma once

#include <span>

#include "chorus/autodiff.hpp"
#include "chorus/version.hpp"

// Differentiable operations. All values are matrices; shapes are checked (std::invalid_argument).
// Each may be differentiated any number of times. How to add one: CONTRIBUTING.md.

namespace CHORUS_API chorus {

enum class Transpose : bool { no, yes };

/// op(a) op(b).
Var matmul(const Var& a, const Var& b, Transpose a_op = Transpose::no,
           Transpose b_op = Transpose::no);

Var add(const Var& a, const Var& b);       ///< same shapes
Var subtract(const Var& a, const Var& b);  ///< same shapes
Var multiply(const Var& a, const Var& b);  ///< element by element, same shapes
Var scale(const Var& a, float factor);
Var scale_by(const Var& a, const Var& factor);  ///< factor is 1 x 1
Var sin(const Var& a);                          ///< radians
Var cos(const Var& a);                          ///< radians

/// [g x n] -> [rows x n]: row r is row r / (rows / g) of `a`; rows must be a multiple of g.
Var broadcast_rows(const Var& a, std::size_t rows);
/// [r x n] -> [groups x n]: sums of r / groups consecutive rows each.
Var sum_rows(const Var& a, std::size_t groups);
/// Row r of `a` times weights(r, 0). The weights must be constant.
Var scale_rows(const Var& a, const Var& weights);
/// Row r is the sum over k of weights(r, k) times row rows[r * weights.cols() + k] of `a`. The
/// weights must be constant, and the list must stay as it is as long as the tape is used.
Var weighted_rows(const Var& a, const IndexView& rows, const Var& weights);
/// The sum of all elements, 1 x 1.
Var sum(const Var& a);

/// x w^T + b, w as [outputs x inputs]; b has one row, or one row for each group of rows of x.
Var linear(const Var& x, const Var& w, const Var& b);
/// sin(linear(x, w, b)), fused: the layer of a SIREN.
Var sine_linear(const Var& x, const Var& w, const Var& b);

/// A sine layer of a network.
struct SineLayer {
  Var weight, shift;  ///< as w and b of sine_linear
};
/// sine_linear of the layers, one after the other, x into the first. A device may compute all of
/// them in one kernel (Backend::fuses).
Var sine_network(const Var& x, std::span<const SineLayer> layers);

inline Var operator+(const Var& a, const Var& b) { return add(a, b); }
inline Var operator-(const Var& a, const Var& b) { return subtract(a, b); }
inline Var operator*(const Var& a, const Var& b) { return multiply(a, b); }  ///< by element
inline Var operator*(float factor, const Var& a) { return scale(a, factor); }
inline Var operator-(const Var& a) { return scale(a, -1); }

/// softmax of each row.
Var softmax(const Var& logits);

/// Sum over rows r of weights(r) * sum over columns of (prediction - target)^2, 1 x 1.
Var weighted_squared_error(const Var& prediction, const Var& target, const Var& weights);

}  // namespace chorus
