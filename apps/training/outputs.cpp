#include "training/outputs.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "chorus/error.hpp"
#include "files.hpp"
#include "printable.hpp"
#include "support/model_output.hpp"
#include "training/run_log.hpp"
#include "training/training_state.hpp"

namespace chorus::app {

std::filesystem::path metrics_of(const TrainOptions& options) {
  return options.metrics.empty() ? metrics_file(options.model) : options.metrics;
}

void check_outputs(const TrainOptions& options) {
  require_regular_target(options.model);
  const std::filesystem::path metrics = metrics_of(options);
  if (holds_something(metrics) && read_metrics(metrics).empty())
    throw Error(fmt::format(
        "{} exists and holds no metrics, so that it is not replaced; choose other --metrics",
        shown(metrics)));
  if (options.resume) {  // the state says that the model is that of a training
    require_unprotected(options.model);
    return;
  }
  check_model_output(options.model);
  if (options.overwrite) return;
  for (const auto& file : {options.model, state_file(options.model), metrics})
    if (holds_something(file))
      throw Error(fmt::format(
          "{} exists; --resume continues that training, --overwrite begins a new one in its place",
          shown(file)));
}

}  // namespace chorus::app
