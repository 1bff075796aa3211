#pragma once

#include <cstddef>
#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

#include "chorus/model.hpp"
#include "chorus/pictures.hpp"
#include "evaluation/scoring.hpp"
#include "study/study_options.hpp"
#include "support/session.hpp"
#include "training/training_run.hpp"

// Trainings of a study, which leave no files: what is trained, and how it is scored.

namespace chorus::app {

/// The images of a study, at the size of the training and at the largest one.
struct StudyImages {
  Collection training;
  Collection largest;  ///< the same images in the same order; empty if there is no larger size
};

/// Loads those that the data has at both sizes. Throws Error if there are none, or if the images
/// of the training differ in size.
StudyImages load_study_images(const TrainOptions& train);

/// The options with the head and the palettes that the images ask for, so that all trainings of a
/// study have the same.
TrainOptions with_chosen_head(TrainOptions train, const Collection& images);

/// What the results of all trials of a study depend on, besides what each has of its own.
nlohmann::ordered_json trial_settings(const StudyOptions& options, const TrainOptions& train,
                                      const StudyImages& images);

/// The images with these numbers, in this order.
StudyImages chosen_images(const StudyImages& images, const std::vector<std::size_t>& numbers);

/// The first `count` of them in ascending order.
std::vector<std::size_t> first_of(const std::vector<std::size_t>& shuffled, std::size_t count);

/// All numbers below `count` in a random order. Subsets are its first ones, so that each contains
/// the smaller ones.
std::vector<std::size_t> shuffled_numbers(std::size_t count, std::uint64_t seed);

/// What one training of a study is.
struct Trial {
  TrainOptions train;     ///< with the head chosen, and the steps; its seed counts
  bool separate = false;  ///< one network for each image, instead of one for all
  double held_out = 0;    ///< fraction of the pixels that is not trained on, but scored
  /// Fraction of the other pixels that is not trained on either. If it is not 0, these are the ones
  /// that are scored as held out, so that settings can be chosen without a look at the rest.
  double validation = 0;
};

struct TrialResult {
  std::vector<ImageScore> training, largest;  ///< of each image; `largest` only if asked for
  std::optional<Model> model;                 ///< of the trials that are not separate
  double cpu_s = 0;                           ///< of all threads, for the training alone
  std::size_t steps = 0;
  bool converged = true;  ///< false if train_to_plateau() ended before the plateau
  bool has_diverged = false;
};

TrialResult run_trial(Session& session, const Trial& trial, const StudyImages& images,
                      bool with_largest);

/// Trains without scoring, and returns the time of all threads, CPU seconds.
double training_cpu_s(Session& session, const Trial& trial, const Collection& images);

/// Trains anew with twice the steps until that adds less than 0.5 dB on the pixels of the training,
/// at most 16 times as many. (A training has to know its length, by which its rates fall.)
TrialResult train_to_plateau(Session& session, Trial trial, const StudyImages& images,
                             bool with_largest);

/// Steps with which each image is seen in `steps` steps, since a step sees at most 256 images.
std::size_t steps_for(const TrainConfig& config, std::size_t images, std::size_t steps);

/// PSNR in dB pooled over the held-out pixels of images; lower than any if it diverged.
double held_out_db(const TrialResult& result);

/// The measures of some images: "training_mean", "training_pooled", "training_ssim", and likewise
/// "largest_...", as far as there are scores.
nlohmann::ordered_json whole_measures(const std::vector<ImageScore>& training,
                                      const std::vector<ImageScore>& largest);
/// "held_out_mean", "held_out_pooled", "kept_pooled".
nlohmann::ordered_json held_out_measures(const std::vector<ImageScore>& training);

/// Scores by fitting unseen images to a model whose network stays as it is: "KIND_latent" and
/// "KIND_shifts", mean PSNR in dB.
nlohmann::ordered_json unseen_measures(Session& session, const Model& model,
                                       const Collection& unseen, const std::string& kind);

}  // namespace chorus::app
