#pragma once

#include <cstddef>
#include <filesystem>
#include <functional>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

#include "commands.hpp"
#include "path_metrics.hpp"
#include "support/session.hpp"

namespace chorus::app {

/// How well a measure of similarity foretells how bad the path between two images is
/// (path_badness).
struct MeasureStudy {
  DistanceMeasure measure = default_distance_measure;
  // Spearman's rank correlation of distance and badness, over the pairs
  double choosing = 0;  ///< within one half of the images, by which a measure is chosen
  double held_out = 0;  ///< within the other half
  double all = 0;       ///< of all images
  /// Mean badness of its 8 best disjoint pairs of the held-out half, among the pairs of that half;
  /// 0.5 is chance. Not a number where only a sample of the pairs was judged.
  double best_held_out = 0;
};

struct PairStudy {
  PathKind path = PathKind::linear;
  std::size_t pairs = 0, choosing_pairs = 0, held_out_pairs = 0;
  std::vector<MeasureStudy> measures;
  DistanceMeasure chosen = default_distance_measure;  ///< the best on the choosing half
};

/// Judges the paths between all pairs of a model's images, or a sample of them, at the training
/// size with 9 frames; `progress` is told the share that is done. The judgements are kept in a file
/// beside the model, named MODEL.pairs.PATH.json, for as long as neither the model nor the sample
/// changes. Throws Error if the model has less than four images.
PairStudy study_pairs(Session& session, const Model& model, const PairsOptions& options,
                      const std::function<void(double)>& progress);

/// What study_pairs() has left beside the model: of all pairs with the default seed, or of the
/// sample that was drawn. Nothing if it has not judged paths of this kind, or another model's.
std::optional<PairStudy> stored_study(Session& session, const Model& model,
                                      const std::filesystem::path& model_file, PathKind path);

nlohmann::ordered_json to_json(const PairStudy& study);
void print_study(const PairStudy& study);

}  // namespace chorus::app
