#pragma once

#include <filesystem>
#include <nlohmann/json_fwd.hpp>
#include <string>

#include "chorus/trainer.hpp"
#include "model_file.hpp"
#include "safetensors.hpp"

namespace chorus::app {

/// The length of a training.
struct Limit {
  enum class Kind { steps, seconds };
  Kind kind = Kind::steps;
  double amount = 0;
};

/// Where the schedule that a training follows began: at 0, unless it was lengthened.
struct ScheduleStart {
  double steps = 0;
  double seconds = 0;
  double progress = 0;  ///< the fraction of a whole schedule that is left out, in [0, 1)
};

/// All that an exact continuation needs, beside the model and the moments of the optimizer. It is
/// stored in the metadata of the state file. That file also holds a copy of the model, so that
/// nothing is lost by a stop between the writing of two files.
struct TrainingState {
  TrainConfig config;
  Limit limit;  ///< of the whole training, with what came before the schedule
  ScheduleStart start;
  double elapsed_s = 0;
  std::string data_checksum;  ///< data_checksum() of the training images
  /// Backend, precision and number of workers, on which the bits of the result depend. Empty in
  /// older states.
  std::string computed_on;
};

/// The fraction of the present schedule that is done after so many steps and seconds in all.
double fraction_done(const TrainingState& state, double steps, double seconds);

/// "model.safetensors" -> "model.state.safetensors", "model.metrics.jsonl".
std::filesystem::path state_file(const std::filesystem::path& model);
std::filesystem::path metrics_file(const std::filesystem::path& model);

nlohmann::json to_json(const TrainingState& state);
void write_state(TensorFile& file, const TrainingState& state);
TrainingState read_state(const TensorFile& file, const std::string& origin);

}  // namespace chorus::app
