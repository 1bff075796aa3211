#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "chorus/siren.hpp"

namespace chorus {

/// Turns the outputs of the network's last layer into colours. A new head is a class derived from
/// this one in a file of its own, a value of the enum Head with its name, and a case of
/// make_output_head().
class OutputHead {
 public:
  virtual ~OutputHead() = default;

  /// The number of outputs of the last layer.
  virtual std::size_t outputs() const = 0;

  /// Initial weights of the last layer are uniform in the range of hidden weights times this
  /// factor.
  virtual float initial_weight_factor() const = 0;
  virtual std::vector<float> initial_bias() const = 0;  ///< of the last layer

  /// Parameters of the head itself: matrices that are 0 at first. They follow those of the layers.
  struct OwnParameter {
    std::string name;
    Role role;
    std::size_t rows, cols;
  };
  virtual std::vector<OwnParameter> own_parameters() const { return {}; }

  /// The palettes of images [images x palette_numbers], if the head has any. `own` are the
  /// parameters of the head on the tape, `free` are numbers that images have beside their latents.
  virtual Var palettes(std::span<const Var> own, const Var& latents, const Var& free) const;

  /// [rows x outputs] -> [rows x channels]. Rows belong to images as in Siren::output().
  virtual Var colors(const Var& output, const Var& coordinates, const Var& palettes) const = 0;

  /// See Siren::assignment_loss(). Throws std::logic_error in heads without that loss.
  virtual Var assignment_loss(const Var& output, const Var& coordinates, const Var& palettes,
                              const Var& targets) const;
};

std::shared_ptr<const OutputHead> make_output_head(Memory& memory, const SirenConfig& config);

}  // namespace chorus
