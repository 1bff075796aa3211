#include "training_plan.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <stdexcept>

namespace chorus {

namespace {

bool draws_blended_apart(const TrainConfig& config) {
  return config.blended_pixels > 0 && config.area_from < 1;
}

TrainingPhase areas(const TrainConfig& config, double from) {
  return {
      from,
      {{PixelKinds::all, config.area_flat_pixels, config.area_edge_pixels, config.area_samples}},
      config.area_output_rate};
}

TrainingPhase points(const TrainConfig& config, Head head, double from) {
  const bool assigned =
      head == Head::palette && falling_weight(config.assignment, config.assignment_until, from) > 0;
  const bool blended_apart = draws_blended_apart(config);
  TrainingPhase phase{from,
                      {{blended_apart ? PixelKinds::unblended : PixelKinds::all, config.flat_pixels,
                        config.edge_pixels, 1, assigned}}};
  if (blended_apart && from >= config.blended_from)
    phase.draws.push_back({PixelKinds::blended, 0, config.blended_pixels,
                           std::max<std::size_t>(1, config.blended_samples)});
  return phase;
}

}  // namespace

std::size_t TrainingPhase::pixels() const {
  std::size_t sum = 0;
  for (const TrainingDraw& draw : draws) sum += draw.pixels();
  return sum;
}

std::size_t TrainingPhase::samples() const {
  std::size_t sum = 0;
  for (const TrainingDraw& draw : draws) sum += draw.samples();
  return sum;
}

std::vector<TrainingPhase> plan_training(const TrainConfig& config, Head head) {
  if (config.flat_pixels + config.edge_pixels == 0 || config.area_samples == 0 ||
      config.area_flat_pixels + config.area_edge_pixels == 0)
    throw std::invalid_argument("plan_training: no pixels to draw");
  std::vector<double> begins = {0};
  if (head == Head::palette) begins.push_back(config.assignment_until);
  if (draws_blended_apart(config)) begins.push_back(config.blended_from);
  std::erase_if(begins, [&](double begin) { return begin >= config.area_from; });
  if (config.area_from < 1) begins.push_back(config.area_from);
  std::sort(begins.begin(), begins.end());
  begins.erase(std::unique(begins.begin(), begins.end()), begins.end());
  std::vector<TrainingPhase> phases;
  for (const double begin : begins)
    phases.push_back(begin >= config.area_from ? areas(config, begin)
                                               : points(config, head, begin));
  return phases;
}

std::size_t phase_at(std::span<const TrainingPhase> phases, double progress) {
  std::size_t k = 0;
  while (k + 1 < phases.size() && progress >= phases[k + 1].from) ++k;
  return k;
}

double schedule_factor(double progress, double warm_up) {
  const double p = std::clamp(progress, 0.0, 1.0);
  // Not quite from zero, so that the first step already moves.
  const double rising = warm_up > 0 ? std::min(1.0, p / warm_up + 0.02) : 1.0;
  return rising * (0.5 + 0.5 * std::cos(std::numbers::pi * p));
}

double decay_factor(std::uint64_t steps, double decay_steps) {
  return decay_steps > 0 ? 1 / std::sqrt(1 + static_cast<double>(steps) / decay_steps) : 1;
}

float falling_weight(float start, double until, double progress) {
  return progress < until ? start * static_cast<float>(1 - progress / until) : 0;
}

double share_of_steps(double share_of_time, std::span<const TrainingPhase> phases) {
  const auto end = [&](std::size_t k) { return k + 1 < phases.size() ? phases[k + 1].from : 1; };
  const auto time = [&](std::size_t k) {
    return (end(k) - phases[k].from) * static_cast<double>(phases[k].samples());
  };
  double all = 0;
  for (std::size_t k = 0; k < phases.size(); ++k) all += time(k);
  double left = std::clamp(share_of_time, 0.0, 1.0) * all;
  for (std::size_t k = 0; k < phases.size(); ++k) {
    if (left < time(k)) return phases[k].from + left / static_cast<double>(phases[k].samples());
    left -= time(k);
  }
  return 1;
}

}  // namespace chorus
