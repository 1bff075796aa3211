#pragma once

#include "output_head.hpp"

namespace chorus {

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

}  // namespace chorus
