#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <vector>

#include "study/study_options.hpp"
#include "study/trial.hpp"

// The protocol `capacity` of `study`: how many images fit in how many numbers, and whether one
// network for all of them is better than one for each.

namespace chorus::app {

/// Runs the study and writes its results.
void study_capacity(const StudyOptions& options);

/// What all jobs of a capacity study share.
struct CapacityPlan {
  TrainOptions train;  ///< with the head and the palettes that the images ask for
  StudyImages images;
  std::vector<std::size_t> ladder, numbers, widths, latents;  ///< ascending
  std::size_t unseen = 0;                                     ///< images that no training sees
  double held_out = 0;                                        ///< fraction of the pixels
  bool with_plateau = false;

  std::size_t most_images() const { return ladder.back(); }
};

/// Fills in what the options leave open. Throws Error if the data has too few images.
CapacityPlan plan_capacity(const StudyOptions& options);

// The jobs. Each result is a list of rows: "series", "images", the network, "numbers", "steps" and
// measures (trial.hpp). `seed` chooses the images, the pixels and the initial weights.

/// The network of the options, which stays as it is whatever the number of images.
nlohmann::ordered_json fixed_rows(const CapacityPlan& plan, std::size_t images, std::uint64_t seed);
/// The same with another width or latent, for the most images.
nlohmann::ordered_json varied_rows(const CapacityPlan& plan, const char* setting, std::size_t value,
                                   std::uint64_t seed);
/// One tuned network for all images, with so many numbers for each of them.
nlohmann::ordered_json joint_rows(const CapacityPlan& plan, std::size_t images, std::size_t numbers,
                                  std::uint64_t seed);
/// A tuned network of so many numbers for each image; a row for each number of images.
nlohmann::ordered_json separate_rows(const CapacityPlan& plan, std::size_t numbers,
                                     std::uint64_t seed);
/// Controls without training: principal components of as many numbers as the fixed network, and the
/// enlarged images of the training.
nlohmann::ordered_json control_rows(const CapacityPlan& plan, std::uint64_t seed);
/// How unseen images fit to a network after one step of training.
nlohmann::ordered_json one_step_rows(const CapacityPlan& plan, std::uint64_t seed);

/// Writes tables and page, and prints the findings. The rows are those of all jobs, with "seed".
void write_capacity(const StudyOptions& options, const CapacityPlan& plan,
                    const std::vector<nlohmann::ordered_json>& rows);

}  // namespace chorus::app
