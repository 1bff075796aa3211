#pragma once

#include <cstddef>
#include <filesystem>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "compare/comparison.hpp"

// What people chose, and which measures of paths chose alike.

namespace chorus::app {

/// How often each side of a pair was found better.
struct Votes {
  std::string pair;
  std::size_t a = 0, b = 0, equal = 0;
};

/// How well a measure of paths predicts the choices.
struct Agreement {
  std::string measure;
  /// Spearman's correlation over the pairs, of the share of votes for A beyond those for B with the
  /// lead of A by the measure: 1 if both have the same order.
  double rank_correlation = 0;
  /// Of the pairs on which both decide, those on which they decide alike.
  std::size_t alike = 0, decided = 0;
};

struct ChoiceSummary {
  std::size_t people = 0;    ///< files of choices
  std::vector<Votes> votes;  ///< by pair, in the order of the comparison
  std::vector<Agreement> measures;
};

/// Reads files that the page saved, and judges the frames (frame_*.png) of all animations by the
/// measures of docs/measures.md. Throws Error if a file is none of this comparison, or if frames
/// cannot be judged.
ChoiceSummary summarize_choices(const PathComparison& comparison,
                                const std::vector<std::filesystem::path>& files);

nlohmann::ordered_json to_json(const PathComparison& comparison, const ChoiceSummary& summary);
void print_choices(const PathComparison& comparison, const ChoiceSummary& summary);

}  // namespace chorus::app
