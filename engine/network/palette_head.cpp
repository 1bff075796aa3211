#include <stdexcept>

#include "chorus/ops.hpp"
#include "output_head.hpp"
#include "palette_ops.hpp"

namespace chorus {

namespace {

/// The outputs are logits of the entries of the image's palette: the colour is the sum over k of
/// softmax(outputs)_k e_k(x, y). An entry e_k is a colour or a colour field p + x gx + y gy.
class PaletteHead final : public OutputHead {
 public:
  PaletteHead(Memory& memory, const SirenConfig& config);

  std::size_t outputs() const override { return entries_; }
  float initial_weight_factor() const override { return 1; }
  std::vector<float> initial_bias() const override;
  std::vector<OwnParameter> own_parameters() const override;
  Var palettes(std::span<const Var> own, const Var& latents, const Var& free) const override;
  Var colors(const Var& output, const Var& coordinates, const Var& palettes) const override;
  Var assignment_loss(const Var& output, const Var& coordinates, const Var& palettes,
                      const Var& targets) const override;

 private:
  /// Constants that evaluate colour fields. The factors of p, gx and gy at a place are
  ///   (1, x, y) = slope (x, y) + start,
  /// and a product with `fold` adds up the three terms of each channel. The constants are made
  /// once, because a training step that a device has recorded cannot upload.
  struct FieldBasis {
    Tensor slope, start, fold;
  };
  static FieldBasis field_basis(Memory& memory, std::size_t channels);

  std::size_t entries_, latent_, numbers_;  ///< numbers_: length of a palette
  bool is_predicted_;
  FieldBasis field_basis_;  ///< empty if entries are constant
};

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

}  // namespace

std::shared_ptr<const OutputHead> make_palette_head(Memory& memory, const SirenConfig& config) {
  return std::make_shared<PaletteHead>(memory, config);
}

}  // namespace chorus
