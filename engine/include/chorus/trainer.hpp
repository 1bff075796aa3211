#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "chorus/image.hpp"
#include "chorus/model.hpp"

namespace chorus {

struct TensorFile;
struct TrainingPhase;

struct TrainConfig {
  float learning_rate = 7e-3F;  ///< of hidden weights at omega_hidden = 30
  // Factors on the learning rate.
  float first_weight_rate = 5;
  float first_bias_rate = 2;
  float modulation_rate = 1;
  float latent_rate = 3;
  float output_rate = 0.5F;
  float palette_rate = 0.2F;
  float beta1 = 0.9F;
  float beta2 = 0.99F;
  float epsilon = 1e-8F;
  double warm_up = 0.03;  ///< share of the training in which the rate rises linearly
  /// After so many steps the rate is 1 / sqrt(2) of what the schedule says, and it goes on falling
  /// with the square root of the steps: see decay_factor(). 0: never.
  double decay_steps = 5000;
  // Pixels drawn from each image in a step.
  std::size_t flat_pixels = 5;
  std::size_t edge_pixels = 11;
  // A pixel is the mean of the image over its square. From this share of the training on (1: never)
  // the network is held to that: an edge pixel is the mean of area_samples x area_samples points,
  // each in the middle area_jitter of its cell. Points anywhere in their cells would add much
  // variance to the loss, which teaches soft edges; points that never move leave the network free
  // between them.
  double area_from = 1;
  std::size_t area_samples = 3;
  float area_jitter = 0.25F;
  std::size_t area_flat_pixels = 4;
  std::size_t area_edge_pixels = 5;
  float area_output_rate = 8;  ///< factor on output_rate from then on: edges have to become sharp
  // Before area_from an edge pixel counts as the point at its centre; but no point need have the
  // colour of a blended one (see PixelTable). These are left out at first and then, from
  // blended_from on, drawn beside the others as means of blended_samples x blended_samples points.
  // 0 pixels, or no areas: they count as points, like other edge pixels.
  std::size_t blended_pixels = 2;
  std::size_t blended_samples = 2;
  double blended_from = 0.4;
  // Palette head, points: Siren::assignment_loss is added to the squared error with a weight that
  // falls linearly from `assignment` to 0 at assignment_until, a share of the training. Squared
  // error alone leaves areas in a blend of other entries, where the gradient of the right one's
  // weight is next to nothing.
  float assignment = 0.1F;
  double assignment_until = 0.5;
  std::size_t images_per_step = 0;  ///< 0: all, up to 256
  std::uint64_t seed = 1;
};

/// Trains a model in place. A step draws pixels of some images and gives each of the backend's
/// workers a share of the images. A worker computes the modulations of its share at once,
/// differentiates the mean squared error tile by tile down to the modulations, and these down to
/// the latents. Then the workers' gradients are added in a fixed order and Adam is applied: same
/// seed, backend and number of workers, same bits. Pixels that model.split holds out are never
/// read.
class Trainer {
 public:
  Trainer(Memory& memory, Model& model, const std::vector<NamedImage>& images,
          const TrainConfig& config);
  ~Trainer();
  Trainer(Trainer&&) noexcept;
  Trainer& operator=(Trainer&&) noexcept;

  /// One step at `progress` in [0, 1] of the whole training.
  void step(double progress);

  std::uint64_t steps() const;
  std::size_t pixels_per_step() const;
  std::span<const TrainingPhase> phases() const;
  /// Mean squared error of the steps since the last call, per pixel and channel: an unbiased
  /// estimate over all pixels, but without the blended ones as long as these are not drawn.
  double take_error();

  /// Everything beyond the model that is needed to go on exactly: moments and the step.
  void save_state(TensorFile& file) const;
  void load_state(const TensorFile& file, const std::string& origin);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace chorus
