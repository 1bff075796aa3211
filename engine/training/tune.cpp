#include "tune.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "adam.hpp"
#include "chorus/error.hpp"
#include "chorus/ops.hpp"
#include "random.hpp"
#include "storage.hpp"
#include "training_plan.hpp"

namespace chorus {

namespace {

/// Scales are chosen anew after this many steps, which takes longer than rounding.
constexpr std::size_t steps_of_scales = 8;

/// A matrix in the model, which is trained, and as the file will hold it, which is what draws.
struct Rounded {
  OptimizedParameter trained;
  Tensor stored;
  int bits = 0;               ///< of whole numbers; 0: binary16 or, in fp32, nothing to round
  std::vector<float> scales;  ///< of rows

  void round(Storage storage, bool choose_scales);
};

void Rounded::round(Storage storage, bool choose_scales) {
  std::vector<float> values = to_host(trained.value);
  if (bits == 0) {
    if (storage != Storage::fp32) values = in_16_bits(std::move(values));
  } else {
    if (choose_scales || scales.empty())
      scales = quantize_rows(values, trained.value.rows(), bits).scales;
    values = dequantized(rounded_rows(std::move(values), scales, bits));
  }
  from_host(values, stored);
  pack(stored);
}

class Tuner {
 public:
  Tuner(Memory& memory, Model& model, const TuneConfig& config);
  void step(std::size_t step);

 private:
  Rounded rounded(const std::string& name, const Tensor& trained, const Tensor& stored, float rate,
                  std::size_t gradient_rows) const;
  void round_all(std::size_t step);
  void train_images(Memory& memory, std::size_t worker, std::size_t first, std::size_t count,
                    std::uint32_t step) const;
  std::vector<float> places(std::size_t first, std::size_t count, std::uint32_t step) const;
  Tensor wanted(Memory& memory, const std::vector<float>& places, std::size_t first,
                std::size_t count) const;

  Backend& backend_;
  Memory& memory_;
  const TuneConfig config_;
  const Model teacher_;  ///< as the model was
  const Model stored_;   ///< as the file will be
  std::vector<Memory> memories_;
  Adam adam_;
  std::vector<Rounded> network_;
  Rounded latents_;
  std::optional<Rounded> palettes_;
};

Tuner::Tuner(Memory& memory, Model& model, const TuneConfig& config)
    : backend_(memory.backend()),
      memory_(memory),
      config_(config),
      teacher_(as_stored(memory, model, Storage::fp32)),
      stored_(as_stored(memory, model, Storage::fp32)),
      memories_(worker_memories(memory.shared_backend())),
      adam_(memory, {}) {
  const LearningRates rates;
  const SirenConfig& network = model.siren.config();
  for (std::size_t p = 0; p < model.siren.parameters().size(); ++p) {
    const Parameter& each = model.siren.parameters()[p];
    network_.push_back(rounded(each.name, each.value, stored_.siren.parameters()[p].value,
                               config.rate * learning_rate(rates, network, each.role),
                               backend_.workers() * each.value.rows()));
  }
  const std::size_t images = model.images.size();
  const float rate = config.rate * rates.base;
  latents_ = rounded("latents", model.latents, stored_.latents, rate * rates.latent, images);
  if (model.palettes)
    palettes_ = rounded("palettes", model.palettes, stored_.palettes, rate * rates.palette, images);
}

Rounded Tuner::rounded(const std::string& name, const Tensor& trained, const Tensor& stored,
                       float rate, std::size_t gradient_rows) const {
  return {optimized(memory_, name, trained, rate, gradient_rows),
          stored,
          is_sensitive(name) ? 0 : bits_of(config_.storage),
          {}};
}

void Tuner::round_all(std::size_t step) {
  const bool choose = step % steps_of_scales == 0;
  backend_.parallel(network_.size(), [&](std::size_t p, std::size_t) {
    network_[p].round(config_.storage, choose);
  });
  latents_.round(config_.storage, choose);
  if (palettes_) palettes_->round(config_.storage, choose);
}

/// A step takes consecutive images, and the next one those that follow.
void Tuner::step(std::size_t step) {
  const std::size_t images = teacher_.images.size();
  const std::size_t count = std::min(config_.images_per_step, images);
  const std::size_t windows = (images + count - 1) / count;
  const std::size_t first = std::min(step % windows * count, images - count);
  const double progress = static_cast<double>(step) / static_cast<double>(config_.steps);
  round_all(step);
  adam_.begin_step(step, schedule_factor(progress, 0.05));
  const std::size_t workers = memories_.size();
  // Tiles whose activations stay in the cache of a core.
  const std::size_t tile = std::max<std::size_t>(
      1, backend_.tile_rows(teacher_.siren.config().width) / config_.places_per_image);
  backend_.parallel(workers, [&](std::size_t part, std::size_t worker) {
    const std::size_t end = count * (part + 1) / workers;
    for (std::size_t at = count * part / workers; at < end; at += tile)
      train_images(memories_[worker], worker, first + at, std::min(tile, end - at),
                   static_cast<std::uint32_t>(step));
  });
  backend_.parallel(network_.size(),
                    [&](std::size_t p, std::size_t) { adam_.update(network_[p].trained); });
  adam_.update(latents_.trained);
  if (palettes_) adam_.update(palettes_->trained);
}

std::vector<float> Tuner::places(std::size_t first, std::size_t count, std::uint32_t step) const {
  constexpr auto stream = static_cast<std::uint32_t>(Stream::tuned_places);
  std::vector<float> points;
  points.reserve(2 * count * config_.places_per_image);
  for (std::size_t image = first; image < first + count; ++image)
    for (std::size_t place = 0; place < config_.places_per_image; ++place) {
      const PhiloxBlock words = philox(
          {static_cast<std::uint32_t>(place), static_cast<std::uint32_t>(image), step, stream},
          config_.seed);
      for (const std::uint32_t word : {words[0], words[1]})
        points.push_back(2 * unit_float(word) - 1);
    }
  return points;
}

/// The colours of the model as it was.
Tensor Tuner::wanted(Memory& memory, const std::vector<float>& places, std::size_t first,
                     std::size_t count) const {
  Tape tape(memory);
  const Var palettes = palettes_ ? tape.constant(teacher_.palettes.row_range(first, count)) : Var();
  return teacher_.siren
      .forward(teacher_.siren.on_tape(tape),
               tape.constant(memory.from(places, places.size() / 2, 2)),
               tape.constant(teacher_.latents.row_range(first, count)), palettes)
      .value();
}

void Tuner::train_images(Memory& memory, std::size_t worker, std::size_t first, std::size_t count,
                         std::uint32_t step) const {
  const std::vector<float> points = places(first, count, step);
  const std::size_t rows = points.size() / 2;
  const Tensor target = wanted(memory, points, first, count);
  std::vector<Tensor> grads;
  for (const Rounded& each : network_)
    grads.push_back(
        each.trained.gradients.row_range(worker * each.stored.rows(), each.stored.rows()));
  const auto rows_of = [&](Tape& tape, const Rounded& all) {
    return tape.variable(all.stored.row_range(first, count),
                         all.trained.gradients.row_range(first, count));
  };
  Tape tape(memory, Activations::reduced);
  const Var colors = stored_.siren.forward(
      stored_.siren.on_tape(tape, grads), tape.constant(memory.from(points, rows, 2)),
      rows_of(tape, latents_), palettes_ ? rows_of(tape, *palettes_) : Var());
  const float weight =
      1.0F / static_cast<float>(3 * config_.places_per_image *
                                std::min(config_.images_per_step, teacher_.images.size()));
  tape.backward(weighted_squared_error(colors, tape.constant(target),
                                       tape.constant(memory.full(rows, 1, weight))));
}

}  // namespace

void tune(Memory& memory, Model& model, const TuneConfig& config,
          const std::function<void(std::size_t steps)>& after_step) {
  if (model.shifts) throw Error("a model with free shifts, which `fit` found, is not tuned");
  Tuner tuner(memory, model, config);
  for (std::size_t step = 0; step < config.steps; ++step) {
    tuner.step(step);
    if (after_step) after_step(step + 1);
  }
  model.siren.pack();
}

}  // namespace chorus
