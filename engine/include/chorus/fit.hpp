#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "chorus/image.hpp"
#include "chorus/model.hpp"
#include "sampler.hpp"
#include "training_plan.hpp"

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

  /// Fits all images on the backend's workers, one image each. Without shift_steps the codes have
  /// no shifts.
  std::vector<ImageCode> fit(const std::vector<NamedImage>& images);

 private:
  struct Progress;
  ImageCode fit_one(const NamedImage& image, Memory& memory) const;
  void step(Memory& memory, Progress& progress, const PixelTable& table, bool with_shifts) const;
  Var loss(Memory& memory, const Progress& progress, const PixelTable& table,
           std::span<const Var> network, std::span<const Modulation> modulations,
           double share) const;

  Backend& backend_;
  const Model& model_;
  FitConfig config_;
  std::vector<TrainingPhase> phases_;  ///< of a stage
  std::vector<float> mean_latent_, mean_palette_;
  std::vector<Memory> memories_;  ///< one for each worker
};

/// A model of the same network with other images: their latents and, if they have them, shifts.
Model with_images(Memory& memory, const Model& model, const std::vector<NamedImage>& images,
                  const std::vector<ImageCode>& fitted);

}  // namespace chorus
