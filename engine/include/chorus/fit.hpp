#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "chorus/image.hpp"
#include "chorus/model.hpp"
#include "chorus/trainer.hpp"
#include "chorus/version.hpp"

namespace CHORUS_API chorus {

/// How an image is fitted, in two stages: the latent alone, starting from the mean of the known
/// ones, then the latent and free shifts of every sine layer. Each stage has the whole schedule of
/// rates and pixels, and fractions of the steps refer to the stage.
struct FitConfig {
  std::size_t latent_steps = 300;  ///< of the first stage; at least 1
  std::size_t shift_steps = 1700;  ///< of the second stage; 0: no second stage
  float latent_rate = 0.07F;
  float shift_rate = 0.08F;
  float palette_rate = 0.003F;  ///< for free palettes, which start as in a training
  double warm_up = 0.05;        ///< fraction of the steps in which the rates rise
  AdamSettings adam = {};
  /// Pixels count as areas only if they did so in the training of the network.
  PixelSampling pixels = {.flat_pixels = 64,
                          .edge_pixels = 128,
                          .areas = {.from = 0.75, .flat_pixels = 48, .edge_pixels = 24},
                          .blended = {.pixels = 24}};
  AssignmentLoss assignment = {};
  std::uint64_t seed = 1;  ///< for the pixels drawn
};

/// Calls visit(name, field) for each field of the configuration and of its groups.
template <class Visitor>
void each_setting(settings_of<FitConfig> auto& config, Visitor&& visit) {
  auto& [latent_steps, shift_steps, latent_rate, shift_rate, palette_rate, warm_up, adam, pixels,
         assignment, seed] = config;
  visit("latent_steps", latent_steps);
  visit("shift_steps", shift_steps);
  visit("latent_rate", latent_rate);
  visit("shift_rate", shift_rate);
  visit("palette_rate", palette_rate);
  visit("warm_up", warm_up);
  each_setting(adam, visit);
  each_setting(pixels, visit);
  each_setting(assignment, visit);
  visit("seed", seed);
}

/// Fits images that a network was not trained on, by Adam with the network frozen: first the
/// latent, then also a free shift of each unit of each sine layer, which can express more than a
/// latent. The code of an image depends only on the image, the network and the configuration.
class Fitter {
 public:
  /// The model must outlive the fitter. Throws std::invalid_argument if latent_steps is 0 or if the
  /// settings leave a step without pixels.
  Fitter(Memory& memory, const Model& model, const FitConfig& config);
  ~Fitter();
  Fitter(Fitter&&) noexcept;
  Fitter& operator=(Fitter&&) noexcept;

  /// Fits all images, each on one of the backend's workers. If shift_steps is 0, the codes have no
  /// shifts. Throws std::invalid_argument if an image and the model differ in channels.
  std::vector<ImageCode> fit(const std::vector<NamedImage>& images);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

/// The same network with other images: their latents and, if they have them, palettes and shifts.
/// Throws std::invalid_argument if there are no images, or not one code for each.
Model with_images(Memory& memory, const Model& model, const std::vector<NamedImage>& images,
                  const std::vector<ImageCode>& fitted);

}  // namespace chorus
