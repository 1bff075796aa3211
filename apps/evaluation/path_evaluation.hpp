#pragma once

#include <array>
#include <cstddef>
#include <functional>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

#include "chorus/path.hpp"
#include "evaluation/evaluation.hpp"
#include "evaluation/taught_paths.hpp"
#include "measures.hpp"
#include "pairs.hpp"
#include "path_metrics.hpp"

namespace chorus::app {

/// The paths that every path is compared with, between the same ends: see reference_paths.hpp. The
/// morph of the training images, enlarged without any network, shows what the network adds.
inline constexpr std::array references = {"crossfade",       "hard_cut",   "wipe",        "iris",
                                          "shrink_and_grow", "camouflage", "network_free"};

/// A figure that describes a path, and its key in JSON.
struct PathFigure {
  const char* key;
  double PathScores::*value;
};
inline constexpr std::array path_figures = {
    PathFigure{"length", &PathScores::length},
    PathFigure{"step_max_over_mean", &PathScores::step_max_over_mean},
    PathFigure{"flat_share", &PathScores::flat_share},
    PathFigure{"entropy", &PathScores::entropy},
    PathFigure{"ghost", &PathScores::ghost},
    PathFigure{"monotone", &PathScores::monotone},
    PathFigure{"contrast", &PathScores::contrast},
    PathFigure{"permanence", &PathScores::permanence},
    PathFigure{"popped", &PathScores::popped}};

/// Scores of the path between two images, and of other paths between its ends.
struct PairScores {
  ImagePair pair;
  PathScores path;
  std::array<std::optional<PathScores>, references.size()> others;
  std::optional<double> psnr_ends_db;  ///< both ends together, if the true images are known
};

/// The paths that are compared with true frames.
enum class TruthPath { path, line, cross_fade, wipe };
constexpr std::size_t truth_paths = 4;

/// Squared errors against true frames between the two images of a pair, which the training did not
/// see.
struct KnownTruthScore {
  using Errors = std::array<double, truth_paths>;  ///< indexed by TruthPath
  std::string middle, kind;
  Errors mse{};  ///< at t = 1/2
  /// The mean over t = 1/4 and 3/4, if these frames are known.
  std::optional<Errors> mse_of_quarters;
};

/// The kind of paths to evaluate, and the pairs between which they lead.
struct PathSelection {
  PathKind path = PathKind::morph;
  DistanceMeasure measure = default_distance_measure;  ///< for the most similar pairs
  std::uint64_t seed = 1;                              ///< for the random pairs
  std::optional<TaughtPairs> taught;                   ///< instead of those of the model
};

struct PathEvaluation {
  PathSelection selection;
  std::vector<PairScores> best, random;
  std::vector<KnownTruthScore> known_truth;
  TaughtEvaluation taught;
};

/// Called with each evaluated path, the pair and its index, by several threads at once.
using PathVisitor = std::function<void(std::size_t, const ImagePair&, Path&)>;

/// What an evaluation shows while it is running.
struct PathWatch {
  PathVisitor best, random;  ///< visit the paths of each group
  bool progress = false;     ///< whether to print its progress
};

/// Evaluates the 8 most similar disjoint pairs, 20 random ones, the pairs whose true middle lies in
/// the folder middle/ of the data, and pairs whose paths were taught or held out. Throws Error if
/// the model has fewer than two images.
PathEvaluation evaluate_paths(Session& session, const Model& model, const TestData& data,
                              const PathSelection& selection, const PathWatch& watch = {});

/// The entry "paths" of `evaluate --json`.
nlohmann::ordered_json to_json(const Model& model, const PathEvaluation& evaluation);
nlohmann::ordered_json to_json(const PathScores& scores);
void print_paths(const Model& model, const PathEvaluation& evaluation);

}  // namespace chorus::app
