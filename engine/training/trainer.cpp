#include "chorus/trainer.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <stdexcept>

#include "chorus/error.hpp"
#include "drawn_pixels.hpp"
#include "model_file.hpp"
#include "safetensors.hpp"
#include "sampler.hpp"
#include "training_plan.hpp"

namespace chorus {

namespace {

constexpr std::size_t most_images_per_step = 256;

std::size_t choose_images_per_step(const TrainConfig& config, std::size_t images) {
  const std::size_t wanted =
      config.images_per_step == 0 ? most_images_per_step : config.images_per_step;
  return std::min(wanted, images);
}

float rate_of(const TrainConfig& config, const SirenConfig& network, const Parameter& parameter) {
  const float hidden = config.learning_rate * network.omega_hidden / 30.0F;
  switch (parameter.role) {
    case Role::first_weight:
      return config.learning_rate * config.first_weight_rate;
    case Role::first_bias:
      return config.learning_rate * config.first_bias_rate;
    case Role::hidden_weight:
    case Role::hidden_bias:
      return hidden;
    case Role::modulation:
      return config.learning_rate * config.modulation_rate;
    case Role::output:
      return config.learning_rate * config.output_rate;
    case Role::palette_weight:
      // All of a latent's numbers, of size 1 and moved alike, act on one number of a palette.
      return config.learning_rate * config.palette_rate / static_cast<float>(network.latent);
    case Role::palette_bias:
      return config.learning_rate * config.palette_rate;
  }
  throw std::logic_error("rate_of: unknown role");
}

std::uint64_t parse_step(const std::string& text, const std::string& origin) {
  std::uint64_t step = 0;
  const char* end = text.data() + text.size();
  const auto [stop, failure] = std::from_chars(text.data(), end, step);
  if (failure != std::errc() || stop != end)
    throw Error(origin + ": step is \"" + text + "\"; expected a whole number");
  return step;
}

/// The elements of a tensor's rows as one long row, padding included: for element-wise work.
View flat(const Tensor& tensor, std::size_t first_row, std::size_t rows) {
  const View view = tensor.view();
  const std::size_t floats = rows * view.stride;
  return {view.data + first_row * view.stride, 1, floats, floats};
}

/// Nothing for a value that is absent.
Tensor zeros_like(Memory& memory, const Var& value) {
  return value.value() ? memory.zeros(value.rows(), value.cols()) : Tensor();
}

ConstView as_const(const View& view) { return {view.data, view.rows, view.cols, view.stride}; }

}  // namespace

struct Trainer::Impl {
  Impl(Memory& memory, Model& model, const std::vector<NamedImage>& images,
       const TrainConfig& config);

  void step(double progress);
  double take_error();
  void save_state(TensorFile& file) const;
  void load_state(const TensorFile& file, const std::string& origin);

  /// A parameter with what Adam keeps for it.
  struct Trained {
    std::string name;
    Tensor value, first_moment, second_moment;
    Tensor gradients;  ///< one stacked copy for each worker
    float rate = 0;
    bool is_output = false;  ///< of the output layer
  };
  struct Rows {
    std::size_t trained, first, count;
  };
  /// Some consecutive images of a step.
  struct Images {
    std::size_t first, count;
  };
  /// A modulation of a share of images, and the sum of its derivatives over the share's tiles.
  struct SharedModulation {
    Modulation value;
    Tensor shift_derivative, gain_derivative;
  };

  void add_trained(Memory& memory, const std::string& name, const Tensor& value, float rate,
                   std::size_t copies);
  void add_per_image(Memory& memory, const std::string& name, const Tensor& value, float rate);
  void plan_updates();
  void upload_step(double progress);
  void compute_step(const TrainingPhase& phase);
  void train_share(const TrainingPhase& phase, std::size_t worker);
  void train_tile(const TrainingDraw& draw, const Images& images, const Images& share,
                  std::size_t worker, std::span<const SharedModulation> modulations);
  IndexView visits(const Images& images) const;
  Tensor assignment() const;  ///< 1 x 1, the weight of the assignment loss in this step
  Var gather(Tape& tape, std::size_t per_image, const Images& images);
  void add_error(const Var& loss, std::size_t worker);
  void update_rows(const TrainingPhase& phase, const Rows& rows);
  void update_step_images(const Trained& per_image);
  Call adam_call(const Trained& trained) const;

  Backend& backend_;
  Model& model_;
  TrainConfig config_;
  PixelTable table_;
  std::size_t images_per_step_;
  std::vector<TrainingPhase> phases_;
  std::vector<std::unique_ptr<CapturedGraph>> graphs_;  ///< of a step of each phase
  ImageOrder order_;
  std::vector<Memory> memories_;  ///< one for each worker
  /// The network's parameters, then what each image has of its own: latents, free palettes.
  std::vector<Trained> trained_;
  std::vector<std::vector<Tensor>> grads_;  ///< [worker][parameter]
  std::vector<Rows> updates_;
  std::vector<Tensor> errors_;  ///< [worker], 1 x 1, summed over steps
  // What changes from step to step, in two uploads.
  IndexList step_images_;  ///< images of the step, then how often each of them came up before
  Tensor step_numbers_;  ///< the schedule (see AdamUpdate), then the weight of the assignment loss
  std::uint64_t step_ = 0;
  std::uint64_t steps_in_errors_ = 0;
};

Trainer::Impl::Impl(Memory& memory, Model& model, const std::vector<NamedImage>& images,
                    const TrainConfig& config)
    : backend_(memory.backend()),
      model_(model),
      config_(config),
      table_(memory, images, model.split),
      images_per_step_(choose_images_per_step(config, images.size())),
      phases_(plan_training(config, model.siren.config().head)),
      graphs_(phases_.size()),
      order_(images.size(), images_per_step_, config.seed),
      memories_(worker_memories(memory.shared_backend())),
      step_images_(memory.shared_backend(), std::vector<std::uint32_t>(2 * images_per_step_)),
      step_numbers_(memory.zeros(1, 4)) {
  if (images.size() != model.images.size())
    throw std::invalid_argument("Trainer: the model has another number of images");
  const std::size_t workers = backend_.workers();
  grads_.resize(workers);
  for (Parameter& parameter : model_.siren.parameters()) {
    const float rate = rate_of(config_, model_.siren.config(), parameter);
    add_trained(memory, parameter.name, parameter.value, rate, workers);
    trained_.back().is_output = parameter.role == Role::output;
    for (std::size_t w = 0; w < workers; ++w)
      grads_[w].push_back(
          trained_.back().gradients.row_range(w * parameter.value.rows(), parameter.value.rows()));
  }
  add_per_image(memory, "latents", model_.latents, config_.latent_rate);
  if (model_.palettes) add_per_image(memory, "palettes", model_.palettes, config_.palette_rate);
  for (Memory& own : memories_) errors_.push_back(own.zeros(1, 1));
  plan_updates();
}

void Trainer::Impl::add_trained(Memory& memory, const std::string& name, const Tensor& value,
                                float rate, std::size_t copies) {
  Trained trained;
  trained.name = name;
  trained.value = value;
  trained.first_moment = memory.zeros(value.rows(), value.cols());
  trained.second_moment = memory.zeros(value.rows(), value.cols());
  if (copies > 0) trained.gradients = memory.zeros(copies * value.rows(), value.cols());
  trained.rate = rate;
  trained_.push_back(std::move(trained));
}

/// Gradients are those of a step's images.
void Trainer::Impl::add_per_image(Memory& memory, const std::string& name, const Tensor& value,
                                  float rate) {
  add_trained(memory, name, value, config_.learning_rate * rate, 0);
  trained_.back().gradients = memory.zeros(images_per_step_, value.cols());
}

/// Cuts the update of the network into ranges of rows, so that the workers share it.
void Trainer::Impl::plan_updates() {
  const bool shared = backend_.workers() > 1;
  for (std::size_t p = 0; p < model_.siren.parameters().size(); ++p) {
    const Tensor& value = trained_[p].value;
    const std::size_t step =
        shared ? std::max<std::size_t>(1, backend_.grain_size() / value.cols()) : value.rows();
    for (std::size_t first = 0; first < value.rows(); first += step)
      updates_.push_back({p, first, std::min(step, value.rows() - first)});
  }
}

void Trainer::Impl::step(double progress) {
  upload_step(progress);
  const std::size_t k = phase_at(phases_, progress);
  for (const TrainingDraw& draw : phases_[k].draws)
    model_.supersample = std::max(model_.supersample, draw.area_samples);
  backend_.replay(graphs_[k], [&] { compute_step(phases_[k]); });
  ++step_;
  ++steps_in_errors_;
}

/// The same calls on the same memory in each step of a phase.
void Trainer::Impl::compute_step(const TrainingPhase& phase) {
  backend_.parallel(backend_.workers(),
                    [&](std::size_t, std::size_t worker) { train_share(phase, worker); });
  backend_.parallel(updates_.size(),
                    [&](std::size_t task, std::size_t) { update_rows(phase, updates_[task]); });
  for (std::size_t t = model_.siren.parameters().size(); t < trained_.size(); ++t)
    update_step_images(trained_[t]);
  backend_.parallel(model_.siren.parameters().size(),
                    [this](std::size_t p, std::size_t) { model_.siren.pack(backend_, p); });
}

/// What changes from step to step is data in the backend's memory.
void Trainer::Impl::upload_step(double progress) {
  const double t = static_cast<double>(step_ + 1);
  const std::array<float, 4> numbers = {
      static_cast<float>(schedule_factor(progress, config_.warm_up) *
                         decay_factor(step_, config_.decay_steps)),
      static_cast<float>(1.0 / (1.0 - std::pow(double{config_.beta1}, t))),
      static_cast<float>(1.0 / (1.0 - std::pow(double{config_.beta2}, t))),
      falling_weight(config_.assignment, config_.assignment_until, progress)};
  from_host(backend_, numbers, step_numbers_);
  std::vector<std::uint32_t> images = order_.step(step_);
  images.insert(images.end(), order_.visits().begin(), order_.visits().end());
  step_images_.assign(backend_, images);
}

IndexView Trainer::Impl::visits(const Images& images) const {
  return step_images_.range(images_per_step_ + images.first, images.count);
}

Tensor Trainer::Impl::assignment() const {
  View number = step_numbers_.view();
  number.data += 3;
  number.cols = 1;
  return {nullptr, number};
}

void Trainer::Impl::train_share(const TrainingPhase& phase, std::size_t worker) {
  const std::size_t workers = backend_.workers();
  const std::size_t first = images_per_step_ * worker / workers;
  const Images share{first, images_per_step_ * (worker + 1) / workers - first};
  if (share.count == 0) return;
  Memory& memory = memories_[worker];
  Tape tape(memory);
  const std::vector<Var> parameters = model_.siren.on_tape(tape, grads_[worker]);
  const std::size_t latents = parameters.size(), palettes = latents + 1;
  std::vector<SharedModulation> modulations;
  for (Modulation& each :
       model_.siren.modulate(parameters, gather(tape, latents, share),
                             palettes < trained_.size() ? gather(tape, palettes, share) : Var())) {
    Tensor shift = zeros_like(memory, each.shift), gain = zeros_like(memory, each.gain);
    modulations.push_back({std::move(each), std::move(shift), std::move(gain)});
  }
  const std::size_t tile_rows = backend_.tile_rows(model_.siren.config().width);
  for (const TrainingDraw& draw : phase.draws) {
    const std::size_t most = std::max<std::size_t>(1, tile_rows / draw.samples());
    const std::size_t tiles = (share.count + most - 1) / most;
    for (std::size_t t = 0; t < tiles; ++t) {
      const std::size_t begin = share.count * t / tiles, end = share.count * (t + 1) / tiles;
      train_tile(draw, {share.first + begin, end - begin}, share, worker, modulations);
    }
  }
  std::vector<Var> values;
  std::vector<Tensor> derivatives;
  for (const SharedModulation& each : modulations) {
    values.push_back(each.value.shift);
    derivatives.push_back(each.shift_derivative);
    if (!each.gain_derivative) continue;
    values.push_back(each.value.gain);
    derivatives.push_back(each.gain_derivative);
  }
  tape.backward(values, derivatives);
}

void Trainer::Impl::train_tile(const TrainingDraw& draw, const Images& images, const Images& share,
                               std::size_t worker, std::span<const SharedModulation> modulations) {
  Memory& memory = memories_[worker];
  const DrawnPixels pixels =
      draw_pixels(memory, {table_, config_.seed, config_.area_jitter}, draw,
                  step_images_.range(images.first, images.count), visits(images));
  Tape tape(memory, Activations::reduced);
  const auto leaf = [&](const Var& value, const Tensor& derivative) {
    if (!derivative) return Var();
    // Where all images share a row, all tiles do.
    const bool shared = value.rows() == 1;
    const std::size_t first = shared ? 0 : images.first - share.first;
    const std::size_t count = shared ? 1 : images.count;
    return tape.variable(value.value().non_owning().row_range(first, count),
                         derivative.non_owning().row_range(first, count));
  };
  std::vector<Modulation> of_tile;
  for (const auto& [value, shift_derivative, gain_derivative] : modulations)
    of_tile.push_back({leaf(value.shift, shift_derivative), leaf(value.gain, gain_derivative)});

  const std::vector<Var> parameters = model_.siren.on_tape(tape, grads_[worker]);
  const DrawnLosses drawn = losses(model_.siren, parameters, of_tile, pixels);
  const float share_of_image = 1.0F / static_cast<float>(3 * images_per_step_);
  Var loss = scale(drawn.error, share_of_image);
  add_error(loss, worker);
  if (draw.assigned)
    loss = add(loss, matmul(scale(drawn.assignment, share_of_image), tape.constant(assignment())));
  tape.backward(loss);
}

/// What some images of a step have of their own, with a place for its derivatives.
Var Trainer::Impl::gather(Tape& tape, std::size_t per_image, const Images& images) {
  const Trained& trained = trained_[per_image];
  Tensor rows = tape.memory().empty(images.count, trained.value.cols());
  Call call{.op = Op::gather_rows};
  call.in[0] = trained.value.const_view();
  call.out[0] = rows.view();
  call.index[0] = step_images_.range(images.first, images.count);
  backend_.run(call);
  const Tensor grad = trained.gradients.row_range(images.first, images.count);
  fill(backend_, grad, 0);
  return tape.variable(std::move(rows), grad);
}

void Trainer::Impl::add_error(const Var& loss, std::size_t worker) {
  Call sum{.op = Op::scale};
  sum.in[0] = loss.value().const_view();
  sum.out[0] = errors_[worker].view();
  sum.accumulate = true;
  backend_.run(sum);
}

Call Trainer::Impl::adam_call(const Trained& trained) const {
  Call call{.op = Op::adam};
  call.in[1] = step_numbers_.const_view();
  call.in[1].cols = 3;
  call.adam = {trained.rate, config_.beta1, config_.beta2, config_.epsilon};
  return call;
}

/// Adds the workers' gradients of some rows, applies Adam and clears them for the next step.
void Trainer::Impl::update_rows(const TrainingPhase& phase, const Rows& rows) {
  const Trained& trained = trained_[rows.trained];
  View gradients = flat(trained.gradients, rows.first, rows.count);
  gradients.rows = trained.gradients.rows() / trained.value.rows();
  gradients.stride = trained.value.rows() * trained.value.view().stride;
  Call adam = adam_call(trained);
  if (trained.is_output) adam.adam.rate *= phase.output_rate;
  adam.in[0] = as_const(gradients);
  adam.out[0] = flat(trained.value, rows.first, rows.count);
  adam.out[1] = flat(trained.first_moment, rows.first, rows.count);
  adam.out[2] = flat(trained.second_moment, rows.first, rows.count);
  adam.out[3] = gradients;
  backend_.run(adam);
}

/// Only the rows of the step's images. The bias corrections are those of the whole training.
void Trainer::Impl::update_step_images(const Trained& per_image) {
  Call adam = adam_call(per_image);
  adam.in[0] = per_image.gradients.const_view();
  adam.out[0] = per_image.value.view();
  adam.out[1] = per_image.first_moment.view();
  adam.out[2] = per_image.second_moment.view();
  adam.index[0] = step_images_.range(0, images_per_step_);
  backend_.run(adam);
}

double Trainer::Impl::take_error() {
  double total = 0;
  for (const Tensor& error : errors_) {
    total += to_host(backend_, error).front();
    fill(backend_, error, 0);
  }
  const double mean = steps_in_errors_ == 0 ? 0.0 : total / static_cast<double>(steps_in_errors_);
  steps_in_errors_ = 0;
  return mean;
}

void Trainer::Impl::save_state(TensorFile& file) const {
  for (const Trained& trained : trained_) {
    const std::vector<std::size_t> shape = {trained.value.rows(), trained.value.cols()};
    file.tensors["adam.first_moment." + trained.name] = {shape,
                                                         to_host(backend_, trained.first_moment)};
    file.tensors["adam.second_moment." + trained.name] = {shape,
                                                          to_host(backend_, trained.second_moment)};
  }
  file.metadata["step"] = std::to_string(step_);
}

void Trainer::Impl::load_state(const TensorFile& file, const std::string& origin) {
  const auto found_step = file.metadata.find("step");
  if (found_step == file.metadata.end())
    throw Error(origin + ": has no step; expected a training state");
  const std::uint64_t step = parse_step(found_step->second, origin);
  for (const Trained& trained : trained_)
    for (const auto& [prefix, moment] : {std::pair{"adam.first_moment.", trained.first_moment},
                                         std::pair{"adam.second_moment.", trained.second_moment}}) {
      const auto found = file.tensors.find(prefix + trained.name);
      const std::vector<std::size_t> shape = {moment.rows(), moment.cols()};
      if (found == file.tensors.end() || found->second.shape != shape)
        throw Error(origin + ": " + prefix + trained.name + " is missing or has another shape");
      from_host(backend_, found->second.values, moment);
    }
  step_ = step;
}

Trainer::Trainer(Memory& memory, Model& model, const std::vector<NamedImage>& images,
                 const TrainConfig& config)
    : impl_(std::make_unique<Impl>(memory, model, images, config)) {}
Trainer::~Trainer() = default;
Trainer::Trainer(Trainer&&) noexcept = default;
Trainer& Trainer::operator=(Trainer&&) noexcept = default;

void Trainer::step(double progress) { impl_->step(progress); }
std::uint64_t Trainer::steps() const { return impl_->step_; }
std::size_t Trainer::pixels_per_step() const {
  return impl_->images_per_step_ * impl_->phases_.front().pixels();
}
std::span<const TrainingPhase> Trainer::phases() const { return impl_->phases_; }
double Trainer::take_error() { return impl_->take_error(); }
void Trainer::save_state(TensorFile& file) const { impl_->save_state(file); }
void Trainer::load_state(const TensorFile& file, const std::string& origin) {
  impl_->load_state(file, origin);
}

}  // namespace chorus
