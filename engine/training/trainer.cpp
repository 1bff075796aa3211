#include "chorus/trainer.hpp"

#include <algorithm>
#include <array>
#include <stdexcept>
#include <utility>

#include "chorus/ops.hpp"
#include "drawn_pixels.hpp"
#include "trainer_impl.hpp"

// One step of training, from top to bottom: step() and compute_step(), then what a worker does for
// its share of the images, train_share() and train_tile(), and the updates.
//
// A worker differentiates the error of its share on two kinds of tape, which meet at the
// modulations. The share's tape leads from the latents of all its images to their modulations,
// which takes a few small products. The pixels take far more, and are divided into tiles: each has
// the pixels of so few images that their activations stay in the cache. A tile's tape leads from
// the modulations of its images, which are its leaves, to the loss. Its backward pass adds to the
// derivatives of the modulations, and to those of the network's weights. After the last tile the
// derivatives of the modulations are complete: the backward pass of the share's tape begins with
// them and ends at the latents. This is the chain rule, cut in two at the modulations.

namespace chorus {

namespace {

constexpr std::size_t most_images_per_step = 256;

std::size_t choose_images_per_step(const TrainConfig& config, std::size_t images) {
  const std::size_t wanted =
      config.images_per_step == 0 ? most_images_per_step : config.images_per_step;
  return std::min(wanted, images);
}

/// Part `part` of `parts` of about the same size.
ImageRange part_of(const ImageRange& all, std::size_t part, std::size_t parts) {
  const std::size_t begin = all.count * part / parts, end = all.count * (part + 1) / parts;
  return {all.first + begin, end - begin};
}

/// The part of a share's modulation that belongs to some of its images, as a leaf of a tile's tape.
Var tile_leaf(Tape& tape, const Var& value, const Tensor& grad, const ImageRange& rows) {
  // A modulation that does not depend on the latent is a single row, and every tile has all of it.
  const ImageRange own = value.rows() == 1 ? ImageRange{0, 1} : rows;
  return tape.variable(value.value().non_owning().row_range(own.first, own.count),
                       grad.non_owning().row_range(own.first, own.count));
}

}  // namespace

Trainer::Impl::Impl(Memory& memory, Model& model, const std::vector<NamedImage>& images,
                    const TrainConfig& config)
    : backend_(memory.backend()),
      model_(model),
      config_(config),
      table_(memory, images, model.split),
      images_per_step_(choose_images_per_step(config, images.size())),
      order_(images.size(), images_per_step_, config.seed),
      phases_(plan_training(config.pixels, config.assignment, model.siren.config().head)),
      graphs_(phases_.size()),
      adam_(memory, config.adam, 1),
      latents_(optimized(memory, "latents", model.latents, config.rates.base * config.rates.latent,
                         images_per_step_)),
      step_images_(memory.shared_backend(), std::vector<std::uint32_t>(2 * images_per_step_)) {
  if (images.size() != model.images.size())
    throw std::invalid_argument("Trainer: the model has another number of images");
  for (const Parameter& parameter : model.siren.parameters())
    network_.push_back(optimized(memory, parameter.name, parameter.value,
                                 learning_rate(config.rates, model.siren.config(), parameter.role),
                                 backend_.workers() * parameter.value.rows()));
  if (model.palettes)
    palettes_ = optimized(memory, "palettes", model.palettes,
                          config.rates.base * config.rates.palette, images_per_step_);
  add_workers(memory);
  plan_updates();
}

/// One step: what changes from step to step is uploaded; all else is the same in each step of a
/// phase, so that a device may record it and replay it.
void Trainer::Impl::step(double progress) {
  const std::size_t phase = phase_at(phases_, progress);
  if (phase_ != phase) begin_phase(phase);
  begin_step(progress);
  backend_.replay(graphs_[phase], [&] { compute_step(phases_[phase]); });
  ++step_;
  ++steps_in_errors_;
}

void Trainer::Impl::begin_phase(std::size_t phase) {
  for (const TrainingDraw& draw : phases_[phase].draws)
    model_.samples_per_axis = std::max(model_.samples_per_axis, draw.samples_per_axis);
  phase_ = phase;
}

void Trainer::Impl::begin_step(double progress) {
  const std::array<float, 1> weight = {assignment_weight(config_.assignment, progress)};
  adam_.begin_step(step_,
                   schedule_factor(progress, config_.schedule.warm_up) *
                       decay_factor(step_, config_.schedule.decay_steps),
                   weight);
  std::vector<std::uint32_t> images = order_.step(step_);
  images.insert(images.end(), order_.visits().begin(), order_.visits().end());
  step_images_.assign(images);
}

void Trainer::Impl::compute_step(const TrainingPhase& phase) {
  const ImageRange all{0, images_per_step_};
  backend_.parallel(workers_.size(), [&](std::size_t, std::size_t worker) {
    train_share(phase, workers_[worker], part_of(all, worker, workers_.size()));
  });
  backend_.parallel(update_tasks_.size(), [&](std::size_t task, std::size_t) {
    update_network(phase, update_tasks_[task]);
  });
  adam_.update_at(latents_, image_numbers(all));
  if (palettes_) adam_.update_at(*palettes_, image_numbers(all));
  backend_.parallel(network_.size(),
                    [this](std::size_t p, std::size_t) { pack(network_[p].value); });
}

/// Makes the share's tape, and walks it back after the last tile.
void Trainer::Impl::train_share(const TrainingPhase& phase, Worker& worker,
                                const ImageRange& images) {
  if (images.count == 0) return;
  Tape tape(worker.memory);
  const std::vector<Var> network = model_.siren.on_tape(tape, worker.grads);
  const Var latents = gather(tape, latents_, images);
  const Var palettes = palettes_ ? gather(tape, *palettes_, images) : Var();
  Share share{worker, images, model_.siren.condition(network, latents, palettes), {}};
  const std::vector<Var> values = share.conditioned.values();
  for (const Var& value : values)
    share.grads.push_back(worker.memory.zeros(value.rows(), value.cols()));

  const std::size_t tile_rows = backend_.tile_rows(model_.siren.config().width);
  for (const TrainingDraw& draw : phase.draws) {
    const std::size_t images_per_tile = std::max<std::size_t>(1, tile_rows / draw.samples());
    const std::size_t tiles = (images.count + images_per_tile - 1) / images_per_tile;
    for (std::size_t t = 0; t < tiles; ++t) train_tile(draw, part_of(images, t, tiles), share);
  }

  tape.backward(values, share.grads);
}

/// Makes a tile's tape and walks it back. The network is on both kinds of tape, and from both the
/// derivatives of its weights are added to the worker's gradients.
void Trainer::Impl::train_tile(const TrainingDraw& draw, const ImageRange& images,
                               const Share& share) {
  Worker& worker = share.worker;
  const DrawnPixels pixels =
      draw_pixels(worker.memory, {table_, config_.seed, config_.pixels.areas.jitter}, draw,
                  image_numbers(images), image_visits(images));
  Tape tape(worker.memory, Activations::reduced);
  const ImageRange rows{images.first - share.images.first, images.count};
  const Conditioned conditioned =
      share.conditioned.map([&, grad = share.grads.begin()](const Var& value) mutable {
        return tile_leaf(tape, value, *grad++, rows);
      });
  const std::vector<Var> network = model_.siren.on_tape(tape, worker.grads);

  const DrawnLosses drawn = losses(model_.siren, network, conditioned, pixels);
  const float weight_of_image = 1.0F / static_cast<float>(3 * images_per_step_);
  Var loss = scale(drawn.error, weight_of_image);
  add_error(loss, worker);
  if (draw.assigned)
    loss = loss +
           scale_by(scale(drawn.assignment, weight_of_image), tape.constant(adam_.extra_number(0)));
  tape.backward(loss);
}

/// The rows that belong to some images of the step, as a leaf whose derivatives go to their rows of
/// the gradients.
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

void Trainer::Impl::add_error(const Var& loss, const Worker& worker) const {
  Call sum{.op = Op::scale};
  sum.in[0] = loss.value().const_view();
  sum.out[0] = worker.error.view();
  sum.accumulate = true;
  backend_.run(sum);
}

void Trainer::Impl::update_network(const TrainingPhase& phase, const UpdateTask& task) const {
  const bool is_output = model_.siren.parameters()[task.parameter].role == Role::output;
  adam_.update_rows(network_[task.parameter], task.rows,
                    is_output && phase.of_areas ? config_.rates.area_output : 1);
}

// --- what a training begins with ----------------------------------------------------------------

void Trainer::Impl::add_workers(Memory& memory) {
  for (Memory& own : worker_memories(memory.shared_backend())) {
    const std::size_t w = workers_.size();
    std::vector<Tensor> grads;
    for (const OptimizedParameter& each : network_)
      grads.push_back(each.gradients.row_range(w * each.value.rows(), each.value.rows()));
    const Tensor error = own.zeros(1, 1);
    workers_.push_back({std::move(own), std::move(grads), error});
  }
}

/// Cuts the update of the network into ranges of rows, so that the workers share it.
void Trainer::Impl::plan_updates() {
  const bool shared = workers_.size() > 1;
  for (std::size_t p = 0; p < network_.size(); ++p) {
    const std::size_t rows = network_[p].value.rows(), cols = network_[p].value.cols();
    const std::size_t step = shared ? std::max<std::size_t>(1, backend_.grain_size() / cols) : rows;
    for (std::size_t first = 0; first < rows; first += step)
      update_tasks_.push_back({p, {first, std::min(step, rows - first)}});
  }
}

}  // namespace chorus
