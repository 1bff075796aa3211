#include "chorus/fit.hpp"

#include <array>
#include <optional>
#include <span>
#include <stdexcept>

#include "adam.hpp"
#include "chorus/ops.hpp"
#include "drawn_pixels.hpp"
#include "palette.hpp"
#include "sampler.hpp"
#include "training_plan.hpp"

namespace chorus {

namespace {

OptimizedParameter optimized_row(Memory& memory, std::span<const float> start, float rate) {
  return optimized(memory, {}, memory.from(start, 1, start.size()), rate, 1);
}

Var on_tape(Tape& tape, const OptimizedParameter& parameter) {
  return tape.variable(parameter.value, parameter.gradients);
}

std::vector<float> mean_row(const Tensor& tensor) {
  const std::vector<float> all = to_host(tensor);
  std::vector<double> sums(tensor.cols());
  for (std::size_t i = 0; i < all.size(); ++i) sums[i % tensor.cols()] += all[i];
  std::vector<float> mean(sums.size());
  for (std::size_t c = 0; c < mean.size(); ++c)
    mean[c] = static_cast<float>(sums[c] / static_cast<double>(tensor.rows()));
  return mean;
}

enum class Stage { latent, latent_and_shifts };

/// The numbers that are fitted for an image, and how far their fit has come.
struct Progress {
  Adam adam;
  OptimizedParameter latent;
  std::optional<OptimizedParameter> palette;  ///< if palettes are free
  std::vector<OptimizedParameter> shifts;     ///< one for each sine layer
  IndexList image, visit;                     ///< lists of one element
  std::uint32_t step = 0;                     ///< counts both stages
};

}  // namespace

struct Fitter::Impl {
  Impl(Memory& memory, const Model& model, const FitConfig& config);
  std::vector<ImageCode> fit(const std::vector<NamedImage>& images);
  ImageCode fit_one(const NamedImage& image, Memory& memory) const;
  Progress begin(const Image& image, Memory& memory) const;
  void run_stage(Memory& memory, Progress& progress, const PixelTable& table, Stage stage) const;
  void step(Memory& memory, Progress& progress, const PixelTable& table, Stage stage,
            double fraction) const;
  Var loss(Memory& memory, const Progress& progress, const PixelTable& table,
           std::span<const Var> network, const Conditioned& conditioned, double fraction) const;
  ImageCode code_of(const Progress& progress) const;

  Backend& backend_;
  const Model& model_;
  FitConfig config_;
  std::vector<TrainingPhase> phases_;  ///< of one stage
  std::vector<float> mean_latent_, mean_palette_;
  std::vector<Memory> memories_;  ///< one for each worker
};

Fitter::Impl::Impl(Memory& memory, const Model& model, const FitConfig& config)
    : backend_(memory.backend()),
      model_(model),
      config_(config),
      mean_latent_(mean_row(model.latents)),
      mean_palette_(model.palettes ? mean_row(model.palettes) : std::vector<float>{}),
      memories_(worker_memories(memory.shared_backend())) {
  if (config.latent_steps == 0)
    throw std::invalid_argument("fit: latent_steps is 0; expected at least 1");
  if (model.samples_per_axis <= 1) config_.pixels.areas.from = 1;
  phases_ = plan_training(config_.pixels, config.assignment, model.siren.config().head);
}

std::vector<ImageCode> Fitter::Impl::fit(const std::vector<NamedImage>& images) {
  for (const NamedImage& each : images)
    if (each.image.channels != model_.siren.config().channels)
      throw std::invalid_argument("fit: an image and the model differ in channels");
  std::vector<ImageCode> fitted(images.size());
  backend_.parallel(images.size(), [&](std::size_t i, std::size_t worker) {
    fitted[i] = fit_one(images[i], memories_[worker]);
  });
  return fitted;
}

ImageCode Fitter::Impl::fit_one(const NamedImage& image, Memory& memory) const {
  const PixelTable table(memory, {image});
  Progress progress = begin(image.image, memory);
  run_stage(memory, progress, table, Stage::latent);
  run_stage(memory, progress, table, Stage::latent_and_shifts);
  return code_of(progress);
}

Progress Fitter::Impl::begin(const Image& image, Memory& memory) const {
  const SirenConfig& network = model_.siren.config();
  const std::array<std::uint32_t, 1> zero = {0};
  Progress progress{.adam = Adam(memory, config_.adam),
                    .latent = optimized_row(memory, mean_latent_, config_.latent_rate),
                    .palette = {},
                    .shifts = {},
                    .image = IndexList(memory.shared_backend(), zero),
                    .visit = IndexList(memory.shared_backend(), zero)};
  if (free_palette_numbers(network) > 0)
    progress.palette = optimized_row(
        memory,
        initial_palette(image, {}, network.palette_size, network.palette_fields, mean_palette_),
        config_.palette_rate);
  const std::vector<float> no_shifts(network.width);
  for (std::size_t layer = 0; layer <= network.hidden_layers; ++layer)
    progress.shifts.push_back(optimized_row(memory, no_shifts, config_.shift_rate));
  return progress;
}

void Fitter::Impl::run_stage(Memory& memory, Progress& progress, const PixelTable& table,
                             Stage stage) const {
  forget_moments(progress.latent);
  if (progress.palette) forget_moments(*progress.palette);
  const std::size_t steps = stage == Stage::latent ? config_.latent_steps : config_.shift_steps;
  for (std::size_t k = 0; k < steps; ++k) {
    const double fraction = static_cast<double>(k) / static_cast<double>(steps);
    progress.adam.begin_step(k, schedule_factor(fraction, config_.warm_up));
    step(memory, progress, table, stage, fraction);
  }
}

/// Takes the step after a fraction of the stage's steps.
void Fitter::Impl::step(Memory& memory, Progress& progress, const PixelTable& table, Stage stage,
                        double fraction) const {
  const std::array<std::uint32_t, 1> visit = {progress.step++};
  progress.visit.assign(visit);
  Tape tape(memory, Activations::reduced);
  const std::vector<Var> network = model_.siren.on_tape(tape);
  Conditioned conditioned =
      model_.siren.condition(network, on_tape(tape, progress.latent),
                             progress.palette ? on_tape(tape, *progress.palette) : Var());
  const bool with_shifts = stage == Stage::latent_and_shifts;
  for (std::size_t l = 0; with_shifts && l < progress.shifts.size(); ++l)
    conditioned.layers[l].shift = conditioned.layers[l].shift + on_tape(tape, progress.shifts[l]);
  tape.backward(loss(memory, progress, table, network, conditioned, fraction));

  progress.adam.update(progress.latent);
  if (progress.palette) progress.adam.update(*progress.palette);
  if (!with_shifts) return;
  for (const OptimizedParameter& shift : progress.shifts) progress.adam.update(shift);
}

Var Fitter::Impl::loss(Memory& memory, const Progress& progress, const PixelTable& table,
                       std::span<const Var> network, const Conditioned& conditioned,
                       double fraction) const {
  Var total;
  const auto add_loss = [&](const Var& loss) { total = total.value() ? add(total, loss) : loss; };
  const PixelSource source{table, config_.seed, config_.pixels.areas.jitter};
  for (const TrainingDraw& draw : phases_[phase_at(phases_, fraction)].draws) {
    const DrawnPixels pixels =
        draw_pixels(memory, source, draw, progress.image.view(), progress.visit.view());
    const DrawnLosses drawn = losses(model_.siren, network, conditioned, pixels);
    add_loss(drawn.error);
    if (draw.assigned)
      add_loss(scale(drawn.assignment, assignment_weight(config_.assignment, fraction)));
  }
  return scale(total, 1.0F / 3);
}

ImageCode Fitter::Impl::code_of(const Progress& progress) const {
  ImageCode code{to_host(progress.latent.value), {}};
  if (progress.palette) code.palette = to_host(progress.palette->value);
  if (config_.shift_steps == 0) return code;
  for (const OptimizedParameter& layer : progress.shifts) {
    const std::vector<float> shift = to_host(layer.value);
    code.shifts.insert(code.shifts.end(), shift.begin(), shift.end());
  }
  return code;
}

Fitter::Fitter(Memory& memory, const Model& model, const FitConfig& config)
    : impl_(std::make_unique<Impl>(memory, model, config)) {}
Fitter::~Fitter() = default;
Fitter::Fitter(Fitter&&) noexcept = default;
Fitter& Fitter::operator=(Fitter&&) noexcept = default;

std::vector<ImageCode> Fitter::fit(const std::vector<NamedImage>& images) {
  return impl_->fit(images);
}

Model with_images(Memory& memory, const Model& model, const std::vector<NamedImage>& images,
                  const std::vector<ImageCode>& fitted) {
  if (images.empty() || images.size() != fitted.size())
    throw std::invalid_argument("with_images: expected images, and one code for each");
  std::vector<float> latents, palettes, shifts;
  for (const ImageCode& each : fitted) {
    latents.insert(latents.end(), each.latent.begin(), each.latent.end());
    palettes.insert(palettes.end(), each.palette.begin(), each.palette.end());
    shifts.insert(shifts.end(), each.shifts.begin(), each.shifts.end());
  }
  Model made = model;
  made.images = encoded(images);
  made.latents = memory.from(latents, images.size(), model.latents.cols());
  const auto rows = [&](const std::vector<float>& values) {
    return values.empty() ? Tensor()
                          : memory.from(values, images.size(), values.size() / images.size());
  };
  made.palettes = rows(palettes);
  made.shifts = rows(shifts);
  made.split = {};
  return made;
}

}  // namespace chorus
