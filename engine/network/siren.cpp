#include "chorus/siren.hpp"

#include <array>
#include <cmath>
#include <numbers>
#include <stdexcept>
#include <utility>

#include "random.hpp"
#include "siren_names.hpp"

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

/// p + x gx + y gy of mixtures [rows x 9] of p, gx and gy: times the basis (1, x, y), which is
/// slope (x, y) + start, then summed by a product with fold.
FieldBasis field_basis(Memory& memory) {
  constexpr std::size_t terms = 3, channels = 3, columns = terms * channels;
  std::array<float, columns * 2> slope{};
  std::array<float, columns> start{};
  std::array<float, columns * channels> fold{};
  for (std::size_t column = 0; column < columns; ++column) {
    const std::size_t term = column / channels;
    if (term == 0)
      start[column] = 1;
    else
      slope[column * 2 + term - 1] = 1;
    fold[column * channels + column % channels] = 1;
  }
  return {memory.from(slope, columns, 2), memory.from(start, 1, columns),
          memory.from(fold, columns, channels)};
}

/// mixed [rows x 9] = mixtures of p, gx and gy; [rows x 3] = p + x gx + y gy.
Var at_places(const Var& mixed, const Var& coordinates, const FieldBasis& basis) {
  Tape& tape = mixed.tape();
  const Var terms = linear(coordinates, tape.constant(basis.slope), tape.constant(basis.start));
  return matmul(multiply(mixed, terms), tape.constant(basis.fold));
}

}  // namespace

std::size_t palette_numbers(const SirenConfig& config) {
  if (config.head != Head::palette) return 0;
  return config.palette_size * (config.palette_fields == PaletteFields::affine ? 9 : 3);
}

std::size_t free_palette_numbers(const SirenConfig& config) {
  return config.palette_source == PaletteSource::free ? palette_numbers(config) : 0;
}

std::string_view name(Head head) { return enum_names<Head>.name(head); }
std::string_view name(PaletteSource source) { return enum_names<PaletteSource>.name(source); }
std::string_view name(PaletteFields fields) { return enum_names<PaletteFields>.name(fields); }
std::string_view name(Conditioning conditioning) {
  return enum_names<Conditioning>.name(conditioning);
}
Head parse_head(std::string_view text) { return enum_names<Head>.parse(text); }
PaletteSource parse_palette_source(std::string_view text) {
  return enum_names<PaletteSource>.parse(text);
}
PaletteFields parse_palette_fields(std::string_view text) {
  return enum_names<PaletteFields>.parse(text);
}
Conditioning parse_conditioning(std::string_view text) {
  return enum_names<Conditioning>.parse(text);
}

Siren::Siren(Memory& memory, const SirenConfig& config, std::uint64_t seed) : config_(config) {
  constexpr float hidden_bias_bound = 0.3F, modulation_deviation = 0.5F, gain_deviation = 0.15F;
  constexpr float mean_color = 0.8F;  // icons on white: where the output starts
  const std::size_t width = config.width, latent = config.latent;
  const float modulation = modulation_deviation / std::sqrt(static_cast<float>(latent));
  const float gain = gain_deviation / std::sqrt(static_cast<float>(latent));
  // Keeps the spread of the arguments of the sines constant from layer to layer (Sitzmann et al.).
  const float bound = std::sqrt(6.0F / static_cast<float>(width));
  RandomStream random(seed, Stream::network_weights);

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
  const bool palette = config.head == Head::palette;
  const std::size_t outputs = palette ? config.palette_size : config.channels;
  std::vector<float> output_bias(outputs, palette ? 0.0F : mean_color);
  if (palette) output_bias[0] = 1;  // the background, more often than not
  Layer output;
  output.weight =
      add_parameter(memory, "output.weight", Role::output, outputs, width,
                    uniform(random, outputs * width, palette ? bound : bound / 4), true);
  output.bias = add_parameter(memory, "output.bias", Role::output, 1, outputs, output_bias, false);
  layers_.push_back(output);
  if (palette && config.palette_source == PaletteSource::predicted) {
    const std::size_t numbers = palette_numbers(config);
    palette_.weight = add_parameter(memory, "palette.weight", Role::palette_weight, numbers, latent,
                                    std::vector<float>(numbers * latent), true);
    palette_.bias = add_parameter(memory, "palette.bias", Role::palette_bias, 1, numbers,
                                  std::vector<float>(numbers), false);
  }
  if (palette && config.palette_fields == PaletteFields::affine) field_basis_ = field_basis(memory);
  pack(memory.backend());
}

std::size_t Siren::add_parameter(Memory& memory, std::string name, Role role, std::size_t rows,
                                 std::size_t cols, std::span<const float> values, bool packed) {
  Parameter parameter{std::move(name), role, memory.from(values, rows, cols), {}};
  const std::size_t floats = packed ? memory.backend().packed_floats(rows, cols) : 0;
  if (floats != 0) parameter.packed = memory.empty(1, floats);
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

std::vector<Var> Siren::on_tape(Tape& tape, std::span<const Tensor> grads) const {
  std::vector<Var> vars;
  vars.reserve(parameters_.size());
  for (std::size_t p = 0; p < parameters_.size(); ++p) {
    const Parameter& parameter = parameters_[p];
    const float* packed = parameter.packed.const_view().data;
    // Several workers do this at once, for every tile.
    const Tensor value = parameter.value.non_owning();
    vars.push_back(grads.empty() ? tape.constant(value, packed)
                                 : tape.variable(value, grads[p].non_owning(), packed));
  }
  return vars;
}

std::vector<Modulation> Siren::modulate(std::span<const Var> p, const Var& latents,
                                        const Var& palettes) const {
  std::vector<Modulation> modulations;
  for (std::size_t l = 0; l + 1 < layers_.size(); ++l) {
    const Layer& layer = layers_[l];
    Modulation& each = modulations.emplace_back();
    each.shift =
        layer.shift == absent ? p[layer.bias] : linear(latents, p[layer.shift], p[layer.bias]);
    if (layer.gain != absent)
      each.gain = matmul(latents, p[layer.gain], Transpose::no, Transpose::yes);
  }
  if (config_.head == Head::rgb) return modulations;
  const bool predicted = palette_.weight != absent;
  if (!predicted && !palettes.value())
    throw std::invalid_argument("Siren: this network needs palettes");
  modulations.push_back(
      {predicted ? linear(latents, p[palette_.weight], p[palette_.bias]) : palettes, {}});
  return modulations;
}

Var Siren::output(std::span<const Var> p, const Var& coordinates,
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

Var Siren::colors(const Var& output, const Var& coordinates,
                  std::span<const Modulation> modulations) const {
  if (config_.head == Head::rgb) return output;
  const Var mixed = palette_colors(output, modulations.back().shift);
  return field_basis_.slope ? at_places(mixed, coordinates, field_basis_) : mixed;
}

Var Siren::assignment_loss(const Var& output, const Var& coordinates,
                           std::span<const Modulation> modulations, const Var& targets) const {
  // 1 / (2 sigma^2); a pixel farther than 47 levels from an entry is a blend of several.
  constexpr PaletteScores scores{333, -11.5F};
  const Var palettes = output.tape().constant(modulations.back().shift.value().non_owning());
  const bool fields = config_.palette_fields == PaletteFields::affine;
  return mixture_loss(output, palette_scores(palettes, config_.palette_size, targets,
                                             fields ? coordinates : Var(), scores));
}

}  // namespace chorus
