#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "chorus/image.hpp"
#include "chorus/model.hpp"
#include "sampler.hpp"
#include "training_plan.hpp"

namespace chorus {

struct TensorFile;

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

  /// One step at `progress` in [0, 1] of the whole training.
  void step(double progress);

  std::uint64_t steps() const { return step_; }
  std::size_t pixels_per_step() const { return images_per_step_ * phases_.front().pixels(); }
  std::span<const TrainingPhase> phases() const { return phases_; }
  /// Mean squared error of the steps since the last call, per pixel and channel: an unbiased
  /// estimate over all pixels, but without the blended ones as long as these are not drawn.
  double take_error();

  /// Everything beyond the model that is needed to go on exactly: moments and the step.
  void save_state(TensorFile& file) const;
  void load_state(const TensorFile& file, const std::string& origin);

 private:
  /// A parameter with what Adam keeps for it.
  struct Trained {
    std::string name;
    Tensor value, first_moment, second_moment;
    Tensor gradients;  ///< one stacked copy for each worker
    float rate = 0;
    bool is_output = false;  ///< of the output layer
  };
  struct Rows {
    std::size_t trained, first, count;
  };
  /// Some consecutive images of a step.
  struct Images {
    std::size_t first, count;
  };
  /// A modulation of a share of images, and the sum of its derivatives over the share's tiles.
  struct SharedModulation {
    Modulation value;
    Tensor shift_derivative, gain_derivative;
  };

  void add_trained(Memory& memory, const std::string& name, const Tensor& value, float rate,
                   std::size_t copies);
  void add_per_image(Memory& memory, const std::string& name, const Tensor& value, float rate);
  void plan_updates();
  void upload_step(double progress);
  void compute_step(const TrainingPhase& phase);
  void train_share(const TrainingPhase& phase, std::size_t worker);
  void train_tile(const TrainingDraw& draw, const Images& images, const Images& share,
                  std::size_t worker, std::span<const SharedModulation> modulations);
  IndexView visits(const Images& images) const;
  Tensor assignment() const;  ///< 1 x 1, the weight of the assignment loss in this step
  Var gather(Tape& tape, std::size_t per_image, const Images& images);
  void add_error(const Var& loss, std::size_t worker);
  void update_rows(const TrainingPhase& phase, const Rows& rows);
  void update_step_images(const Trained& per_image);
  Call adam_call(const Trained& trained) const;

  Backend& backend_;
  Model& model_;
  TrainConfig config_;
  PixelTable table_;
  std::size_t images_per_step_;
  std::vector<TrainingPhase> phases_;
  std::vector<std::unique_ptr<CapturedGraph>> graphs_;  ///< of a step of each phase
  ImageOrder order_;
  std::vector<Memory> memories_;  ///< one for each worker
  /// The network's parameters, then what each image has of its own: latents, free palettes.
  std::vector<Trained> trained_;
  std::vector<std::vector<Tensor>> grads_;  ///< [worker][parameter]
  std::vector<Rows> updates_;
  std::vector<Tensor> errors_;  ///< [worker], 1 x 1, summed over steps
  // What changes from step to step, in two uploads.
  IndexList step_images_;  ///< images of the step, then how often each of them came up before
  Tensor step_numbers_;  ///< the schedule (see AdamUpdate), then the weight of the assignment loss
  std::uint64_t step_ = 0;
  std::uint64_t steps_in_errors_ = 0;
};

}  // namespace chorus
