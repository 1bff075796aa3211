#pragma once

#include <vector>

#include "path_metrics.hpp"

namespace chorus {

/// The place of each value in ascending order, from 0; equal values share the mean of their places.
std::vector<double> ranks(const std::vector<double>& values);

/// Spearman's rank correlation: Pearson's correlation of the ranks, in [-1, 1]; 0 where one of the
/// lists does not vary. Throws std::invalid_argument if they are of different lengths.
double rank_correlation(const std::vector<double>& a, const std::vector<double>& b);

/// One figure for how bad each of some paths is, in [0, 1]: the mean of its ranks, over the number
/// of the others, by length, by flat pixels lost (more than the ends have count as none lost), by
/// |log entropy| and by ghost. Ranks, because the four have no common unit; all four, because noise
/// passes one, grey another and a cross-fade the first and nothing else.
std::vector<double> path_badness(const std::vector<PathScores>& paths);

}  // namespace chorus
