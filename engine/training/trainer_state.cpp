#include <charconv>
#include <string>
#include <utility>
#include <vector>

#include "chorus/error.hpp"
#include "grow.hpp"
#include "safetensors.hpp"
#include "trainer_impl.hpp"

namespace chorus {

namespace {

std::uint64_t parse_step(const std::string& text, const std::string& origin) {
  std::uint64_t step = 0;
  const char* end = text.data() + text.size();
  const auto [stop, failure] = std::from_chars(text.data(), end, step);
  if (failure != std::errc() || stop != end)
    throw Error(origin + ": step is \"" + text + "\"; expected a whole number");
  return step;
}

}  // namespace

std::uint64_t steps_of_state(const TensorFile& file, const std::string& origin) {
  const auto found = file.metadata.find("step");
  if (found == file.metadata.end())
    throw Error(origin + ": has no step; expected a training state");
  return parse_step(found->second, origin);
}

/// Adds up the errors of the workers of all processes in their order.
double Trainer::Impl::take_error() {
  std::vector<float> own;
  own.reserve(workers_.size());
  for (const Worker& worker : workers_) {
    own.push_back(item(worker.error));
    fill(worker.error, 0);
  }
  double total = 0;
  for (const float error : gathered(*processes_, own)) total += double{error};
  total = from_first(*processes_, total);
  const double mean = steps_in_errors_ == 0 ? 0.0 : total / static_cast<double>(steps_in_errors_);
  steps_in_errors_ = 0;
  return mean;
}

std::vector<const OptimizedParameter*> Trainer::Impl::optimized_per_image() const {
  std::vector<const OptimizedParameter*> all = {&latents_};
  if (palettes_) all.push_back(&*palettes_);
  return all;
}

void Trainer::Impl::save_state(TensorFile& file) const {
  for (const OptimizedParameter& each : network_) save_moments(each, file);
  for (const OptimizedParameter* each : optimized_per_image())
    save_moments(*each, file, *processes_);
  file.metadata["step"] = std::to_string(step_);
}

void Trainer::Impl::load_state(const TensorFile& file, const std::string& origin) {
  const std::uint64_t step = steps_of_state(file, origin);
  for (const OptimizedParameter& each : network_) load_moments(each, file, origin);
  for (const OptimizedParameter* each : optimized_per_image())
    load_moments(*each, file, origin, {division_.own.first, division_.images});
  step_ = step;
}

Trainer::Trainer(Memory& memory, Model& model, const std::vector<NamedImage>& images,
                 const TrainConfig& config, std::shared_ptr<Communicator> processes)
    : impl_(std::make_unique<Impl>(memory, model, images, config, std::move(processes))) {}
Trainer::~Trainer() = default;
Trainer::Trainer(Trainer&&) noexcept = default;
Trainer& Trainer::operator=(Trainer&&) noexcept = default;

void Trainer::teach(const std::vector<NamedImage>& pictures) { impl_->teach(pictures); }
void Trainer::teach_paths(const std::vector<PathFrame>& frames) { impl_->teach_paths(frames); }
void Trainer::step(double progress) { impl_->step(progress); }
std::uint64_t Trainer::steps() const { return impl_->step_; }
std::size_t Trainer::pixels_per_step() const {
  return impl_->division_.images_per_step * impl_->phases_.front().pixels();
}
double Trainer::fraction_of_steps(double fraction_of_time) const {
  return chorus::fraction_of_steps(fraction_of_time, impl_->phases_, impl_->frames_per_image());
}
double Trainer::take_error() { return impl_->take_error(); }
void Trainer::save_state(TensorFile& file) const { impl_->save_state(file); }
void Trainer::load_state(const TensorFile& file, const std::string& origin) {
  impl_->load_state(file, origin);
}

}  // namespace chorus
