#pragma once

#include "chorus/autodiff.hpp"
#include "op_parameters.hpp"

// Differentiable operations for images of few colours, and for pixels that are means of samples.
// Shapes are checked as in chorus/ops.hpp.

namespace CHORUS_API chorus {

/// Colours from palettes of K entries in C channels: a row's colour is the mean of the entries of
/// its palette, weighted by the softmax of its K logits. palettes [groups x C K] hold the channels
/// one after another: channel c of entry k in column c K + k. [rows x K] -> [rows x C]; rows must
/// be a multiple of groups.
Var palette_colors(const Var& logits, const Var& palettes);

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

}  // namespace chorus
