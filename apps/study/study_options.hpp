#pragma once

#include <cstddef>
#include <filesystem>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "evaluation/seed_measures.hpp"
#include "training/training_run.hpp"

namespace chorus::app {

/// What the protocols `capacity` and `ablation` vary. What is empty is chosen by the data.
struct LadderOptions {
  std::vector<std::size_t> images;    ///< how many to learn together; an ablation takes one number
  std::vector<std::size_t> numbers;   ///< for each image: joint and separate networks alike
  std::vector<std::size_t> widths;    ///< of a network for the most images
  std::vector<std::size_t> latents;   ///< likewise
  bool with_plateau = false;          ///< train until more steps add little, instead of --steps
  std::vector<std::string> variants;  ///< of an ablation
};

struct StudyOptions {
  TrainOptions train;  ///< settings of the first seed; the study sets the model
  Protocol protocol = Protocol::resolutions;
  std::size_t seeds = 3;
  std::filesystem::path out;
  LadderOptions ladder;
};

/// A length, a network, the settings of a training without the seed, and what computes: all of them
/// change the result of a training, besides its images.
nlohmann::ordered_json limit_to_json(const TrainOptions& train);
nlohmann::ordered_json network_to_json(const TrainOptions& train);
nlohmann::ordered_json training_to_json(const TrainOptions& train);
nlohmann::ordered_json device_to_json(const BackendChoice& choice);

}  // namespace chorus::app
