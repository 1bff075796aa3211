#pragma once

#include <cstdint>
#include <string>

#include "chorus/trainer.hpp"
#include "training/training_run.hpp"
#include "training/training_state.hpp"

namespace chorus::app {

/// Where the schedule begins anew, as fractions of a whole one, for a network that has learnt
/// something already: a complete training that becomes longer, and one that gets more images.
/// docs/experiments/training.md compares them with others.
constexpr double longer_from = 0.65, adding_from = 0.5;

/// If the options state a length, makes a training that did `steps` steps that long, with the last
/// part of the schedule anew. An interrupted training of that very length stays as it is. Throws
/// Error, which begins with `origin`, if the training was interrupted and was meant to have another
/// length, or if it has already been that long.
void lengthen(TrainingState& state, std::uint64_t steps, const TrainOptions& options,
              const std::string& origin);

/// The fraction of the time that passes before a fraction of the steps is done, as
/// Trainer::fraction_of_steps() tells for a whole schedule.
double time_of_steps(const Trainer& trainer, double fraction_of_steps);

}  // namespace chorus::app
