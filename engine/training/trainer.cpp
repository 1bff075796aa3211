#include "chorus/trainer.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "chorus/ops.hpp"
#include "drawn_pixels.hpp"
#include "trainer_impl.hpp"

// The steps of a training, from top to bottom: step() and its parts, the work of one worker on its
// share of the images, train_share() and train_tile(), and the updates. A worker differentiates the
// error of its share on two kinds of tape, by the chain rule. The share's tape leads from the
// latents of all its images to their modulations. A tile has the pixels of so few images that their
// activations stay in the cache; its tape leads from the modulations of these images, which are its
// leaves, to the loss. The backward passes of all tiles add up the derivatives of the modulations,
// with which the backward pass of the share's tape then begins.

namespace chorus {

namespace {

/// The rows of a share's modulation that belong to some of its images, as a leaf of a tile's tape.
Var tile_leaf(Tape& tape, const Var& value, const Tensor& grad, const ImageRange& rows) {
  // A modulation that does not depend on the latent is one row, which every tile uses.
  const ImageRange own = value.rows() == 1 ? ImageRange{0, 1} : rows;
  return tape.variable(value.value().non_owning().row_range(own.first, own.count),
                       grad.non_owning().row_range(own.first, own.count));
}

}  // namespace

/// Only begin_step() uploads. Everything else is the same in each step of a phase, so that a device
/// can record it and replay it.
void Trainer::Impl::step(double progress) {
  const std::size_t number = phase_at(phases_, progress);
  if (phase_ != number) begin_phase(number);
  begin_step(progress);
  const TrainingPhase& phase = phases_[number];
  if (sum_)
    shared_step(phase, recorded_[number]);
  else
    backend_.replay(recorded_[number].all, [&] {
      compute_shares(phase);
      // One after the other, so that a device updates all in one launch.
      update_network(phase);
      update_images();
      pack_network();
    });
  ++step_;
  ++steps_in_errors_;
}

void Trainer::Impl::begin_phase(std::size_t phase) {
  for (const TrainingDraw& draw : phases_[phase].draws)
    if (draw.from == DrawnFrom::images)
      model_.samples_per_axis = std::max(model_.samples_per_axis, draw.samples_per_axis);
  phase_ = phase;
}

void Trainer::Impl::begin_step(double progress) {
  const std::array<float, 1> weight = {assignment_weight(config_.assignment, progress)};
  adam_.begin_step(step_,
                   schedule_factor(progress, config_.schedule.warm_up) *
                       decay_factor(step_, config_.schedule.decay_steps),
                   weight);
  std::vector<std::uint32_t> images, visits;
  for (Worker& worker : workers_) worker.choose_images(step_, images, visits);
  if (paths_) add_frames_of_step(images, visits);
  images.insert(images.end(), visits.begin(), visits.end());
  step_images_.assign(images);
}

void Trainer::Impl::compute_shares(const TrainingPhase& phase) {
  backend_.parallel(workers_.size(),
                    [&](std::size_t, std::size_t w) { train_share(phase, workers_[w]); });
}

/// Makes the tape of a share, and walks it back after the last tile.
void Trainer::Impl::train_share(const TrainingPhase& phase, Worker& worker) {
  const ImageRange& images = worker.of_step;
  if (images.count == 0) return;
  Tape tape(worker.memory);
  const std::vector<Var> network = model_.siren.on_tape(tape, worker.grads);
  const auto rows_of = [&](const OptimizedParameter& per_image) {
    return paths_ ? mixed(tape, per_image, worker) : gather(tape, per_image, images);
  };
  const Var latents = rows_of(latents_);
  const Var palettes = palettes_ ? rows_of(*palettes_) : Var();
  Share share{worker, images, model_.siren.condition(network, latents, palettes), {}};
  const std::vector<Var> values = share.conditioned.values();
  for (const Var& value : values)
    share.grads.push_back(worker.memory.zeros(value.rows(), value.cols()));
  const std::size_t tile_rows = backend_.tile_rows(model_.siren.config().width);
  for (const TrainingDraw& draw : phase.draws) {
    if (draw.from == DrawnFrom::taught && !taught_) continue;
    const ImageRange rows =
        draw.from == DrawnFrom::paths ? worker.frames_of_paths() : worker.images();
    const std::size_t images_per_tile = std::max<std::size_t>(1, tile_rows / draw.samples());
    const std::size_t tiles = (rows.count + images_per_tile - 1) / images_per_tile;
    for (std::size_t t = 0; t < tiles; ++t) train_tile(draw, part_of(rows, t, tiles), share);
  }
  tape.backward(values, share.grads);
}

/// Makes the tape of a tile and walks it back. The network's parameters are leaves on both kinds of
/// tape, which add their derivatives to the same gradients.
void Trainer::Impl::train_tile(const TrainingDraw& draw, const ImageRange& images,
                               const Share& share) {
  Worker& worker = share.worker;
  const DrawnPixels pixels = draw_pixels(worker.memory, source_of(draw), draw,
                                         image_numbers(images), image_visits(images));
  Tape tape(worker.memory, Activations::reduced);
  const ImageRange rows{images.first - share.images.first, images.count};
  const Conditioned conditioned =
      share.conditioned.map([&, grad = share.grads.begin()](const Var& value) mutable {
        return tile_leaf(tape, value, *grad++, rows);
      });
  const std::vector<Var> network = model_.siren.on_tape(tape, worker.grads);

  const DrawnLosses drawn = losses(model_.siren, network, conditioned, pixels);
  const float weight_of_image = (draw.from == DrawnFrom::paths ? config_.paths.weight : 1.0F) /
                                static_cast<float>(3 * division_.images_per_step);
  Var loss = scale(drawn.error, weight_of_image);
  if (draw.from == DrawnFrom::images) add_scaled(worker.error, 1, loss.value());
  if (draw.assigned)
    loss = loss +
           scale_by(scale(drawn.assignment, weight_of_image), tape.constant(adam_.extra_number(0)));
  tape.backward(loss);
}

/// The rows of some images of the step, as a leaf whose derivatives go to the rows of the
/// gradients.
Var Trainer::Impl::gather(Tape& tape, const OptimizedParameter& per_image,
                          const ImageRange& images) const {
  Tensor rows = tape.memory().empty(images.count, per_image.value.cols());
  Call call{.op = Op::gather_rows};
  call.in[0] = per_image.value.const_view();
  call.out[0] = rows.view();
  call.index[0] = image_numbers(images);
  backend_.run(call);
  const Tensor grad = per_image.gradients.row_range(images.first, images.count);
  fill(grad, 0);
  return tape.variable(std::move(rows), grad);
}

void Trainer::Impl::update_images() const {
  if (paths_) {  // which have gradients of all images
    adam_.update(latents_);
    if (palettes_) adam_.update(*palettes_);
    return;
  }
  const ImageRange all{0, division_.own_of_step.count};
  if (all.count == 0) return;
  adam_.update_at(latents_, image_numbers(all));
  if (palettes_) adam_.update_at(*palettes_, image_numbers(all));
}

void Trainer::Impl::update_network(const TrainingPhase& phase) const {
  backend_.parallel(update_tasks_.size(), [&](std::size_t task, std::size_t) {
    const auto& [parameter, rows] = update_tasks_[task];
    const bool is_output = model_.siren.parameters()[parameter].role == Role::output;
    adam_.update_rows(network_[parameter], rows,
                      is_output && phase.of_areas ? config_.rates.area_output : 1);
  });
}

void Trainer::Impl::pack_network() const {
  backend_.parallel(network_.size(),
                    [this](std::size_t p, std::size_t) { pack(network_[p].value); });
}

}  // namespace chorus
