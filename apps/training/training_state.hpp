#pragma once

#include <filesystem>
#include <nlohmann/json_fwd.hpp>
#include <string>

#include "chorus/pictures.hpp"
#include "chorus/trainer.hpp"
#include "model_file.hpp"
#include "safetensors.hpp"

namespace chorus::app {

/// How long a training is to last.
struct Limit {
  enum class Kind { steps, seconds };
  Kind kind = Kind::steps;
  double amount = 0;
};

/// What a training needs, beside the model and the optimizer's moments, to continue after a stop.
/// It is kept in the metadata of the state file, which also holds a copy of the model, so that a
/// stop between writing two files loses nothing.
struct TrainingState {
  TrainConfig config;
  Limit limit;
  double elapsed_s = 0;
  std::string data_checksum;  ///< see data_checksum(), for the training images
};

/// "model.safetensors" -> "model.state.safetensors", "model.metrics.jsonl".
std::filesystem::path state_file(const std::filesystem::path& model);
std::filesystem::path metrics_file(const std::filesystem::path& model);

nlohmann::json to_json(const TrainingState& state);
void write_state(TensorFile& file, const TrainingState& state);
TrainingState read_state(const TensorFile& file, const std::string& origin);

/// A checksum of the names, sizes and pixels of images, without the pixels that `split` holds out.
std::string data_checksum(const Collection& data, const Split& split = {});

}  // namespace chorus::app
