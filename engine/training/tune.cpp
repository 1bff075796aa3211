#include "tune.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "adam.hpp"
#include "chorus/ops.hpp"
#include "storage.hpp"
#include "stored_images.hpp"
#include "training_plan.hpp"

namespace chorus {

namespace {

/// Scales are chosen anew after this many steps, which takes longer than rounding.
constexpr std::size_t steps_of_scales = 8;

constexpr int bits_of_packed = 16;

/// A matrix in the model, which is trained, and as the file will hold it, which is what draws.
struct Rounded {
  OptimizedParameter trained;
  Tensor stored;
  int bits = 0;                   ///< of whole numbers; 0: binary16 or, in fp32, nothing to round
  std::vector<float> scales;      ///< of rows, or of all numbers
  bool has_known_scales = false;  ///< as in a packed file

  void round(Storage storage, bool choose_scales);
};

void Rounded::round(Storage storage, bool choose_scales) {
  std::vector<float> values = to_host(trained.value);
  if (bits == 0) {
    if (storage != Storage::fp32) values = in_16_bits(std::move(values));
  } else {
    if ((choose_scales || scales.empty()) && !has_known_scales)
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
  std::vector<Rounded*> of_images();

  Backend& backend_;
  Memory& memory_;
  const TuneConfig config_;
  const Model teacher_;  ///< as the model was
  const Model stored_;   ///< as the file will be
  std::vector<Memory> memories_;
  Adam adam_;
  std::vector<Rounded> network_;
  Rounded latents_;
  std::optional<Rounded> palettes_, shifts_;
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
  if (model.shifts) shifts_ = rounded("shifts", model.shifts, stored_.shifts, rate, images);
}

/// What is trained beside the network.
std::vector<Rounded*> Tuner::of_images() {
  std::vector<Rounded*> all = {&latents_};
  for (std::optional<Rounded>* each : {&palettes_, &shifts_})
    if (*each) all.push_back(&**each);
  return all;
}

Rounded Tuner::rounded(const std::string& name, const Tensor& trained, const Tensor& stored,
                       float rate, std::size_t gradient_rows) const {
  Rounded result{optimized(memory_, name, trained, rate, gradient_rows), stored, 0, {}, false};
  if (config_.steps_of_numbers) {
    result.bits = bits_of_packed;
    result.has_known_scales = true;
    result.scales = config_.steps_of_numbers->of(name);
  } else if (!is_sensitive(name)) {
    result.bits = bits_of(config_.storage);
  }
  return result;
}

void Tuner::round_all(std::size_t step) {
  const bool choose = step % steps_of_scales == 0;
  backend_.parallel(network_.size(), [&](std::size_t p, std::size_t) {
    network_[p].round(config_.storage, choose);
  });
  for (Rounded* each : of_images()) each->round(config_.storage, choose);
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
  for (const Rounded* each : of_images()) adam_.update(each->trained);
}

void Tuner::train_images(Memory& memory, std::size_t worker, std::size_t first, std::size_t count,
                         std::uint32_t step) const {
  const std::vector<float> points =
      random_places(config_.seed, step, first, count, config_.places_per_image);
  const std::size_t rows = points.size() / 2;
  Tape before(memory);  // the colours of the model as it was
  const Tensor target =
      colors_of_images(before, teacher_, before.constant(memory.from(points, rows, 2)), first,
                       count)
          .value();
  std::vector<Tensor> network;
  for (const Rounded& each : network_)
    network.push_back(
        each.trained.gradients.row_range(worker * each.stored.rows(), each.stored.rows()));
  const auto of = [](const std::optional<Rounded>& all) {
    return all ? all->trained.gradients : Tensor();
  };
  const ModelGradients gradients{network, latents_.trained.gradients, of(palettes_), of(shifts_)};
  Tape tape(memory, Activations::reduced);
  const Var colors = colors_of_images(tape, stored_, tape.constant(memory.from(points, rows, 2)),
                                      first, count, &gradients);
  const float weight =
      1.0F / static_cast<float>(3 * config_.places_per_image *
                                std::min(config_.images_per_step, teacher_.images.size()));
  tape.backward(weighted_squared_error(colors, tape.constant(target),
                                       tape.constant(memory.full(rows, 1, weight))));
}

}  // namespace

void tune(Memory& memory, Model& model, const TuneConfig& config,
          const std::function<void(std::size_t steps)>& after_step) {
  Tuner tuner(memory, model, config);
  for (std::size_t step = 0; step < config.steps; ++step) {
    tuner.step(step);
    if (after_step) after_step(step + 1);
  }
  model.siren.pack();
}

}  // namespace chorus
