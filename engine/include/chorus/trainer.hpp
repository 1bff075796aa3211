#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <type_traits>
#include <vector>

#include "chorus/image.hpp"
#include "chorus/model.hpp"
#include "chorus/version.hpp"

namespace CHORUS_API chorus {

struct TensorFile;
class Communicator;

/// Learning rates under Adam. All but `base` are factors on it.
struct LearningRates {
  float base = 7e-3F;  ///< for the hidden layers at omega_hidden = 30
  float first_weight = 5;
  float first_bias = 2;
  float modulation = 1;
  float latent = 3;
  float output = 0.5F;
  float area_output = 8;  ///< on top of `output`, once pixels count as areas: for sharp edges
  float palette = 0.2F;
};

/// Adam (Kingma and Ba 2015, algorithm 1).
struct AdamSettings {
  float beta1 = 0.9F;
  float beta2 = 0.99F;
  float epsilon = 1e-8F;
};

/// The course of all learning rates during a training: a linear rise, then a fall to 0 along half a
/// cosine.
struct RateSchedule {
  double warm_up = 0.03;  ///< fraction of the steps in which the rates rise
  /// Rates also fall with the square root of the number of steps. After decay_steps steps they are
  /// 1 / sqrt(2) of the cosine: see decay_factor(). 0: no such decay.
  double decay_steps = 5000;
};

/// A pixel is the mean of the image over its square. In the last part of a training an edge pixel
/// is therefore the mean of samples_per_axis x samples_per_axis points, each in the middle `jitter`
/// of its cell. Points anywhere in their cells would add variance to the loss, which teaches soft
/// edges. Points that never move would leave the network unconstrained between them.
struct AreaSampling {
  double from = 1;  ///< fraction of the steps after which pixels count as areas; 1: never
  std::size_t samples_per_axis = 3;
  float jitter = 0.25F;  ///< in [0, 1]
  std::size_t flat_pixels = 4;
  std::size_t edge_pixels = 5;
};

/// Before AreaSampling::from an edge pixel counts as the point at its centre. Where an edge blends
/// two colours in a pixel, however, no point may have the blended colour. Such pixels are left out
/// at first, and later drawn beside the others as means of samples_per_axis x samples_per_axis
/// points.
struct BlendedSampling {
  double from = 0.4;  ///< fraction of the steps after which they are drawn
  /// If 0, or if pixels never count as areas, blended pixels are points like other edge pixels.
  std::size_t pixels = 2;
  std::size_t samples_per_axis = 2;
};

/// Pixels of pictures of exact drawings of the images, several times as large: Trainer::teach().
struct TaughtSampling {
  double from = 1;  ///< fraction of the steps after which they are drawn, too; 1: never
  std::size_t flat_pixels = 6;
  std::size_t edge_pixels = 32;
  std::size_t samples_per_axis = 1;
};

/// Frames of paths between images: Trainer::teach_paths(). A frame has as many pixels of each kind
/// as an image.
struct PathSampling {
  std::size_t frames_per_step = 0;  ///< 0: none, whatever teach_paths() was given
  float weight = 1;                 ///< of a frame's error, relative to an image's
};

/// How many pixels of each image a step draws, and what each of them represents. A pixel is flat if
/// it differs little from its neighbours (see PixelTable); the others are edge pixels.
struct PixelSampling {
  std::size_t flat_pixels = 5;
  std::size_t edge_pixels = 11;
  AreaSampling areas = {};
  BlendedSampling blended = {};
};

/// With the palette head, as long as pixels count as points, Siren::assignment_loss() is added to
/// the squared error with a weight that falls linearly to 0. The squared error alone can leave
/// areas in a blend of wrong entries, where the gradient of the right entry's weight is almost 0.
struct AssignmentLoss {
  float weight = 0.1F;  ///< at the start
  double until = 0.5;   ///< fraction of the steps after which the weight is 0
};

struct TrainConfig {
  LearningRates rates = {};
  AdamSettings adam = {};
  RateSchedule schedule = {};
  PixelSampling pixels = {};
  TaughtSampling taught = {};
  PathSampling paths = {};
  AssignmentLoss assignment = {};
  std::size_t images_per_step = 0;  ///< 0: all images, but at most 256
  std::uint64_t seed = 1;           ///< for the order of the images and the pixels drawn
};

/// The picture at t on a path from one image of a model to another.
struct PathFrame {
  Image picture;
  std::size_t from = 0, to = 0;  ///< images
  float t = 0;                   ///< in [0, 1]
};

/// Trains a model in place. A step draws pixels of some images, divides the images among the
/// workers of the backend, adds up the gradients of the workers in a fixed order and applies Adam.
/// The same seed, backend and number of workers give the same bits. Pixels that model.split holds
/// out are never read.
///
/// Several processes can share a training, each with its own backend, whose workers are numbered
/// from process to process. A process keeps the images, latents and palettes of divide_work()
/// (work_division.hpp) alone, and all have the same network, which they keep equal. The same
/// workers in all give the same bits for any number of processes, provided that the backends are of
/// one kind. (The reference adds in double precision, so that it comes near only.)
class Trainer {
 public:
  /// The model must outlive the trainer. Throws std::invalid_argument if the model encodes another
  /// number of images or channels, or if the settings leave a step without pixels.
  ///
  /// Where processes share the training, model and images are those of this process, and
  /// model.split.first_image is the first one's number. The constructor, step(), take_error(),
  /// save_state() and load_state() are then calls that all processes make.
  Trainer(Memory& memory, Model& model, const std::vector<NamedImage>& images,
          const TrainConfig& config, std::shared_ptr<Communicator> processes = {});
  ~Trainer();
  Trainer(Trainer&&) noexcept;
  Trainer& operator=(Trainer&&) noexcept;

  /// One picture of each image, of any size, for TaughtSampling; without a drawing, the image
  /// itself, whose held-out pixels are not read here either. Without a call nothing is taught.
  void teach(const std::vector<NamedImage>& pictures);

  /// Shows the network what lies between images: frames that its latents (1 - t) a + t b, with
  /// palettes mixed in the same way, shall draw. They are drawn along with the images from the next
  /// step on, PathSampling::frames_per_step of them in each. Throws std::invalid_argument if an end
  /// does not exist, if a step has not all images, or if processes share the training.
  void teach_paths(const std::vector<PathFrame>& frames);

  /// Takes one step, after the fraction `progress` (in [0, 1]) of the steps of the whole training.
  void step(double progress);

  std::uint64_t steps() const;
  std::size_t pixels_per_step() const;  ///< in the first phase of the training

  /// The fraction of the steps that is done after a fraction of the time, both in [0, 1], if the
  /// time of a step is proportional to its samples. A training of a given time passes this to
  /// step(): its later steps are slower, so the end of the schedule would otherwise come too late.
  double fraction_of_steps(double fraction_of_time) const;

  /// The mean squared error of the steps since the last call, per pixel and channel. It is an
  /// unbiased estimate over all pixels, except that blended ones are missing until they are drawn.
  double take_error();

  /// Saves everything beyond the model that an exact continuation needs: moments and the number of
  /// steps. Where processes share the training, process 0 gets those of all images.
  void save_state(TensorFile& file) const;
  /// Throws Error, which begins with `origin`, if something is missing or of another shape. The
  /// file is that of the whole training, however many processes share it.
  void load_state(const TensorFile& file, const std::string& origin);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

// A name for each setting, in one list for all code that reads, writes or compares settings.
// Structured bindings keep it complete: it does not compile if a struct gains or loses a field.

/// Settings of type T, const or not.
template <class Settings, class T>
concept settings_of = std::same_as<std::remove_const_t<Settings>, T>;

template <class Visitor>
void each_setting(settings_of<LearningRates> auto& rates, Visitor&& visit) {
  auto& [base, first_weight, first_bias, modulation, latent, output, area_output, palette] = rates;
  visit("learning_rate", base);
  visit("first_weight_rate", first_weight);
  visit("first_bias_rate", first_bias);
  visit("modulation_rate", modulation);
  visit("latent_rate", latent);
  visit("output_rate", output);
  visit("area_output_rate", area_output);
  visit("palette_rate", palette);
}

template <class Visitor>
void each_setting(settings_of<AdamSettings> auto& adam, Visitor&& visit) {
  auto& [beta1, beta2, epsilon] = adam;
  visit("beta1", beta1);
  visit("beta2", beta2);
  visit("epsilon", epsilon);
}

template <class Visitor>
void each_setting(settings_of<PixelSampling> auto& pixels, Visitor&& visit) {
  auto& [flat_pixels, edge_pixels, areas, blended] = pixels;
  visit("flat_pixels", flat_pixels);
  visit("edge_pixels", edge_pixels);
  auto& [area_from, area_samples, jitter, area_flat_pixels, area_edge_pixels] = areas;
  visit("area_from", area_from);
  visit("area_samples", area_samples);
  visit("area_jitter", jitter);
  visit("area_flat_pixels", area_flat_pixels);
  visit("area_edge_pixels", area_edge_pixels);
  auto& [blended_from, blended_pixels, blended_samples] = blended;
  visit("blended_from", blended_from);
  visit("blended_pixels", blended_pixels);
  visit("blended_samples", blended_samples);
}

template <class Visitor>
void each_setting(settings_of<AssignmentLoss> auto& assignment, Visitor&& visit) {
  auto& [weight, until] = assignment;
  visit("assignment", weight);
  visit("assignment_until", until);
}

/// Calls visit(name, field) for each field of the configuration and of its groups. The names are
/// those in the training state file, and do not change.
template <class Visitor>
void each_setting(settings_of<TrainConfig> auto& config, Visitor&& visit) {
  auto& [rates, adam, schedule, pixels, taught, paths, assignment, images_per_step, seed] = config;
  each_setting(rates, visit);
  each_setting(adam, visit);
  auto& [warm_up, decay_steps] = schedule;
  visit("warm_up", warm_up);
  visit("decay_steps", decay_steps);
  each_setting(pixels, visit);
  auto& [taught_from, taught_flat_pixels, taught_edge_pixels, taught_samples] = taught;
  visit("taught_from", taught_from);
  visit("taught_flat_pixels", taught_flat_pixels);
  visit("taught_edge_pixels", taught_edge_pixels);
  visit("taught_samples", taught_samples);
  auto& [path_frames, path_weight] = paths;
  visit("path_frames_per_step", path_frames);
  visit("path_weight", path_weight);
  each_setting(assignment, visit);
  visit("images_per_step", images_per_step);
  visit("seed", seed);
}

}  // namespace chorus
