#pragma once

#include <cstddef>
#include <filesystem>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

#include "evaluation/evaluation.hpp"

namespace chorus::app {

/// At most so many images, and pixels of them together.
struct ImageBudget {
  std::size_t images, pixels;
};

std::vector<std::size_t> pixels_of(const Collection& images);

/// The indices of images that keep to the budget, evenly spread over those with these numbers of
/// pixels; none if not even the first keeps to it.
std::vector<std::size_t> spread_within(const std::vector<std::size_t>& pixels, ImageBudget budget);

/// Measures during a training how good the network is at sizes on which it is not trained: from
/// time to time on a subset of the images, at the end on all that a larger budget allows. The model
/// does not depend on this.
class ResolutionTracker {
 public:
  /// Uses all sizes of `data` except the training size; the budgets are for each size. Throws Error
  /// if there is no other size, or if a size has no image of the model.
  ResolutionTracker(Session& session, const Model& model, const std::filesystem::path& data,
                    const std::optional<Rgb>& background, ImageBudget subset, ImageBudget all);

  /// Scores the subset, or all images.
  ScoresBySize score(bool all, bool with_baselines) const;

  /// What the budgets leave out, in sentences.
  const std::vector<std::string>& notes() const { return notes_; }

 private:
  Session& session_;
  const Model& model_;
  TrainingImages trained_;
  std::vector<Collection> all_, subset_;  ///< by size; sizes without images are left out
  std::vector<std::string> notes_;
};

/// {"256": {"psnr_mean": .., "psnr_pooled": .., "ssim_mean": ..}, ..}
nlohmann::ordered_json network_by_size(const ScoresBySize& scores);
/// {"256": {"bicubic": {"psnr_mean": ..}, ..}, ..}
nlohmann::ordered_json baselines_by_size(const ScoresBySize& scores);

}  // namespace chorus::app
