#pragma once

#include "chorus/autodiff.hpp"

// Differentiable operations. All values are matrices; shapes are checked (std::invalid_argument).
// Each may be differentiated any number of times. How to add one: CONTRIBUTING.md.

namespace chorus {

enum class Transpose : bool { no, yes };

/// op(a) op(b).
Var matmul(const Var& a, const Var& b, Transpose a_op = Transpose::no,
           Transpose b_op = Transpose::no);

Var add(const Var& a, const Var& b);       ///< same shapes
Var subtract(const Var& a, const Var& b);  ///< same shapes
Var multiply(const Var& a, const Var& b);  ///< element by element, same shapes
Var scale(const Var& a, float factor);
Var sin(const Var& a);  ///< radians
Var cos(const Var& a);  ///< radians

/// [g x n] -> [rows x n]: row r is row r / (rows / g) of `a`; rows must be a multiple of g.
Var broadcast_rows(const Var& a, std::size_t rows);
/// [r x n] -> [groups x n]: sums of r / groups consecutive rows each.
Var sum_rows(const Var& a, std::size_t groups);
/// Row r of `a` times weights(r, 0). The weights must be constant.
Var scale_rows(const Var& a, const Var& weights);
/// The sum of all elements, 1 x 1.
Var sum(const Var& a);

/// x w^T + b, w as [outputs x inputs]; b has one row, or one row for each group of rows of x.
Var linear(const Var& x, const Var& w, const Var& b);
/// sin(linear(x, w, b)), fused: the layer of a SIREN.
Var sine_linear(const Var& x, const Var& w, const Var& b);

/// Colours from palettes of K entries in C channels: a row's colour is the mean of the entries of
/// its palette, weighted by the softmax of its K logits. palettes [groups x C K] hold the channels
/// one after another: channel c of entry k in column c K + k. [rows x K] -> [rows x C]; rows must
/// be a multiple of groups.
Var palette_colors(const Var& logits, const Var& palettes);
/// softmax of each row.
Var softmax(const Var& logits);

/// How well each of a palette's K entries explains a colour: max(lowest, -per_square times their
/// squared distance), the logarithm of a likelihood that is normal with variance 1 / (2 per_square)
/// up to where it is as good as none. palettes [groups x C K] as in palette_colors, or [groups x 3
/// C K] of colour fields p + x gx + y gy (all of p, then gx, then gy), which need the places (x, y)
/// of the rows [rows x 2]; colors [rows x C]. [rows x K]. All inputs must be constant.
Var palette_scores(const Var& palettes, std::size_t entries, const Var& colors, const Var& places,
                   const PaletteScores& scores);
/// The negative logarithm of a mixture's likelihood (Bishop, Pattern Recognition and Machine
/// Learning, 2006, section 9.2): of row r, -log sum_k softmax(logits)(r, k) exp(scores(r, k)).
/// Unlike the error of a mean colour, its gradient does not vanish where the right component has
/// next to no weight yet. The scores must be constant. [rows x K] each -> [rows x 1].
Var mixture_loss(const Var& logits, const Var& scores);

/// The mean of each pixel's samples. Rows come in equal groups; a group has `singles` pixels of one
/// sample, then pixels of `samples` consecutive samples each.
Var mean_samples(const Var& a, std::size_t groups, std::size_t singles, std::size_t samples);

/// Sum over rows r of weights(r) * sum over columns of (prediction - target)^2, 1 x 1.
Var weighted_squared_error(const Var& prediction, const Var& target, const Var& weights);

}  // namespace chorus
