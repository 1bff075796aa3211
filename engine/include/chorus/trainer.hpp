#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "chorus/image.hpp"
#include "chorus/model.hpp"
#include "chorus/sampler.hpp"

namespace chorus {

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
  float area_jitter = 0.5F;
  std::size_t area_flat_pixels = 4;
  std::size_t area_edge_pixels = 5;
  float area_output_rate = 8;  ///< factor on output_rate from then on: edges have to become sharp
  // Palette head, points: Siren::assignment_loss is added to the squared error with a weight that
  // falls linearly from `assignment` to 0 at assignment_until, a share of the training. Squared
  // error alone leaves areas in a blend of other entries, where the gradient of the right one's
  // weight is next to nothing.
  float assignment = 0.1F;
  double assignment_until = 0.5;
  std::size_t images_per_step = 0;  ///< 0: all, up to 256
  std::uint64_t seed = 1;
};

/// The factor on the learning rate at `progress` in [0, 1]: linear warm-up, then half a cosine to
/// 0.
double schedule_factor(double progress, double warm_up);

/// The share of the steps that is done when a share of the time is, both in [0, 1], if the steps
/// from `area_from` (a share of the steps) on take `area_cost` times as long as those before.
double share_of_steps(double share_of_time, double area_from, double area_cost);

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
  std::size_t pixels_per_step() const { return images_per_step_ * points_.pixels(); }
  /// How much longer a step on areas should take, by the number of its points.
  double area_cost() const {
    return static_cast<double>(areas_.samples()) / static_cast<double>(points_.samples());
  }

  /// Mean squared error (per pixel and channel, an unbiased estimate over all pixels) of the steps
  /// since the last call.
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
    Tensor total;      ///< their sum
    float rate = 0;
    bool is_output = false;  ///< of the output layer
  };
  struct Rows {
    std::size_t trained, first, count;
  };
  /// How a step draws pixels of each image.
  struct Draw {
    std::size_t flat_pixels, edge_pixels;
    std::size_t area_samples;  ///< see PixelDraw
    float area_jitter;
    float output_rate;                          ///< factor on the rate of the output layer
    bool assigned = false;                      ///< whether the assignment loss counts
    std::unique_ptr<Recording> recording = {};  ///< of steps that draw like this
    std::size_t pixels() const { return flat_pixels + edge_pixels; }
    std::size_t samples_of_edge() const {
      return area_samples > 1 ? area_samples * area_samples : 1;
    }
    std::size_t samples() const { return flat_pixels + edge_pixels * samples_of_edge(); }
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
  /// What Op::draw_pixels gives for a tile.
  struct Pixels {
    Tensor coordinates, colors, weights;
  };

  void add_trained(Memory& memory, const std::string& name, const Tensor& value, float rate,
                   std::size_t copies);
  void add_per_image(Memory& memory, const std::string& name, const Tensor& value, float rate);
  void plan_updates();
  Draw& draw_at(double progress);
  void upload_step(double progress);
  void compute_step(const Draw& draw);
  void train_share(const Draw& draw, std::size_t worker);
  void train_tile(const Draw& draw, const Images& images, const Images& share, std::size_t worker,
                  std::span<const SharedModulation> modulations);
  Pixels draw_pixels(const Draw& draw, Memory& memory, const Images& images);
  Var gather(Tape& tape, std::size_t per_image, const Images& images);
  void add_error(const Var& loss, std::size_t worker);
  void update_rows(const Draw& draw, const Rows& rows);
  void update_step_images(const Trained& per_image);
  Call adam_call(const Trained& trained) const;

  Backend& backend_;
  Model& model_;
  TrainConfig config_;
  PixelTable table_;
  std::size_t images_per_step_;
  Draw assigned_points_;  ///< centres of pixels, with the assignment loss
  Draw points_;           ///< centres of pixels
  Draw areas_;            ///< areas of pixels
  ImageOrder order_;
  std::vector<Memory> memories_;  ///< one for each worker
  /// The network's parameters, then what each image has of its own: latents, free palettes.
  std::vector<Trained> trained_;
  std::vector<std::vector<Tensor>> sinks_;  ///< [worker][parameter]
  std::vector<Rows> updates_;
  std::vector<Tensor> errors_;  ///< [worker], 1 x 1, summed over steps
  IndexList step_images_;
  IndexList visits_;   ///< of the step's images
  Tensor schedule_;    ///< see AdamUpdate
  Tensor assignment_;  ///< 1 x 1, the weight of the assignment loss in this step
  std::uint64_t step_ = 0;
  std::uint64_t steps_in_errors_ = 0;
};

}  // namespace chorus
