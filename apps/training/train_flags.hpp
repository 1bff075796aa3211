#pragma once

#include <vector>

#include "support/cli_flags.hpp"
#include "training/training_run.hpp"

// Flags of the commands that train.

namespace chorus::app {

/// Flags for the network and its training. A resumed training cannot change them.
std::vector<CLI::Option*> add_training(CLI::App& command, TrainOptions& options);

/// Flags for the paths that a training teaches. A resumed training cannot change them.
std::vector<CLI::Option*> add_paths(CLI::App& command, TrainOptions& options);

/// Flags for the length of a training. Returns those that a resumed training rejects.
std::vector<CLI::Option*> add_limits(CLI::App& command, TrainOptions& options);

/// Checks flags that depend on each other and sets the default length; throws CLI::ValidationError.
void finish_training_flags(TrainOptions& options);

}  // namespace chorus::app
