#include <algorithm>
#include <stdexcept>
#include <utility>

#include "formatted.hpp"
#include "trainer_impl.hpp"

namespace chorus {

namespace {

void require_images_of(const Model& model, const std::vector<NamedImage>& images) {
  if (images.size() != model.images.size())
    throw std::invalid_argument(formatted("Trainer: {} images; expected {}, as in the model",
                                          images.size(), model.images.size()));
  for (const NamedImage& each : images)
    if (each.image.channels != model.siren.config().channels)
      throw std::invalid_argument(formatted("Trainer: an image of {} channels; expected {}",
                                            each.image.channels, model.siren.config().channels));
}

void require_own_images(const Model& model, const ImageRange& own) {
  if (model.images.size() == own.count && (own.count == 0 || model.split.first_image == own.first))
    return;
  throw std::invalid_argument(
      formatted("Trainer: {} images from image {} on; expected {} from image {} on, since "
                "processes share the training",
                model.images.size(), model.split.first_image, own.count, own.first));
}

/// A process that is alone uses as many workers as the points of a step are worth.
WorkDivision divided(const Backend& backend, Communicator& processes, std::size_t own_images,
                     const TrainConfig& config, const TrainingPhase& phase) {
  const std::size_t images = sum_of(processes, own_images);
  const std::size_t points = images_per_step(config, images) * phase.samples();
  const std::size_t workers =
      processes.size() == 1 ? backend.workers_for(points) : backend.workers();
  return divide_work(all_of(processes, workers), processes.rank(), images, config);
}

}  // namespace

Trainer::Impl::Impl(Memory& memory, Model& model, const std::vector<NamedImage>& images,
                    const TrainConfig& config, std::shared_ptr<Communicator> processes)
    : memory_(memory),
      backend_(memory.backend()),
      model_(model),
      config_(config),
      processes_(processes ? std::move(processes) : alone()),
      phases_(plan_training(config.pixels, config.assignment, model.siren.config().head,
                            config.taught, config.paths)),
      division_(divided(backend_, *processes_, images.size(), config, phases_.front())),
      table_(memory, images, model.split),
      recorded_(phases_.size()),
      adam_(memory, config.adam, 1),
      latents_(optimized(memory, "latents", model.latents, config.rates.base * config.rates.latent,
                         division_.own_of_step.count)),
      step_images_(memory.shared_backend(),
                   std::vector<std::uint32_t>(2 * division_.own_of_step.count)) {
  require_images_of(model, images);
  require_own_images(model, division_.own);
  const bool is_alone = processes_->size() == 1;
  for (const Parameter& parameter : model.siren.parameters())
    network_.push_back(
        optimized(memory, parameter.name, parameter.value,
                  learning_rate(config.rates, model.siren.config(), parameter.role),
                  (is_alone ? division_.workers.size() : 1) * parameter.value.rows()));
  if (model.palettes)
    palettes_ = optimized(memory, "palettes", model.palettes,
                          config.rates.base * config.rates.palette, division_.own_of_step.count);
  add_workers(memory);
  plan_updates();
}

void Trainer::Impl::teach(const std::vector<NamedImage>& pictures) {
  require_images_of(model_, pictures);
  taught_.emplace(
      memory_, pictures,
      [&](std::size_t image, PixelSize size) {
        return size == model_.images[image].size() ? held_out_pixels(model_.split, image, size)
                                                   : std::vector<bool>(size.width * size.height);
      },
      model_.split.first_image);
  // Recorded steps know nothing of the new table.
  for (RecordedStep& each : recorded_) each = {};
}

/// Pixels of pictures that teach are drawn from another seed, or else in the same places as those
/// of the images.
PixelSource Trainer::Impl::source_of(const TrainingDraw& draw) const {
  const float jitter = config_.pixels.areas.jitter;
  constexpr std::uint64_t of_taught = std::uint64_t{1} << 63U, of_paths = std::uint64_t{1} << 62U;
  if (draw.from == DrawnFrom::taught) return {*taught_, config_.seed + of_taught, jitter};
  if (draw.from == DrawnFrom::paths) return {paths_->table, config_.seed + of_paths, jitter};
  return {table_, config_.seed, jitter};
}

void Worker::choose_images(std::uint64_t step, std::vector<std::uint32_t>& images,
                           std::vector<std::uint32_t>& visits) {
  if (!order) return;
  for (const std::uint32_t image : order->step(step))
    images.push_back(static_cast<std::uint32_t>(first_image + image));
  visits.insert(visits.end(), order->visits().begin(), order->visits().end());
}

void Trainer::Impl::add_workers(Memory& memory) {
  const bool is_alone = processes_->size() == 1;
  std::vector<Memory> memories = worker_memories(memory.shared_backend());
  for (std::size_t w = 0; w < division_.workers.size(); ++w) {
    Memory& own = memories[w];
    std::vector<Tensor> grads;
    for (const OptimizedParameter& each : network_)
      grads.push_back(is_alone ? each.gradients.row_range(w * each.value.rows(), each.value.rows())
                               : own.zeros(each.value.rows(), each.value.cols()));
    const Tensor error = own.zeros(1, 1);
    const auto& [all, of_step] = division_.workers[w];
    workers_.push_back({std::move(own),
                        std::move(grads),
                        error,
                        {of_step.first - division_.own_of_step.first, of_step.count},
                        0,
                        all.first - division_.own.first,
                        {}});
    // The first worker has the order that a worker alone has.
    if (all.count > 0)
      workers_.back().order.emplace(all.count, of_step.count,
                                    config_.seed + all.first * 0x9E3779B97F4A7C15ULL);
  }
  if (is_alone) return;
  std::size_t numbers = 0;
  for (const OptimizedParameter& each : network_) numbers += each.value.size();
  sum_.emplace(*processes_, workers_.size(), numbers);
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
