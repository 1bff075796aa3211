#pragma once

#include <cstddef>
#include <filesystem>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

#include "evaluation/evaluation.hpp"

namespace chorus::app {

/// Measures during a training how good the network is at sizes on which it is not trained: from
/// time to time on a subset of the images, at the end on all. The model does not depend on this.
class ResolutionTracker {
 public:
  /// Uses all sizes of `data` except the training size, and of each size at most `subset` evenly
  /// spread images. Throws Error if there is no other size, or if a size has no image of the model.
  ResolutionTracker(Session& session, const Model& model, const std::filesystem::path& data,
                    const std::optional<Rgb>& background, std::size_t subset);

  /// Scores the subset, or all images.
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
