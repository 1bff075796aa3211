#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "chorus/autodiff.hpp"
#include "chorus/version.hpp"

// The joint SIREN (Sitzmann et al. 2020, conditioned on a latent z per image):
//
//   h1 = sin(W1 (x, y) + b1 + M1 z)
//   hl = sin(Wl h(l-1) + bl + Ml z)          l = 2 .. hidden_layers + 1
//   out = Wo h + bo
//
// With the palette head, `out` are logits, and the colour is the sum over k of softmax(out)_k
// e_k(x, y), where e_k are the entries of the image's palette. The network then draws level sets,
// whose borders can be sharper than the training pixels.
//
// The factors omega of the paper are folded into the weights: omega_first sets the range of W1, and
// omega_hidden scales the learning rates of the hidden layers, which is its only effect under Adam.

namespace CHORUS_API chorus {

enum class Conditioning {
  input,  ///< M only at the first layer: the same as giving z to the network as an input
  shift,  ///< M at every layer
  film,   ///< M at every layer, and a gain: the product W h is multiplied by 1 + S z
};

/// The meaning of the network's outputs.
enum class Head {
  rgb,      ///< the colour
  palette,  ///< logits of the entries of the image's palette
};

/// Where an image's palette comes from.
enum class PaletteSource {
  free,       ///< numbers of the image beside its latent
  predicted,  ///< a linear function of the latent: P z + p
};

/// The kind of a palette's entries.
enum class PaletteFields {
  constant,  ///< a colour
  affine,    ///< a colour field p + x gx + y gy
};

struct SirenConfig {
  std::size_t width = 128;        ///< units of a layer
  std::size_t hidden_layers = 3;  ///< width x width layers, after the first layer
  std::size_t latent = 128;       ///< numbers per image
  std::size_t channels = 3;       ///< per pixel: 3, or with alpha 4 (balanced, see image.hpp)
  Conditioning conditioning = Conditioning::shift;
  float omega_first = 20;
  float omega_hidden = 30;
  Head head = Head::rgb;
  std::size_t palette_size = 12;  ///< entries; this and the next two apply to the palette head
  PaletteSource palette_source = PaletteSource::free;
  PaletteFields palette_fields = PaletteFields::constant;
};

/// The number of values in a palette: each entry has one per channel or, with affine fields, three.
/// It is 0 without the palette head. The values are stored channel by channel: red of all entries,
/// green, blue (and alpha), then gx and gy in the same way.
std::size_t palette_numbers(const SirenConfig& config);

/// palette_numbers() if palettes are stored beside the latents, else 0.
std::size_t free_palette_numbers(const SirenConfig& config);

std::string_view name(Head head);
std::string_view name(PaletteSource source);
std::string_view name(PaletteFields fields);
Head parse_head(std::string_view text);                     ///< throws Error
PaletteSource parse_palette_source(std::string_view text);  ///< throws Error
PaletteFields parse_palette_fields(std::string_view text);  ///< throws Error
std::string_view name(Conditioning conditioning);
Conditioning parse_conditioning(std::string_view text);  ///< throws Error

/// The purpose of a parameter; the trainer has a learning rate for each.
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
  Tensor value;  ///< weights as [outputs x inputs], biases as [1 x outputs]
};

/// The effect of latents on one sine layer: one row for each image, or a single row for all images
/// if the layer does not depend on the latent.
struct Modulation {
  Var shift;  ///< added to the product: b + M z
  Var gain;   ///< film only: S z
};

/// All that the network needs in order to decode some images.
struct Conditioned {
  std::vector<Modulation> layers;  ///< of the sine layers, first layer first
  Var palettes;                    ///< [images x palette_numbers] with the palette head, else empty

  /// The same with f(value) in place of each value that is not empty: layer by layer, shift before
  /// gain, then the palettes. It can bring the values to another tape, for example.
  Conditioned map(const std::function<Var(const Var&)>& f) const;
  /// The values that are not empty, in the order of map().
  std::vector<Var> values() const;
};

class OutputHead;

/// The shared network: its parameters and the formula. Latents are not part of it.
class Siren {
 public:
  /// Allocates the parameters. Their values are undefined until initialize() is called, or until
  /// other values are put in their place and packed.
  Siren(Memory& memory, const SirenConfig& config);
  /// Allocates and initializes.
  Siren(Memory& memory, const SirenConfig& config, std::uint64_t seed);

  /// Draws initial parameters at random. The same seed gives the same bits on every backend.
  void initialize(std::uint64_t seed);

  const SirenConfig& config() const { return config_; }
  std::vector<Parameter>& parameters() { return parameters_; }
  const std::vector<Parameter>& parameters() const { return parameters_; }

  /// Refreshes the packed copies of the weights. Needed whenever parameters have changed.
  void pack() const;

  /// The parameters on a tape: constants, or leaves whose derivatives are added to `grads` (one for
  /// each parameter, same shapes). The network and the grads must outlive the tape.
  std::vector<Var> on_tape(Tape& tape, std::span<const Tensor> grads = {}) const;

  // The `parameters` below are those that on_tape() returned. Coordinates are (x, y) in [-1, 1],
  // one row for each place. The number of rows is a multiple of the number of images: the first
  // rows / images rows belong to the first image, and so on.

  /// The modulations and palettes of images with these latents [images x latent]. Free palettes
  /// [images x palette_numbers()] must be given.
  Conditioned condition(std::span<const Var> parameters, const Var& latents,
                        const Var& palettes = {}) const;

  /// The formula at the head of this file, up to the last layer: colours [rows x channels], or with
  /// the palette head logits [rows x palette_size].
  Var output(std::span<const Var> parameters, const Var& coordinates,
             const Conditioned& images) const;
  /// The colours that follow from output(): [rows x channels].
  Var colors(const Var& output, const Var& coordinates, const Conditioned& images) const;

  /// output(), then colors().
  Var decode(std::span<const Var> parameters, const Var& coordinates,
             const Conditioned& images) const;
  /// condition(), then decode().
  Var forward(std::span<const Var> parameters, const Var& coordinates, const Var& latents,
              const Var& palettes = {}) const;

  /// The palette head's negative log-likelihood of the colours `targets` [rows x channels]: [rows x
  /// 1]. It treats each colour as an entry of the palette, drawn with the weights that `output`
  /// gives, plus noise of 10 of 255 levels. Palettes count as constants: they have no derivatives.
  Var assignment_loss(const Var& output, const Var& coordinates, const Conditioned& images,
                      const Var& targets) const;

 private:
  static constexpr std::size_t absent = static_cast<std::size_t>(-1);
  /// Indices of a layer's parameters in parameters_.
  struct Layer {
    std::size_t weight = absent, bias = absent, shift = absent, gain = absent;
  };

  std::size_t add_weight(Memory& memory, std::string name, Role role, std::size_t outputs,
                         std::size_t inputs);
  std::size_t add_bias(Memory& memory, std::string name, Role role, std::size_t outputs);
  void add_sine_layer(Memory& memory, std::size_t index);

  SirenConfig config_;
  std::shared_ptr<const OutputHead> head_;
  std::vector<Parameter> parameters_;  ///< those of the layers, then those of the head
  std::vector<Layer> layers_;          ///< sine layers, then the output layer
  std::size_t head_parameters_ = 0;    ///< index of the first one
};

}  // namespace chorus
