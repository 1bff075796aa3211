#include "chorus/siren.hpp"

#include <cmath>
#include <numbers>
#include <stdexcept>
#include <utility>

#include "chorus/error.hpp"
#include "chorus/random.hpp"

namespace chorus {

namespace {

std::vector<float> uniform(RandomStream& random, std::size_t count, float bound) {
  std::vector<float> values(count);
  for (float& value : values) value = random.uniform(-bound, bound);
  return values;
}

std::vector<float> normal(RandomStream& random, std::size_t count, float deviation) {
  std::vector<float> values(count);
  for (float& value : values) value = deviation * random.normal();
  return values;
}

}  // namespace

std::string_view name(Conditioning conditioning) {
  switch (conditioning) {
    case Conditioning::input:
      return "input";
    case Conditioning::shift:
      return "shift";
    case Conditioning::film:
      return "film";
  }
  throw std::logic_error("name: unknown conditioning");
}

Conditioning parse_conditioning(std::string_view text) {
  for (const Conditioning each : {Conditioning::input, Conditioning::shift, Conditioning::film})
    if (text == name(each)) return each;
  throw Error("unknown conditioning '" + std::string(text) + "'; expected input, shift or film");
}

Siren::Siren(Memory& memory, const SirenConfig& config, std::uint64_t seed) : config_(config) {
  constexpr float hidden_bias_bound = 0.3F, modulation_deviation = 0.5F, gain_deviation = 0.15F;
  constexpr float mean_color = 0.8F;  // icons on white: where the output starts
  const std::size_t width = config.width, latent = config.latent;
  const float modulation = modulation_deviation / std::sqrt(static_cast<float>(latent));
  const float gain = gain_deviation / std::sqrt(static_cast<float>(latent));
  // Keeps the spread of the arguments of the sines constant from layer to layer (Sitzmann et al.).
  const float bound = std::sqrt(6.0F / static_cast<float>(width));
  RandomStream random(seed, 0);

  for (std::size_t l = 0; l <= config.hidden_layers; ++l) {
    const bool first = l == 0;
    const std::string prefix = first ? "first." : "hidden." + std::to_string(l - 1) + ".";
    const std::size_t inputs = first ? 2 : width;
    Layer layer;
    layer.weight = add_parameter(
        memory, prefix + "weight", first ? Role::first_weight : Role::hidden_weight, width, inputs,
        uniform(random, width * inputs, first ? config.omega_first / 2 : bound), true);
    layer.bias = add_parameter(
        memory, prefix + "bias", first ? Role::first_bias : Role::hidden_bias, 1, width,
        uniform(random, width, first ? std::numbers::pi_v<float> : hidden_bias_bound), false);
    if (first || config.conditioning != Conditioning::input)
      layer.shift = add_parameter(memory, prefix + "modulation", Role::modulation, width, latent,
                                  normal(random, width * latent, modulation), true);
    if (config.conditioning == Conditioning::film)
      layer.gain = add_parameter(memory, prefix + "gain", Role::modulation, width, latent,
                                 normal(random, width * latent, gain), true);
    layers_.push_back(layer);
  }
  Layer output;
  output.weight = add_parameter(memory, "output.weight", Role::output, config.channels, width,
                                uniform(random, config.channels * width, bound / 4), true);
  output.bias = add_parameter(memory, "output.bias", Role::output, 1, config.channels,
                              std::vector<float>(config.channels, mean_color), false);
  layers_.push_back(output);
  pack(memory.backend());
}

std::size_t Siren::add_parameter(Memory& memory, std::string name, Role role, std::size_t rows,
                                 std::size_t cols, std::span<const float> values, bool packed) {
  Parameter parameter{std::move(name), role, memory.from(values, rows, cols), {}};
  const std::size_t floats = packed ? memory.backend().packed_floats(rows, cols) : 0;
  if (floats != 0) parameter.packed = memory.tensor(1, floats);
  parameters_.push_back(std::move(parameter));
  return parameters_.size() - 1;
}

void Siren::pack(Backend& backend, std::size_t parameter) {
  const Parameter& weight = parameters_[parameter];
  if (!weight.packed) return;
  Call call{.op = Op::pack};
  call.in[0] = weight.value.const_view();
  call.out[0] = weight.packed.view();
  backend.run(call);
}

void Siren::pack(Backend& backend) {
  for (std::size_t p = 0; p < parameters_.size(); ++p) pack(backend, p);
}

std::vector<Var> Siren::on_tape(Tape& tape, std::span<const Tensor> sinks) const {
  std::vector<Var> vars;
  vars.reserve(parameters_.size());
  for (std::size_t p = 0; p < parameters_.size(); ++p) {
    const Parameter& parameter = parameters_[p];
    const float* packed = parameter.packed.const_view().data;
    // Several workers do this at once, for every tile.
    const Tensor value = parameter.value.borrowed();
    vars.push_back(sinks.empty() ? tape.constant(value, packed)
                                 : tape.variable(value, sinks[p].borrowed(), packed));
  }
  return vars;
}

std::vector<Modulation> Siren::modulate(std::span<const Var> p, const Var& latents) const {
  std::vector<Modulation> modulations;
  for (std::size_t l = 0; l + 1 < layers_.size(); ++l) {
    const Layer& layer = layers_[l];
    Modulation& each = modulations.emplace_back();
    each.shift =
        layer.shift == absent ? p[layer.bias] : linear(latents, p[layer.shift], p[layer.bias]);
    if (layer.gain != absent)
      each.gain = matmul(latents, p[layer.gain], Transpose::no, Transpose::yes);
  }
  return modulations;
}

Var Siren::decode(std::span<const Var> p, const Var& coordinates,
                  std::span<const Modulation> modulations) const {
  Var h = coordinates;
  for (std::size_t l = 0; l + 1 < layers_.size(); ++l) {
    const Layer& layer = layers_[l];
    const auto& [shift, gain] = modulations[l];
    if (layer.gain == absent) {
      h = sine_linear(h, p[layer.weight], shift);
    } else {
      const Var product = matmul(h, p[layer.weight], Transpose::no, Transpose::yes);
      h = sin(add(add(product, multiply(product, broadcast_rows(gain, h.rows()))),
                  broadcast_rows(shift, h.rows())));
    }
  }
  return linear(h, p[layers_.back().weight], p[layers_.back().bias]);
}

}  // namespace chorus
