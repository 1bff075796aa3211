#pragma once

#include <cstddef>
#include <filesystem>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

#include "evaluation/evaluation.hpp"

namespace chorus::app {

/// Follows during a training how well the network does at sizes that it is not trained on: a
/// subset of the images now and then, all of them at the end. It only looks: the model does not
/// depend on it.
class ResolutionTracker {
 public:
  /// All sizes of `data` but the training size; `subset` images spread evenly over the model's.
  /// Throws Error if there is no other size or the images are not those of the model.
  ResolutionTracker(Session& session, const Model& model, const std::filesystem::path& data,
                    const Rgb& background, std::size_t subset);

  /// Scores of the subset, or of all images.
  ScoresBySize score(bool all, bool with_baselines) const;

 private:
  Session& session_;
  const Model& model_;
  TrainingImages trained_;
  std::vector<Collection> all_, subset_;  ///< by size
};

/// {"256": {"psnr_mean": .., "psnr_pooled": .., "ssim_mean": ..}, ..}
nlohmann::ordered_json network_by_size(const ScoresBySize& scores);
/// {"256": {"bicubic": {"psnr_mean": ..}, ..}, ..}
nlohmann::ordered_json baselines_by_size(const ScoresBySize& scores);

}  // namespace chorus::app
