#pragma once

#include <cstddef>
#include <functional>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

#include "evaluation/evaluation.hpp"
#include "path_metrics.hpp"

namespace chorus::app {

/// The path between two images, beside a cross-fade and a hard cut between its own ends.
struct PairScores {
  ImagePair pair;
  PathScores path, cross_fade, hard_cut;
  std::optional<double> psnr_ends_db;  ///< of both ends together, if the true images are known
};

/// A pair of which the training did not see the true middle.
struct KnownTruthScore {
  std::string middle, kind;
  double mse = 0;             ///< of the path's middle
  double mse_cross_fade = 0;  ///< of the mean of the decoded ends
  double mse_lerp = 0;        ///< of the decoded mean of the latents
};

struct PathEvaluation {
  PathKind path = PathKind::linear;
  DistanceMeasure measure = default_distance_measure;
  std::uint64_t seed = 0;
  std::vector<PairScores> best, random;
  std::vector<KnownTruthScore> known_truth;
};

/// The mean over pairs of each figure.
PathScores mean_scores(const std::vector<PairScores>& pairs, PathScores PairScores::*which);

/// Is shown each path that is judged, with its place among the pairs; by several threads at once.
using PathVisitor = std::function<void(std::size_t, const ImagePair&, Path&)>;

/// Scores of the paths of one kind between pairs, in even steps at the training size.
std::vector<PairScores> score_pairs(Session& session, const Model& model,
                                    const TrainingImages& truth,
                                    const std::vector<ImagePair>& pairs, PathKind kind,
                                    const PathVisitor& visit = {});

/// The 8 most similar disjoint pairs, 20 random ones, and the pairs whose middle the data has.
/// Throws Error if the model has less than two images.
PathEvaluation evaluate_paths(Session& session, const Model& model, const TrainingImages& truth,
                              const EvaluateOptions& options, const PathVisitor& visit_best = {},
                              const PathVisitor& visit_random = {});

/// As `evaluate --json` has it under "paths".
nlohmann::ordered_json to_json(const Model& model, const PathEvaluation& evaluation);
nlohmann::ordered_json to_json(const PathScores& scores);
void print_paths(const Model& model, const PathEvaluation& evaluation);

}  // namespace chorus::app
