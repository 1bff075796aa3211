#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "chorus/ops.hpp"

// The joint SIREN (Sitzmann et al. 2020, conditioned on a latent z per image):
//
//   h1 = sin(W1 (x, y) + b1 + M1 z)
//   hl = sin(Wl h(l-1) + bl + Ml z)          l = 2 .. hidden_layers + 1
//   out = Wo h + bo
//
// With the palette head, out are logits, and the colour is sum over k of softmax(out)_k e_k(x, y),
// where e_k are the entries of the image's palette: the network draws level sets, whose borders may
// be sharper than the pixels it was trained on.
//
// The factors omega of the paper are folded into the weights: omega_first sets the range of W1,
// omega_hidden scales the learning rates of the hidden layers, which under Adam is all it does.

namespace chorus {

enum class Conditioning {
  input,  ///< M only at the first layer: the same as giving z to the network as an input
  shift,  ///< M at every layer
  film,   ///< M at every layer, and a gain: the product W h is multiplied by 1 + S z
};

/// What the outputs of the network are.
enum class Head {
  rgb,      ///< the colour
  palette,  ///< logits of the entries of the image's palette
};

/// Where an image's palette comes from.
enum class PaletteSource {
  free,       ///< numbers of the image beside its latent
  predicted,  ///< a linear function of the latent: P z + p
};

/// What an entry of a palette is.
enum class PaletteFields {
  constant,  ///< a colour
  affine,    ///< a colour field p + x gx + y gy
};

struct SirenConfig {
  std::size_t width = 128;        ///< units of a layer
  std::size_t hidden_layers = 3;  ///< width x width layers, behind the first layer
  std::size_t latent = 128;       ///< numbers per image
  std::size_t channels = 3;       ///< outputs per pixel
  Conditioning conditioning = Conditioning::shift;
  float omega_first = 20;
  float omega_hidden = 30;
  Head head = Head::rgb;
  std::size_t palette_size = 12;  ///< entries; here and below: with the palette head
  PaletteSource palette_source = PaletteSource::free;
  PaletteFields palette_fields = PaletteFields::constant;
};

/// ActivationTypes of a palette: 3 or, with affine fields, 9 for each entry; 0 without the palette
/// head. They lie channel by channel: red of all entries, green, blue, then gx and gy in the same
/// way.
std::size_t palette_numbers(const SirenConfig& config);

/// palette_numbers if palettes ride beside the latents, else 0.
std::size_t free_palette_numbers(const SirenConfig& config);

std::string_view name(Head head);
std::string_view name(PaletteSource source);
std::string_view name(PaletteFields fields);
Head parse_head(std::string_view text);                     ///< throws Error
PaletteSource parse_palette_source(std::string_view text);  ///< throws Error
PaletteFields parse_palette_fields(std::string_view text);  ///< throws Error
std::string_view name(Conditioning conditioning);
Conditioning parse_conditioning(std::string_view text);  ///< throws Error

/// What a parameter is for; the trainer has a learning rate for each.
enum class Role {
  first_weight,
  first_bias,
  hidden_weight,
  hidden_bias,
  modulation,
  output,
  palette_weight,
  palette_bias,
};

struct Parameter {
  std::string name;  ///< as in the model file: "hidden.0.weight"
  Role role = Role::hidden_weight;
  Tensor value;   ///< weights as [outputs x inputs], biases as [1 x outputs]
  Tensor packed;  ///< Op::pack copy of a weight, or empty
};

/// What a latent does to one sine layer: rows of numbers, one row for each image, or a single one
/// that all images share where the layer does not depend on the latent.
struct Modulation {
  Var shift;  ///< added to the product: b + M z
  Var gain;   ///< film alone: S z
};

/// Constants that colour fields are evaluated with, made once: a training step that a device has
/// recorded cannot upload.
struct FieldBasis {
  Tensor slope, start, fold;
};

/// The shared network: its parameters and the formula. Latents are not part of it.
class Siren {
 public:
  /// Initial weights are drawn from (seed): same seed, same bits on every backend.
  Siren(Memory& memory, const SirenConfig& config, std::uint64_t seed);

  const SirenConfig& config() const { return config_; }
  std::vector<Parameter>& parameters() { return parameters_; }
  const std::vector<Parameter>& parameters() const { return parameters_; }

  /// Refreshes the packed copies; needed after the values changed.
  void pack(Backend& backend);
  void pack(Backend& backend, std::size_t parameter);

  /// The parameters on a tape: constants, or leaves whose derivatives go to `grads` (one for each
  /// parameter, same shapes). The network and the grads must outlive the tape.
  std::vector<Var> on_tape(Tape& tape, std::span<const Tensor> grads = {}) const;

  /// latents [images x latent] to the modulations of the sine layers, first layer first. With the
  /// palette head one more stands at the end, whose shift is the images' palettes [images x
  /// palette_numbers]: predicted, or those given.
  std::vector<Modulation> modulate(std::span<const Var> parameters, const Var& latents,
                                   const Var& palettes = {}) const;

  /// coordinates [rows x 2], rows a multiple of images: the first rows / images rows belong to the
  /// first image, and so on. Returns colours [rows x channels].
  Var decode(std::span<const Var> parameters, const Var& coordinates,
             std::span<const Modulation> modulations) const {
    return colors(output(parameters, coordinates, modulations), coordinates, modulations);
  }

  /// The two halves of decode: what the last layer gives, colours or the logits of palettes, and
  /// the colours that follow from it.
  Var output(std::span<const Var> parameters, const Var& coordinates,
             std::span<const Modulation> modulations) const;
  Var colors(const Var& output, const Var& coordinates,
             std::span<const Modulation> modulations) const;

  /// Palette head: the negative log-likelihood of `targets` [rows x 3] if each is an entry of its
  /// palette, drawn with the weights that `output` gives, up to noise of 10 8-bit levels. Teaches
  /// the weights only: palettes are taken as constant. [rows x 1].
  Var assignment_loss(const Var& output, const Var& coordinates,
                      std::span<const Modulation> modulations, const Var& targets) const;

  /// Both in one.
  Var forward(std::span<const Var> parameters, const Var& coordinates, const Var& latents,
              const Var& palettes = {}) const {
    return decode(parameters, coordinates, modulate(parameters, latents, palettes));
  }

 private:
  static constexpr std::size_t absent = static_cast<std::size_t>(-1);
  /// Places of a layer's parameters in parameters_.
  struct Layer {
    std::size_t weight = absent, bias = absent, shift = absent, gain = absent;
  };

  std::size_t add_parameter(Memory& memory, std::string name, Role role, std::size_t rows,
                            std::size_t cols, std::span<const float> values, bool packed);

  SirenConfig config_;
  std::vector<Parameter> parameters_;
  std::vector<Layer> layers_;  ///< sine layers, then the output layer
  Layer palette_;              ///< P and p of predicted palettes
  FieldBasis field_basis_;     ///< empty where there are no affine fields
};

}  // namespace chorus
