#pragma once

#include <vector>

#include "path_metrics.hpp"

namespace chorus {

/// The place of each value in ascending order, from 0; equal values get the mean of their places.
std::vector<double> ranks(const std::vector<double>& values);

/// Spearman's rank correlation, which is Pearson's correlation of the ranks, in [-1, 1]; 0 if all
/// values of a list are equal. Throws std::invalid_argument if the lists differ in length.
double rank_correlation(const std::vector<double>& a, const std::vector<double>& b);

/// How bad each of some paths is compared with the others, in [0, 1]. This is the mean of four
/// ranks, divided by the number of other paths: by length, by the loss of flat pixels (a gain
/// counts as no loss), by |log entropy| and by ghost index. Ranks are used because the four have no
/// common unit, and all four are needed because each can be fooled: noise scores well by one, grey
/// by another, and a cross-fade by its length.
std::vector<double> path_badness(const std::vector<PathScores>& paths);

}  // namespace chorus
