#include "training_plan.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <stdexcept>

namespace chorus {

namespace {

bool draws_blended_apart(const PixelSampling& pixels) {
  return pixels.blended.pixels > 0 && pixels.areas.from < 1;
}

TrainingPhase area_phase(const AreaSampling& areas, double from) {
  return {from,
          {{PixelKinds::all, areas.flat_pixels, areas.edge_pixels, areas.samples_per_axis}},
          true};
}

TrainingPhase point_phase(const PixelSampling& pixels, bool assigned, double from) {
  const bool blended_apart = draws_blended_apart(pixels);
  TrainingPhase phase{from,
                      {{blended_apart ? PixelKinds::unblended : PixelKinds::all, pixels.flat_pixels,
                        pixels.edge_pixels, 1, assigned}}};
  if (blended_apart && from >= pixels.blended.from)
    phase.draws.push_back({PixelKinds::blended, 0, pixels.blended.pixels,
                           std::max<std::size_t>(1, pixels.blended.samples_per_axis)});
  return phase;
}

TrainingDraw taught_draw(const TaughtSampling& taught) {
  TrainingDraw draw{PixelKinds::all, taught.flat_pixels, taught.edge_pixels,
                    taught.samples_per_axis};
  draw.from = DrawnFrom::taught;
  return draw;
}

/// Draws frames of paths as the phase draws images.
void add_frames(TrainingPhase& phase) {
  std::vector<TrainingDraw> frames = phase.draws;
  for (TrainingDraw& draw : frames) draw.from = DrawnFrom::paths;
  phase.draws.insert(phase.draws.end(), frames.begin(), frames.end());
}

void require_pixels(const PixelSampling& pixels, const TaughtSampling& taught) {
  const AreaSampling& areas = pixels.areas;
  if (pixels.flat_pixels + pixels.edge_pixels == 0 || areas.samples_per_axis == 0 ||
      areas.flat_pixels + areas.edge_pixels == 0 || taught.samples_per_axis == 0 ||
      taught.flat_pixels + taught.edge_pixels == 0)
    throw std::invalid_argument("plan_training: a phase draws no pixels; expected at least one");
}

/// The fractions of the steps after which something changes, in ascending order, beginning with 0.
std::vector<double> phase_begins(const PixelSampling& pixels, const AssignmentLoss& assignment,
                                 Head head, const TaughtSampling& taught) {
  std::vector<double> begins = {0};
  if (head == Head::palette) begins.push_back(assignment.until);
  if (draws_blended_apart(pixels)) begins.push_back(pixels.blended.from);
  const double areas_from = pixels.areas.from;
  std::erase_if(begins, [&](double begin) { return begin >= areas_from; });
  if (areas_from < 1) begins.push_back(areas_from);
  if (taught.from < 1) begins.push_back(taught.from);
  std::sort(begins.begin(), begins.end());
  begins.erase(std::unique(begins.begin(), begins.end()), begins.end());
  return begins;
}

}  // namespace

std::size_t TrainingPhase::pixels() const {
  std::size_t sum = 0;
  for (const TrainingDraw& draw : draws)
    if (draw.from != DrawnFrom::paths) sum += draw.pixels();
  return sum;
}

std::size_t TrainingPhase::samples() const {
  std::size_t sum = 0;
  for (const TrainingDraw& draw : draws)
    if (draw.from != DrawnFrom::paths) sum += draw.samples();
  return sum;
}

double TrainingPhase::samples_with(double frames_per_image) const {
  double sum = 0;
  for (const TrainingDraw& draw : draws)
    sum += static_cast<double>(draw.samples()) *
           (draw.from == DrawnFrom::paths ? frames_per_image : 1);
  return sum;
}

std::vector<TrainingPhase> plan_training(const PixelSampling& pixels,
                                         const AssignmentLoss& assignment, Head head,
                                         const TaughtSampling& taught, const PathSampling& paths) {
  require_pixels(pixels, taught);
  std::vector<TrainingPhase> phases;
  for (const double begin : phase_begins(pixels, assignment, head, taught)) {
    const bool assigned = head == Head::palette && assignment_weight(assignment, begin) > 0;
    phases.push_back(begin >= pixels.areas.from ? area_phase(pixels.areas, begin)
                                                : point_phase(pixels, assigned, begin));
    if (paths.frames_per_step > 0) add_frames(phases.back());
    if (taught.from < 1 && begin >= taught.from) phases.back().draws.push_back(taught_draw(taught));
  }
  return phases;
}

std::size_t phase_at(std::span<const TrainingPhase> phases, double progress) {
  std::size_t k = 0;
  while (k + 1 < phases.size() && progress >= phases[k + 1].from) ++k;
  return k;
}

float learning_rate(const LearningRates& rates, const SirenConfig& network, Role role) {
  switch (role) {
    case Role::first_weight:
      return rates.base * rates.first_weight;
    case Role::first_bias:
      return rates.base * rates.first_bias;
    case Role::hidden_weight:
    case Role::hidden_bias:
      return rates.base * network.omega_hidden / 30.0F;
    case Role::modulation:
      return rates.base * rates.modulation;
    case Role::output:
      return rates.base * rates.output;
    case Role::palette_weight:
      // Each number of a palette depends on the weights of all numbers of a latent, which are of
      // size 1.
      return rates.base * rates.palette / static_cast<float>(network.latent);
    case Role::palette_bias:
      return rates.base * rates.palette;
  }
  throw std::logic_error("learning_rate: unknown role");
}

double schedule_factor(double progress, double warm_up) {
  const double p = std::clamp(progress, 0.0, 1.0);
  // Does not begin at 0, so that the first step already moves.
  const double rising = warm_up > 0 ? std::min(1.0, p / warm_up + 0.02) : 1.0;
  return rising * (0.5 + 0.5 * std::cos(std::numbers::pi * p));
}

double decay_factor(std::uint64_t steps, double decay_steps) {
  return decay_steps > 0 ? 1 / std::sqrt(1 + static_cast<double>(steps) / decay_steps) : 1;
}

float assignment_weight(const AssignmentLoss& assignment, double progress) {
  if (progress >= assignment.until) return 0;
  return assignment.weight * static_cast<float>(1 - progress / assignment.until);
}

double fraction_of_steps(double fraction_of_time, std::span<const TrainingPhase> phases,
                         double frames_per_image) {
  const auto end = [&](std::size_t k) { return k + 1 < phases.size() ? phases[k + 1].from : 1; };
  const auto time = [&](std::size_t k) {
    return (end(k) - phases[k].from) * phases[k].samples_with(frames_per_image);
  };
  double all = 0;
  for (std::size_t k = 0; k < phases.size(); ++k) all += time(k);
  double left = std::clamp(fraction_of_time, 0.0, 1.0) * all;
  for (std::size_t k = 0; k < phases.size(); ++k) {
    if (left < time(k)) return phases[k].from + left / phases[k].samples_with(frames_per_image);
    left -= time(k);
  }
  return 1;
}

}  // namespace chorus
