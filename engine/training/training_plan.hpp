#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "chorus/call.hpp"
#include "chorus/siren.hpp"
#include "chorus/trainer.hpp"

// What a training does when: the phases and schedules that follow from its settings.

namespace chorus {

/// Pixels of each image that a step draws in one way.
struct TrainingDraw {
  PixelKinds kinds = PixelKinds::all;
  std::size_t flat_pixels = 0, edge_pixels = 0;
  std::size_t area_samples = 1;  ///< per axis of an edge pixel: see PixelDraw
  bool assigned = false;         ///< whether the assignment loss counts

  std::size_t pixels() const { return flat_pixels + edge_pixels; }
  std::size_t samples_of_edge() const { return area_samples * area_samples; }
  std::size_t samples() const { return flat_pixels + edge_pixels * samples_of_edge(); }
};

/// Steps of a training that are alike, from a share of all steps on.
struct TrainingPhase {
  double from = 0;
  std::vector<TrainingDraw> draws;
  float output_rate = 1;  ///< factor on the rate of the output layer

  std::size_t pixels() const;   ///< of each image, in a step
  std::size_t samples() const;  ///< points at which the network is evaluated for them
};

/// The phases of a training, the first from 0 on. Throws std::invalid_argument if there is a phase
/// without pixels.
std::vector<TrainingPhase> plan_training(const TrainConfig& config, Head head);

/// The number of the phase at `progress`.
std::size_t phase_at(std::span<const TrainingPhase> phases, double progress);

/// The factor on the learning rate at `progress` in [0, 1]: linear warm-up, then half a cosine to
/// 0.
double schedule_factor(double progress, double warm_up);

/// The factor on the learning rate after so many steps: 1 / sqrt(1 + steps / decay_steps). The
/// squares of the rates, whose sum is how far noise moves a parameter (a random walk), then add up
/// to no more than the logarithm of the steps; at a constant rate trainings of 100,000 steps fall
/// apart.
double decay_factor(std::uint64_t steps, double decay_steps);

/// The weight at `progress` of a loss that begins with `start` and falls linearly to 0 at `until`.
float falling_weight(float start, double until, double progress);

/// The share of the steps that is done when a share of the time is, both in [0, 1], if the time of
/// a step goes by its samples.
double share_of_steps(double share_of_time, std::span<const TrainingPhase> phases);

}  // namespace chorus
