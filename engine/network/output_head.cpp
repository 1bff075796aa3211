#include "output_head.hpp"

#include <stdexcept>

#include "chorus/image.hpp"
#include "palette_head.hpp"

namespace chorus {

namespace {

/// The outputs are the colours.
class ColorHead final : public OutputHead {
 public:
  explicit ColorHead(std::size_t channels) : channels_(channels) {}

  std::size_t outputs() const override { return channels_; }
  float initial_weight_factor() const override { return 0.25F; }
  std::vector<float> initial_bias() const override {
    if (channels_ == 4) return {0.5F, 0.5F, 0.5F, balanced_alpha / 2};  // icons on nothing
    constexpr float mean_color = 0.8F;                                  // icons on white
    return std::vector<float>(channels_, mean_color);
  }
  Var colors(const Var& output, const Var&, const Var&) const override { return output; }

 private:
  std::size_t channels_;
};

}  // namespace

Var OutputHead::palettes(std::span<const Var>, const Var&, const Var&) const { return {}; }

Var OutputHead::assignment_loss(const Var&, const Var&, const Var&, const Var&) const {
  throw std::logic_error("assignment_loss: expected the palette head");
}

std::shared_ptr<const OutputHead> make_output_head(Memory& memory, const SirenConfig& config) {
  switch (config.head) {
    case Head::rgb:
      return std::make_shared<ColorHead>(config.channels);
    case Head::palette:
      return std::make_shared<PaletteHead>(memory, config);
  }
  throw std::logic_error("make_output_head: unknown head");
}

}  // namespace chorus
