#pragma once

#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

#include "evaluation/training_images.hpp"
#include "measures.hpp"
#include "path_metrics.hpp"
#include "support/session.hpp"

namespace chorus::app {

/// One way from image to image, over all pairs of a group.
struct TaughtPathScores {
  const char* path;  ///< its key in JSON
  /// PSNR against the morph of the training images, at moments that were not trained; nothing for
  /// this morph itself.
  std::optional<double> psnr_db;
  PathScores mean;  ///< in even steps, except for morphs and the reference paths
};

/// Some of the pairs that a training taught, or that it held out.
struct TaughtGroup {
  std::size_t pairs = 0, of = 0;
  std::vector<TaughtPathScores> paths;
};

struct TaughtEvaluation {
  TaughtGroup trained, held_out;
};

/// Compares the lines of a model with the morphs of its training images, between pairs of
/// `taught`: up to 16 of each group, evenly spread. The moments lie half-way between those that
/// were trained. Both groups are empty if `truth` lacks the images.
TaughtEvaluation evaluate_taught(Session& session, const Model& model, const TaughtPairs& taught,
                                 const TrainingImages& truth, const DistanceProgress& progress);

/// The pairs of another model, by the names of its images. Throws Error if `model` lacks one, or if
/// the other was taught none.
TaughtPairs taught_pairs_of(const Model& other, const Model& model, const std::string& origin);

nlohmann::ordered_json to_json(const TaughtEvaluation& evaluation);
void print_taught(const TaughtEvaluation& evaluation);

}  // namespace chorus::app
