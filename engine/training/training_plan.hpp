#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "chorus/siren.hpp"
#include "chorus/trainer.hpp"
#include "op_parameters.hpp"

// The schedule of a training: the rates and phases that follow from its settings.

namespace chorus {

/// What the pixels of a draw are taken from: the images, the pictures of Trainer::teach(), or the
/// frames of Trainer::teach_paths(), if there are any.
enum class DrawnFrom { images, taught, paths };

/// Pixels of each image that a step draws in one way.
struct TrainingDraw {
  PixelKinds kinds = PixelKinds::all;
  std::size_t flat_pixels = 0, edge_pixels = 0;
  std::size_t samples_per_axis = 1;  ///< for an edge pixel: see PixelDraw
  bool assigned = false;             ///< whether the assignment loss counts
  DrawnFrom from = DrawnFrom::images;

  std::size_t pixels() const { return flat_pixels + edge_pixels; }
  std::size_t samples_of_edge() const { return samples_per_axis * samples_per_axis; }
  std::size_t samples() const { return flat_pixels + edge_pixels * samples_of_edge(); }
};

/// A part of a training in which all steps are alike.
struct TrainingPhase {
  double from = 0;  ///< fraction of the steps after which it begins
  std::vector<TrainingDraw> draws;
  bool of_areas = false;  ///< whether pixels count as areas

  // Per image and step, without those of frames of paths.
  std::size_t pixels() const;
  std::size_t samples() const;  ///< points at which the network is evaluated for these pixels

  /// The same with `frames_per_image` frames for each image.
  double samples_with(double frames_per_image) const;
};

/// The phases of a training, those that teach among them; the first begins at 0. Frames of paths
/// are drawn as images are. Throws std::invalid_argument if a phase has no pixels.
std::vector<TrainingPhase> plan_training(const PixelSampling& pixels,
                                         const AssignmentLoss& assignment, Head head,
                                         const TaughtSampling& taught = {},
                                         const PathSampling& paths = {});

/// The index of the phase at `progress`.
std::size_t phase_at(std::span<const TrainingPhase> phases, double progress);

/// The learning rate of a parameter of the network, before schedules.
float learning_rate(const LearningRates& rates, const SirenConfig& network, Role role);

/// The factor on the learning rate at `progress` in [0, 1]: linear warm-up, then half a cosine to
/// 0.
double schedule_factor(double progress, double warm_up);

/// The factor on the learning rate after so many steps: 1 / sqrt(1 + steps / decay_steps). Noise
/// moves a parameter as in a random walk, by the root of the sum of the squared rates, which then
/// grows with the logarithm of the steps only. At a constant rate, trainings of 100,000 steps
/// diverge.
double decay_factor(std::uint64_t steps, double decay_steps);

/// The weight of the assignment loss at `progress`.
float assignment_weight(const AssignmentLoss& assignment, double progress);

/// The fraction of the steps that is done after a fraction of the time, both in [0, 1], if the time
/// of a step is proportional to its samples.
double fraction_of_steps(double fraction_of_time, std::span<const TrainingPhase> phases,
                         double frames_per_image = 0);

}  // namespace chorus
