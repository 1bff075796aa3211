#pragma once

#include <cstddef>
#include <filesystem>
#include <functional>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

#include "chorus/path.hpp"
#include "measures.hpp"
#include "pairs.hpp"
#include "path_metrics.hpp"
#include "support/session.hpp"

namespace chorus::app {

/// How well a measure of similarity predicts how bad the path between two images is
/// (path_badness).
struct MeasureStudy {
  DistanceMeasure measure = default_distance_measure;
  // Spearman's rank correlation of distance and badness, over the pairs:
  double choosing = 0;  ///< within the half of the images by which a measure is chosen
  double held_out = 0;  ///< within the other half
  double all = 0;       ///< among all images
  /// The mean badness of the 8 best disjoint pairs of the held-out half, relative to all pairs of
  /// that half; 0.5 is chance. NaN if only a sample of the pairs was evaluated.
  double best_held_out = 0;
};

/// The pairs to study.
struct PairStudySettings {
  std::filesystem::path model;       ///< the file of the model
  PathKind path = PathKind::linear;  ///< the paths that are evaluated
  std::size_t sample = 0;            ///< number of pairs drawn at random; 0: all pairs
  std::uint64_t seed = 1;            ///< divides the images into halves and draws the sample
};

struct PairStudy {
  PathKind path = PathKind::linear;
  std::size_t pairs = 0, choosing_pairs = 0, held_out_pairs = 0;
  std::vector<MeasureStudy> measures;
  DistanceMeasure chosen = default_distance_measure;  ///< the best measure on the choosing half
};

/// Evaluates the paths between all pairs of a model's images, or a sample of them, at the training
/// size with 9 frames. `progress` receives the fraction that is done. The scores are stored beside
/// the model, in MODEL.pairs.PATH.json, and used again until the model or the sample changes.
/// Throws Error if the model has fewer than four images.
PairStudy study_pairs(Session& session, const Model& model, const PairStudySettings& settings,
                      const std::function<void(double)>& progress);

/// The study whose scores study_pairs() stored beside the model. Nothing if there are none for this
/// kind of path, or if they belong to another model.
std::optional<PairStudy> stored_study(Session& session, const Model& model,
                                      const std::filesystem::path& model_file, PathKind path);

nlohmann::ordered_json to_json(const PairStudy& study);
void print_study(const PairStudy& study);

}  // namespace chorus::app
