#pragma once

#include <cstddef>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "chorus/render.hpp"
#include "chorus/trainer.hpp"
#include "evaluation/scoring.hpp"
#include "support/progress.hpp"
#include "support/session.hpp"
#include "training/shared_collection.hpp"
#include "training/tracking.hpp"
#include "training/training_run.hpp"

namespace chorus::app {

/// Where a training is when it is evaluated.
struct TrainingMoment {
  std::uint64_t step;
  double elapsed_s, progress;
};

std::string diverged_message(std::uint64_t step, const TrainConfig& config);

/// Evaluates a training while it runs: decodes images, and those of other sizes if it is to follow
/// them (TrainOptions::track). Prints what it finds, and gives it as lines of the metrics.
/// Processes that share the training make the calls together; process 0 gets the lines.
class RunScores {
 public:
  /// All of them must outlive the object. Throws Error if the data of other sizes has no image of
  /// the model.
  RunScores(const TrainOptions& options, Session& session, SharedCollection& shared,
            const TrainConfig& config, Progress& bar);

  /// The baselines of the curves, before the first step: a line with "images" and "baselines",
  /// empty if there are none.
  nlohmann::json baselines();
  /// Decodes some images, at the end as many as a larger budget allows. The line is empty if no
  /// image keeps to the budget. Throws Error if a decoded colour is not a finite number.
  nlohmann::json evaluate(const TrainingMoment& moment, bool at_end);
  /// Prints the latest scores of other sizes.
  void print_resolutions() const;

  /// How long the evaluation of other sizes took since the last call. It does not count as training
  /// time, so that following sizes does not change the training.
  double take_seconds() { return std::exchange(seconds_, 0); }

 private:
  nlohmann::json inpainting_baselines(const Collection& subset);
  ImageScore decoded_score(std::size_t image, std::uint64_t step);
  MethodScores decoded_scores(const std::vector<std::size_t>& numbers, std::uint64_t step);
  nlohmann::json line_of(const MethodScores& scores, const TrainingMoment& moment, bool at_end);
  void add_resolutions(nlohmann::json& line, bool at_end);

  Session& session_;
  SharedCollection& shared_;
  const TrainConfig& config_;
  Progress& bar_;
  Renderer renderer_;
  std::optional<ResolutionTracker> tracker_;  ///< in process 0
  bool follows_sizes_;
  nlohmann::json last_sizes_;  ///< the latest scores of other sizes
  double seconds_ = 0;
  bool said_fewer_ = false;
};

}  // namespace chorus::app
