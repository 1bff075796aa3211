#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "chorus/call.hpp"
#include "chorus/siren.hpp"

// What a training does when: its settings, and the phases and schedules that follow from them.

namespace chorus {

struct TrainConfig {
  float learning_rate = 7e-3F;  ///< of hidden weights at omega_hidden = 30
  // Factors on the learning rate.
  float first_weight_rate = 5;
  float first_bias_rate = 2;
  float modulation_rate = 1;
  float latent_rate = 3;
  float output_rate = 0.5F;
  float palette_rate = 0.2F;
  float beta1 = 0.9F;
  float beta2 = 0.99F;
  float epsilon = 1e-8F;
  double warm_up = 0.03;  ///< share of the training in which the rate rises linearly
  /// After so many steps the rate is 1 / sqrt(2) of what the schedule says, and it goes on falling
  /// with the square root of the steps: see decay_factor(). 0: never.
  double decay_steps = 5000;
  // Pixels drawn from each image in a step.
  std::size_t flat_pixels = 5;
  std::size_t edge_pixels = 11;
  // A pixel is the mean of the image over its square. From this share of the training on (1: never)
  // the network is held to that: an edge pixel is the mean of area_samples x area_samples points,
  // each in the middle area_jitter of its cell. Points anywhere in their cells would add much
  // variance to the loss, which teaches soft edges; points that never move leave the network free
  // between them.
  double area_from = 1;
  std::size_t area_samples = 3;
  float area_jitter = 0.25F;
  std::size_t area_flat_pixels = 4;
  std::size_t area_edge_pixels = 5;
  float area_output_rate = 8;  ///< factor on output_rate from then on: edges have to become sharp
  // Before area_from an edge pixel counts as the point at its centre; but no point need have the
  // colour of a blended one (see PixelTable). These are left out at first and then, from
  // blended_from on, drawn beside the others as means of blended_samples x blended_samples points.
  // 0 pixels, or no areas: they count as points, like other edge pixels.
  std::size_t blended_pixels = 2;
  std::size_t blended_samples = 2;
  double blended_from = 0.4;
  // Palette head, points: Siren::assignment_loss is added to the squared error with a weight that
  // falls linearly from `assignment` to 0 at assignment_until, a share of the training. Squared
  // error alone leaves areas in a blend of other entries, where the gradient of the right one's
  // weight is next to nothing.
  float assignment = 0.1F;
  double assignment_until = 0.5;
  std::size_t images_per_step = 0;  ///< 0: all, up to 256
  std::uint64_t seed = 1;
};

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
