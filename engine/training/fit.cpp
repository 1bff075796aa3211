#include "chorus/fit.hpp"

#include <array>
#include <cmath>
#include <optional>
#include <span>
#include <stdexcept>

#include "drawn_pixels.hpp"
#include "palette.hpp"
#include "sampler.hpp"
#include "training_plan.hpp"

namespace chorus {

namespace {

/// A leaf that Adam moves.
struct Leaf {
  Leaf(Memory& memory, std::span<const float> start)
      : value(memory.from(start, 1, start.size())),
        gradient(memory.zeros(1, start.size())),
        first_moment(memory.zeros(1, start.size())),
        second_moment(memory.zeros(1, start.size())) {}
  void forget(Backend& backend) const {
    fill(backend, first_moment, 0);
    fill(backend, second_moment, 0);
  }
  Tensor value, gradient, first_moment, second_moment;
};

constexpr float beta1 = 0.9F, beta2 = 0.99F, epsilon = 1e-8F;

void adam(Backend& backend, Leaf& leaf, const Tensor& schedule, float rate) {
  Call call{.op = Op::adam};
  call.in[0] = leaf.gradient.const_view();
  call.in[1] = schedule.const_view();
  call.out[0] = leaf.value.view();
  call.out[1] = leaf.first_moment.view();
  call.out[2] = leaf.second_moment.view();
  call.adam = {rate, beta1, beta2, epsilon};
  backend.run(call);
  fill(backend, leaf.gradient, 0);
}

std::vector<float> mean_row(Backend& backend, const Tensor& tensor) {
  const std::vector<float> all = to_host(backend, tensor);
  std::vector<double> sums(tensor.cols());
  for (std::size_t i = 0; i < all.size(); ++i) sums[i % tensor.cols()] += all[i];
  std::vector<float> mean;
  for (const double sum : sums)
    mean.push_back(static_cast<float>(sum / static_cast<double>(tensor.rows())));
  return mean;
}

}  // namespace

struct Fitter::Impl {
  Impl(Memory& memory, const Model& model, const FitConfig& config);
  std::vector<ImageCode> fit(const std::vector<NamedImage>& images);

  struct Progress;
  ImageCode fit_one(const NamedImage& image, Memory& memory) const;
  void step(Memory& memory, Progress& progress, const PixelTable& table, bool with_shifts) const;
  Var loss(Memory& memory, const Progress& progress, const PixelTable& table,
           std::span<const Var> network, std::span<const Modulation> modulations,
           double share) const;

  Backend& backend_;
  const Model& model_;
  FitConfig config_;
  std::vector<TrainingPhase> phases_;  ///< of a stage
  std::vector<float> mean_latent_, mean_palette_;
  std::vector<Memory> memories_;  ///< one for each worker
};

/// What is fitted for an image, and how far that is.
struct Fitter::Impl::Progress {
  Leaf latent;
  std::optional<Leaf> palette;  ///< if palettes are free
  std::vector<Leaf> shifts;     ///< of each sine layer
  IndexList image, visit;
  Tensor schedule;
  std::uint32_t step = 0;      ///< of both stages
  std::size_t stage_step = 0;  ///< since the moments were zero
  std::size_t stage_steps = 0;
};

Fitter::Impl::Impl(Memory& memory, const Model& model, const FitConfig& config)
    : backend_(memory.backend()),
      model_(model),
      config_(config),
      mean_latent_(mean_row(memory.backend(), model.latents)),
      mean_palette_(model.palettes ? mean_row(memory.backend(), model.palettes)
                                   : std::vector<float>{}),
      memories_(worker_memories(memory.shared_backend())) {
  if (config.latent_steps == 0) throw std::invalid_argument("fit: a latent takes steps");
  TrainConfig pixels = config.pixels;
  if (model.supersample <= 1) pixels.area_from = 1;
  phases_ = plan_training(pixels, model.siren.config().head);
}

std::vector<ImageCode> Fitter::Impl::fit(const std::vector<NamedImage>& images) {
  std::vector<ImageCode> fitted(images.size());
  backend_.parallel(images.size(), [&](std::size_t i, std::size_t worker) {
    fitted[i] = fit_one(images[i], memories_[worker]);
  });
  return fitted;
}

ImageCode Fitter::Impl::fit_one(const NamedImage& image, Memory& memory) const {
  const PixelTable table(memory, {image});
  const std::array<std::uint32_t, 1> zero = {0};
  Progress progress{.latent = Leaf(memory, mean_latent_),
                    .palette = {},
                    .shifts = {},
                    .image = IndexList(memory.shared_backend(), zero),
                    .visit = IndexList(memory.shared_backend(), zero),
                    .schedule = memory.empty(1, 3)};
  const SirenConfig& network = model_.siren.config();
  if (free_palette_numbers(network) > 0)
    progress.palette.emplace(memory, initial_palette(image.image, {}, network.palette_size,
                                                     network.palette_fields, mean_palette_));
  const std::vector<float> none(network.width);
  for (std::size_t l = 0; l <= network.hidden_layers; ++l)
    progress.shifts.emplace_back(memory, none);
  for (const bool with_shifts : {false, true}) {
    progress.latent.forget(backend_);
    if (progress.palette) progress.palette->forget(backend_);
    progress.stage_steps = with_shifts ? config_.shift_steps : config_.latent_steps;
    for (progress.stage_step = 0; progress.stage_step < progress.stage_steps; ++progress.stage_step)
      step(memory, progress, table, with_shifts);
  }
  ImageCode fitted{to_host(backend_, progress.latent.value), {}};
  if (progress.palette) fitted.palette = to_host(backend_, progress.palette->value);
  if (config_.shift_steps == 0) return fitted;
  for (const Leaf& leaf : progress.shifts) {
    const std::vector<float> shift = to_host(backend_, leaf.value);
    fitted.shifts.insert(fitted.shifts.end(), shift.begin(), shift.end());
  }
  return fitted;
}

void Fitter::Impl::step(Memory& memory, Progress& progress, const PixelTable& table,
                        bool with_shifts) const {
  constexpr double warm_up = 0.05;
  const double share =
      static_cast<double>(progress.stage_step) / static_cast<double>(progress.stage_steps);
  const double t = static_cast<double>(progress.stage_step + 1);
  const std::array<float, 3> schedule = {
      static_cast<float>(schedule_factor(share, warm_up)),
      static_cast<float>(1.0 / (1.0 - std::pow(double{beta1}, t))),
      static_cast<float>(1.0 / (1.0 - std::pow(double{beta2}, t)))};
  from_host(backend_, schedule, progress.schedule);
  const std::array<std::uint32_t, 1> number = {progress.step++};
  progress.visit.assign(backend_, number);

  Tape tape(memory, Activations::reduced);
  const std::vector<Var> network = model_.siren.on_tape(tape);
  std::vector<Modulation> modulations = model_.siren.modulate(
      network, tape.variable(progress.latent.value, progress.latent.gradient),
      progress.palette ? tape.variable(progress.palette->value, progress.palette->gradient)
                       : Var());
  for (std::size_t l = 0; with_shifts && l < progress.shifts.size(); ++l)
    modulations[l].shift = add(
        modulations[l].shift, tape.variable(progress.shifts[l].value, progress.shifts[l].gradient));
  tape.backward(loss(memory, progress, table, network, modulations, share));

  adam(backend_, progress.latent, progress.schedule, config_.latent_rate);
  if (progress.palette) adam(backend_, *progress.palette, progress.schedule, config_.palette_rate);
  if (!with_shifts) return;
  for (Leaf& shift : progress.shifts) adam(backend_, shift, progress.schedule, config_.shift_rate);
}

/// When a share of the stage's steps is done.
Var Fitter::Impl::loss(Memory& memory, const Progress& progress, const PixelTable& table,
                       std::span<const Var> network, std::span<const Modulation> modulations,
                       double share) const {
  const TrainConfig& config = config_.pixels;
  Var total;
  const auto add_loss = [&](const Var& loss) { total = total.value() ? add(total, loss) : loss; };
  for (const TrainingDraw& draw : phases_[phase_at(phases_, share)].draws) {
    const DrawnPixels pixels = draw_pixels(memory, {table, config_.seed, config.area_jitter}, draw,
                                           progress.image.view(), progress.visit.view());
    const DrawnLosses drawn = losses(model_.siren, network, modulations, pixels);
    add_loss(drawn.error);
    if (draw.assigned)
      add_loss(scale(drawn.assignment,
                     falling_weight(config.assignment, config.assignment_until, share)));
  }
  return scale(total, 1.0F / 3);
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
    throw std::invalid_argument("with_images: a latent for each image");
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
