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
// The factors omega of the paper are folded into the weights: omega_first sets the range of W1,
// omega_hidden scales the learning rates of the hidden layers, which under Adam is all it does.

namespace chorus {

enum class Conditioning {
  input,  ///< M only at the first layer: the same as giving z to the network as an input
  shift,  ///< M at every layer
  film,   ///< M at every layer, and a gain: the product W h is multiplied by 1 + S z
};

struct SirenConfig {
  std::size_t width = 128;        ///< units of a layer
  std::size_t hidden_layers = 3;  ///< width x width layers, behind the first layer
  std::size_t latent = 128;       ///< numbers per image
  std::size_t channels = 3;       ///< outputs per pixel
  Conditioning conditioning = Conditioning::shift;
  float omega_first = 20;
  float omega_hidden = 30;
};

std::string_view name(Conditioning conditioning);
Conditioning parse_conditioning(std::string_view text);  ///< throws Error

/// What a parameter is for; the trainer has a learning rate for each.
enum class Role { first_weight, first_bias, hidden_weight, hidden_bias, modulation, output };

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

  /// The parameters on a tape: constants, or leaves whose derivatives go to `sinks` (one for each
  /// parameter, same shapes). The network and the sinks must outlive the tape.
  std::vector<Var> on_tape(Tape& tape, std::span<const Tensor> sinks = {}) const;

  /// latents [images x latent] to the modulations of the sine layers, first layer first.
  std::vector<Modulation> modulate(std::span<const Var> parameters, const Var& latents) const;

  /// coordinates [rows x 2], rows a multiple of images: the first rows / images rows belong to the
  /// first image, and so on. Returns [rows x channels].
  Var decode(std::span<const Var> parameters, const Var& coordinates,
             std::span<const Modulation> modulations) const;

  /// Both in one.
  Var forward(std::span<const Var> parameters, const Var& coordinates, const Var& latents) const {
    return decode(parameters, coordinates, modulate(parameters, latents));
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
};

}  // namespace chorus
