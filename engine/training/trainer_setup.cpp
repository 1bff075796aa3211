#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>
#include <utility>

#include "trainer_impl.hpp"

namespace chorus {

namespace {

constexpr std::size_t most_images_per_step = 256;

std::size_t choose_images_per_step(const TrainConfig& config, std::size_t images) {
  const std::size_t wanted =
      config.images_per_step == 0 ? most_images_per_step : config.images_per_step;
  return std::min(wanted, images);
}

void require_images_of(const Model& model, const std::vector<NamedImage>& images) {
  if (images.size() != model.images.size())
    throw std::invalid_argument(fmt::format("Trainer: {} images; expected {}, as in the model",
                                            images.size(), model.images.size()));
  for (const NamedImage& each : images)
    if (each.image.channels != model.siren.config().channels)
      throw std::invalid_argument(fmt::format("Trainer: an image of {} channels; expected {}",
                                              each.image.channels, model.siren.config().channels));
}

}  // namespace

Trainer::Impl::Impl(Memory& memory, Model& model, const std::vector<NamedImage>& images,
                    const TrainConfig& config)
    : memory_(memory),
      backend_(memory.backend()),
      model_(model),
      config_(config),
      table_(memory, images, model.split),
      images_per_step_(choose_images_per_step(config, images.size())),
      order_(images.size(), images_per_step_, config.seed),
      phases_(plan_training(config.pixels, config.assignment, model.siren.config().head,
                            config.taught)),
      graphs_(phases_.size()),
      adam_(memory, config.adam, 1),
      latents_(optimized(memory, "latents", model.latents, config.rates.base * config.rates.latent,
                         images_per_step_)),
      step_images_(memory.shared_backend(), std::vector<std::uint32_t>(2 * images_per_step_)) {
  require_images_of(model, images);
  const std::size_t workers = backend_.workers_for(images_per_step_ * phases_.front().samples());
  for (const Parameter& parameter : model.siren.parameters())
    network_.push_back(optimized(memory, parameter.name, parameter.value,
                                 learning_rate(config.rates, model.siren.config(), parameter.role),
                                 workers * parameter.value.rows()));
  if (model.palettes)
    palettes_ = optimized(memory, "palettes", model.palettes,
                          config.rates.base * config.rates.palette, images_per_step_);
  add_workers(memory, workers);
  plan_updates();
}

void Trainer::Impl::teach(const std::vector<NamedImage>& pictures) {
  require_images_of(model_, pictures);
  taught_.emplace(memory_, pictures, [&](std::size_t image, PixelSize size) {
    return size == model_.images[image].size() ? held_out_pixels(model_.split, image, size)
                                               : std::vector<bool>(size.width * size.height);
  });
  // Recorded steps know nothing of the new table.
  for (std::unique_ptr<CapturedGraph>& graph : graphs_) graph.reset();
}

/// Pixels of pictures that teach are drawn from another seed, or else in the same places as those
/// of the images.
PixelSource Trainer::Impl::source_of(const TrainingDraw& draw) const {
  const float jitter = config_.pixels.areas.jitter;
  if (draw.of_taught) return {*taught_, config_.seed + (std::uint64_t{1} << 63U), jitter};
  return {table_, config_.seed, jitter};
}

void Trainer::Impl::add_workers(Memory& memory, std::size_t count) {
  std::vector<Memory> memories = worker_memories(memory.shared_backend());
  for (std::size_t w = 0; w < count; ++w) {
    Memory& own = memories[w];
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
