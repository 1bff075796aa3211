#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "chorus/image.hpp"
#include "chorus/model.hpp"
#include "chorus/trainer.hpp"

namespace chorus {

struct FitConfig {
  std::size_t latent_steps = 300;  ///< on the latent alone, from the mean of the known ones
  std::size_t shift_steps = 1700;  ///< then on the latent and free shifts of every sine layer
  float latent_rate = 0.07F;
  float shift_rate = 0.08F;
  float palette_rate = 0.003F;  ///< of free palettes, which start as those of a training do
  /// What plan_training makes of it is each stage's plan: which pixels are drawn when. Pixels count
  /// as areas only if the network was trained on areas.
  TrainConfig pixels = {.flat_pixels = 64,
                        .edge_pixels = 128,
                        .area_from = 0.75,
                        .area_flat_pixels = 48,
                        .area_edge_pixels = 24,
                        .blended_pixels = 24};
  std::uint64_t seed = 1;
};

/// Fits an image that a network was not trained on, by Adam with the network frozen: first its
/// latent, then (with shift_steps) also a free shift of each unit of each sine layer, which is more
/// than a latent can say. An image is fitted by one worker and depends on nothing but itself and
/// the seed.
class Fitter {
 public:
  Fitter(Memory& memory, const Model& model, const FitConfig& config);
  ~Fitter();
  Fitter(Fitter&&) noexcept;
  Fitter& operator=(Fitter&&) noexcept;

  /// Fits all images on the backend's workers, one image each. Without shift_steps the codes have
  /// no shifts.
  std::vector<ImageCode> fit(const std::vector<NamedImage>& images);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

/// A model of the same network with other images: their latents and, if they have them, shifts.
Model with_images(Memory& memory, const Model& model, const std::vector<NamedImage>& images,
                  const std::vector<ImageCode>& fitted);

}  // namespace chorus
