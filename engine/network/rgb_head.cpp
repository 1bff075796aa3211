#include "chorus/image.hpp"
#include "output_head.hpp"

namespace chorus {

namespace {

/// The outputs are the colours.
class RgbHead final : public OutputHead {
 public:
  explicit RgbHead(std::size_t channels) : channels_(channels) {}

  std::size_t outputs() const override { return channels_; }
  float initial_weight_factor() const override { return 0.25F; }
  std::vector<float> initial_bias() const override {
    if (channels_ == 4) return {0.5F, 0.5F, 0.5F, balanced_alpha / 2};  // transparent icons
    constexpr float mean_color = 0.8F;                                  // icons on white
    return std::vector<float>(channels_, mean_color);
  }
  Var colors(const Var& output, const Var&, const Var&) const override { return output; }

 private:
  std::size_t channels_;
};

}  // namespace

std::shared_ptr<const OutputHead> make_rgb_head(Memory&, const SirenConfig& config) {
  return std::make_shared<RgbHead>(config.channels);
}

}  // namespace chorus
