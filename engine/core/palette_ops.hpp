#pragma once

#include "chorus/autodiff.hpp"
#include "op_parameters.hpp"

// Differentiable ops for images of few colours, and for pixels that are means of samples. Shapes
// are checked as in chorus/ops.hpp.

namespace CHORUS_API chorus {

/// Colours from palettes of K entries in C channels. The colour of a row is the mean of the entries
/// of its palette, weighted by the softmax of its K logits. Palettes [groups x C K] hold one
/// channel after another: channel c of entry k is in column c K + k. [rows x K] -> [rows x C]; rows
/// must be a multiple of groups.
Var palette_colors(const Var& logits, const Var& palettes);

/// How well each of a palette's K entries explains a colour: the larger of `lowest` and -per_square
/// times their squared distance. This is the logarithm of a normal likelihood with variance 1 / (2
/// per_square), bounded below. Palettes are [groups x C K] as in palette_colors, or [groups x 3 C
/// K] for colour fields p + x gx + y gy (all of p, then gx, then gy), which need the places (x, y)
/// of the rows [rows x 2]. Colours are [rows x C], the result is [rows x K]. All inputs must be
/// constant.
Var palette_scores(const Var& palettes, std::size_t entries, const Var& colors, const Var& places,
                   const PaletteScores& scores);
/// The negative logarithm of the likelihood of a mixture (Bishop, Pattern Recognition and Machine
/// Learning, 2006, section 9.2). For row r it is -log sum_k softmax(logits)(r, k) exp(scores(r,
/// k)). Unlike that of the squared error of a mean colour, its gradient does not vanish while the
/// right component has a small weight. The scores must be constant. [rows x K] each -> [rows x 1].
Var mixture_loss(const Var& logits, const Var& scores);

/// The mean of each pixel's samples. Rows come in equal groups; a group has `singles` pixels of one
/// sample, then pixels of `samples` consecutive samples each.
Var mean_samples(const Var& a, std::size_t groups, std::size_t singles, std::size_t samples);

}  // namespace chorus
