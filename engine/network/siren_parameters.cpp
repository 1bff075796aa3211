#include <cmath>
#include <numbers>
#include <utility>

#include "chorus/siren.hpp"
#include "output_head.hpp"
#include "random.hpp"

// The network's parameters: their names, shapes and initial values.

namespace chorus {

Siren::Siren(Memory& memory, const SirenConfig& config)
    : config_(config), head_(make_output_head(memory, config)) {
  for (std::size_t l = 0; l <= config.hidden_layers; ++l) add_sine_layer(memory, l);
  Layer output;
  output.weight = add_weight(memory, "output.weight", Role::output, head_->outputs(), config.width);
  output.bias = add_bias(memory, "output.bias", Role::output, head_->outputs());
  layers_.push_back(output);
  head_parameters_ = parameters_.size();
  for (const auto& [name, role, rows, cols] : head_->own_parameters())
    rows == 1 ? add_bias(memory, name, role, cols) : add_weight(memory, name, role, rows, cols);
}

Siren::Siren(Memory& memory, const SirenConfig& config, std::uint64_t seed)
    : Siren(memory, config) {
  initialize(seed);
}

void Siren::add_sine_layer(Memory& memory, std::size_t index) {
  const std::size_t width = config_.width, latent = config_.latent;
  const bool first = index == 0;
  const std::string prefix = first ? "first." : "hidden." + std::to_string(index - 1) + ".";
  Layer layer;
  layer.weight =
      add_weight(memory, prefix + "weight", first ? Role::first_weight : Role::hidden_weight, width,
                 first ? 2 : width);
  layer.bias =
      add_bias(memory, prefix + "bias", first ? Role::first_bias : Role::hidden_bias, width);
  if (first || config_.conditioning != Conditioning::input)
    layer.shift = add_weight(memory, prefix + "modulation", Role::modulation, width, latent);
  if (config_.conditioning == Conditioning::film)
    layer.gain = add_weight(memory, prefix + "gain", Role::modulation, width, latent);
  layers_.push_back(layer);
}

std::size_t Siren::add_weight(Memory& memory, std::string name, Role role, std::size_t outputs,
                              std::size_t inputs) {
  parameters_.push_back({std::move(name), role, memory.weight(outputs, inputs)});
  return parameters_.size() - 1;
}

std::size_t Siren::add_bias(Memory& memory, std::string name, Role role, std::size_t outputs) {
  parameters_.push_back({std::move(name), role, memory.empty(1, outputs)});
  return parameters_.size() - 1;
}

void Siren::initialize(std::uint64_t seed) {
  RandomStream random(seed, Stream::network_weights);
  const auto draw = [&](std::size_t parameter, auto number) {
    std::vector<float> values(parameters_[parameter].value.size());
    for (float& value : values) value = number();
    from_host(values, parameters_[parameter].value);
  };
  const auto uniform = [&](std::size_t parameter, float bound) {
    draw(parameter, [&] { return random.uniform(-bound, bound); });
  };
  const auto normal = [&](std::size_t parameter, float deviation) {
    if (parameter != absent) draw(parameter, [&] { return deviation * random.normal(); });
  };
  // Keeps the spread of the arguments of the sines the same in all layers (Sitzmann et al.).
  const float bound = std::sqrt(6.0F / static_cast<float>(config_.width));
  const float per_latent = std::sqrt(static_cast<float>(config_.latent));
  for (std::size_t l = 0; l + 1 < layers_.size(); ++l) {
    uniform(layers_[l].weight, l == 0 ? config_.omega_first / 2 : bound);
    uniform(layers_[l].bias, l == 0 ? std::numbers::pi_v<float> : 0.3F);
    normal(layers_[l].shift, 0.5F / per_latent);
    normal(layers_[l].gain, 0.15F / per_latent);
  }
  uniform(layers_.back().weight, head_->initial_weight_factor() * bound);
  from_host(head_->initial_bias(), parameters_[layers_.back().bias].value);
  for (std::size_t p = head_parameters_; p < parameters_.size(); ++p) fill(parameters_[p].value, 0);
  pack();
}

void Siren::pack() const {
  for (const Parameter& parameter : parameters_) chorus::pack(parameter.value);
}

}  // namespace chorus
