#pragma once

#include <filesystem>

#include "training/training_run.hpp"

namespace chorus::app {

/// The file for the metrics of a training.
std::filesystem::path metrics_of(const TrainOptions& options);

/// Throws Error if a training would replace files that it may not replace: those of an earlier
/// training without `overwrite` and `resume`, and files that no training has written.
void check_outputs(const TrainOptions& options);

}  // namespace chorus::app
