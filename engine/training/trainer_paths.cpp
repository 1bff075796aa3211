#include <algorithm>
#include <stdexcept>
#include <utility>

#include "chorus/ops.hpp"
#include "formatted.hpp"
#include "trainer_impl.hpp"

// Paths that a training learns. A frame is a row of a step like an image, but its latent and its
// palette are mixed from those of two images, to which its derivatives go back.

namespace chorus {

namespace {

constexpr std::size_t ends_of_frame = 2;

void require_frame_of(const Model& model, const PathFrame& frame) {
  const std::size_t images = model.images.size(), channels = model.siren.config().channels;
  if (frame.from >= images || frame.to >= images)
    throw std::invalid_argument(
        formatted("Trainer: a frame between images {} and {}; expected numbers below {}",
                  frame.from, frame.to, images));
  if (!(frame.t >= 0 && frame.t <= 1))
    throw std::invalid_argument(formatted("Trainer: a frame at t = {}; expected 0 to 1", frame.t));
  if (frame.picture.channels != channels)
    throw std::invalid_argument(formatted("Trainer: a frame of {} channels; expected {}",
                                          frame.picture.channels, channels));
}

PixelTable table_of(Memory& memory, const std::vector<PathFrame>& frames) {
  std::vector<NamedImage> pictures;
  pictures.reserve(frames.size());
  for (const PathFrame& frame : frames) pictures.push_back({"", frame.picture});
  return {memory, pictures};
}

std::vector<PathFrame> without_pictures(const std::vector<PathFrame>& frames) {
  std::vector<PathFrame> bare;
  bare.reserve(frames.size());
  for (const PathFrame& frame : frames) bare.push_back({{}, frame.from, frame.to, frame.t});
  return bare;
}

}  // namespace

void Trainer::Impl::teach_paths(const std::vector<PathFrame>& frames) {
  if (paths_) throw std::invalid_argument("Trainer: paths are taught already");
  if (processes_->size() > 1)
    throw std::invalid_argument("Trainer: paths are taught; expected a single process");
  if (division_.images_per_step != model_.images.size())
    throw std::invalid_argument(
        formatted("Trainer: a step has {} of {} images; expected all, since paths are taught",
                  division_.images_per_step, model_.images.size()));
  for (const PathFrame& frame : frames) require_frame_of(model_, frame);
  std::size_t& per_step = config_.paths.frames_per_step;
  per_step = std::min(per_step, frames.size());
  if (per_step == 0) return;
  const std::size_t rows = division_.own_of_step.count + per_step;
  // The order of the frames is drawn from another seed than those of the images.
  paths_.emplace(TaughtPaths{
      table_of(memory_, frames), without_pictures(frames),
      ImageOrder(frames.size(), per_step, config_.seed ^ 0xD1B54A32D192ED03ULL),
      IndexList(memory_.shared_backend(), std::vector<std::uint32_t>(ends_of_frame * rows)),
      memory_.zeros(rows, ends_of_frame)});
  step_images_ = IndexList(memory_.shared_backend(), std::vector<std::uint32_t>(2 * rows));
  std::size_t first = 0;
  for (std::size_t w = 0; w < workers_.size(); ++w) {
    Worker& worker = workers_[w];
    worker.frames = part_of({0, per_step}, w, workers_.size()).count;
    worker.of_step = {first, worker.of_step.count + worker.frames};
    first += worker.of_step.count;
  }
  for (OptimizedParameter* each : {&latents_, palettes_ ? &*palettes_ : nullptr})
    if (each != nullptr)
      each->gradients = memory_.zeros(workers_.size() * each->value.rows(), each->value.cols());
  // Recorded steps have other rows.
  for (RecordedStep& each : recorded_) each = {};
}

/// Puts the frames of each worker behind its images, and uploads the ends of all rows.
void Trainer::Impl::add_frames_of_step(std::vector<std::uint32_t>& numbers,
                                       std::vector<std::uint32_t>& visits) {
  const std::vector<std::uint32_t>& frames = paths_->order.step(step_);
  const std::vector<std::uint32_t>& seen = paths_->order.visits();
  std::vector<std::uint32_t> all_numbers, all_visits, ends;
  std::vector<float> weights;
  std::size_t image = 0, frame = 0;
  for (const Worker& worker : workers_) {
    for (std::size_t k = 0; k < worker.images().count; ++k, ++image) {
      all_numbers.push_back(numbers[image]);
      all_visits.push_back(visits[image]);
      ends.insert(ends.end(), {numbers[image], numbers[image]});
      weights.insert(weights.end(), {1, 0});
    }
    for (std::size_t k = 0; k < worker.frames; ++k, ++frame) {
      const PathFrame& path = paths_->frames[frames[frame]];
      all_numbers.push_back(frames[frame]);
      all_visits.push_back(seen[frame]);
      ends.insert(ends.end(),
                  {static_cast<std::uint32_t>(path.from), static_cast<std::uint32_t>(path.to)});
      weights.insert(weights.end(), {1 - path.t, path.t});
    }
  }
  paths_->ends.assign(ends);
  from_host(weights, paths_->weights);
  numbers = std::move(all_numbers);
  visits = std::move(all_visits);
}

/// The rows of a worker, whose derivatives go to the worker's gradients of all images.
Var Trainer::Impl::mixed(Tape& tape, const OptimizedParameter& per_image,
                         const Worker& worker) const {
  const std::size_t number = static_cast<std::size_t>(&worker - workers_.data());
  const ImageRange& rows = worker.of_step;
  const Tensor grad =
      per_image.gradients.row_range(number * per_image.value.rows(), per_image.value.rows());
  return weighted_rows(
      tape.variable(per_image.value.non_owning(), grad),
      paths_->ends.range(ends_of_frame * rows.first, ends_of_frame * rows.count),
      tape.constant(paths_->weights.non_owning().row_range(rows.first, rows.count)));
}

double Trainer::Impl::frames_per_image() const {
  return static_cast<double>(config_.paths.frames_per_step) /
         static_cast<double>(division_.images_per_step);
}

}  // namespace chorus
