#include "palette_head.hpp"

#include <stdexcept>

#include "chorus/ops.hpp"
#include "palette_ops.hpp"

namespace chorus {

PaletteHead::PaletteHead(Memory& memory, const SirenConfig& config)
    : entries_(config.palette_size),
      latent_(config.latent),
      numbers_(palette_numbers(config)),
      is_predicted_(config.palette_source == PaletteSource::predicted) {
  if (config.palette_fields == PaletteFields::affine)
    field_basis_ = field_basis(memory, config.channels);
}

PaletteHead::FieldBasis PaletteHead::field_basis(Memory& memory, std::size_t channels) {
  constexpr std::size_t terms = 3;
  const std::size_t columns = terms * channels;
  std::vector<float> slope(columns * 2), start(columns), fold(columns * channels);
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

std::vector<float> PaletteHead::initial_bias() const {
  std::vector<float> bias(entries_);
  bias[0] = 1;  // most often the background
  return bias;
}

std::vector<OutputHead::OwnParameter> PaletteHead::own_parameters() const {
  if (!is_predicted_) return {};
  return {{"palette.weight", Role::palette_weight, numbers_, latent_},
          {"palette.bias", Role::palette_bias, 1, numbers_}};
}

Var PaletteHead::palettes(std::span<const Var> own, const Var& latents, const Var& free) const {
  if (is_predicted_) return linear(latents, own[0], own[1]);
  if (!free.value()) throw std::invalid_argument("Siren: the palettes of the images are missing");
  return free;
}

Var PaletteHead::colors(const Var& output, const Var& coordinates, const Var& palettes) const {
  Var mixed = palette_colors(output, palettes);
  if (!field_basis_.slope) return mixed;
  // mixed [rows x 3 channels] holds p, gx and gy, mixed with the same weights.
  Tape& tape = mixed.tape();
  const Var factors =
      linear(coordinates, tape.constant(field_basis_.slope), tape.constant(field_basis_.start));
  return matmul(mixed * factors, tape.constant(field_basis_.fold));
}

Var PaletteHead::assignment_loss(const Var& output, const Var& coordinates, const Var& palettes,
                                 const Var& targets) const {
  // 333 is 1 / (2 sigma^2). A pixel farther than 47 levels from an entry is a blend of several.
  constexpr PaletteScores scores{333, -11.5F};
  const Var constant_palettes = output.tape().constant(palettes.value().non_owning());
  return mixture_loss(output, palette_scores(constant_palettes, entries_, targets,
                                             field_basis_.slope ? coordinates : Var(), scores));
}

}  // namespace chorus
