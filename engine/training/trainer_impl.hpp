#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "adam.hpp"
#include "chorus/autodiff.hpp"
#include "chorus/trainer.hpp"
#include "drawn_pixels.hpp"
#include "sampler.hpp"
#include "training_plan.hpp"

// The members of a Trainer. trainer_setup.cpp makes them, trainer.cpp takes the steps, and
// trainer_state.cpp answers what is asked between steps.

namespace chorus {

/// Some consecutive images of a step.
struct ImageRange {
  std::size_t first = 0, count = 0;
};

/// The part of the network that one task updates: some rows of one parameter.
struct UpdateTask {
  std::size_t parameter = 0;  ///< index of the parameter
  RowRange rows;
};

/// The data of one worker.
struct Worker {
  Memory memory;
  std::vector<Tensor> grads;  ///< gradients of the network's parameters
  Tensor error;               ///< 1 x 1, summed over steps
};

/// The images of a step that one worker processes, and the values that condition the network on
/// them.
struct Share {
  Worker& worker;
  ImageRange images;
  Conditioned conditioned;
  std::vector<Tensor> grads;  ///< for each of conditioned.values(), summed over the share's tiles
};

struct Trainer::Impl {
  Impl(Memory& memory, Model& model, const std::vector<NamedImage>& images,
       const TrainConfig& config);

  void teach(const std::vector<NamedImage>& pictures);
  void step(double progress);
  void begin_phase(std::size_t phase);
  void begin_step(double progress);
  void compute_step(const TrainingPhase& phase);
  void train_share(const TrainingPhase& phase, Worker& worker, const ImageRange& images);
  void train_tile(const TrainingDraw& draw, const ImageRange& images, const Share& share);
  PixelSource source_of(const TrainingDraw& draw) const;
  Var gather(Tape& tape, const OptimizedParameter& per_image, const ImageRange& images) const;
  void update_network(const TrainingPhase& phase, const UpdateTask& task) const;

  IndexView image_numbers(const ImageRange& images) const {
    return step_images_.range(images.first, images.count);
  }
  IndexView image_visits(const ImageRange& images) const {
    return step_images_.range(images_per_step_ + images.first, images.count);
  }

  void add_workers(Memory& memory, std::size_t count);
  void plan_updates();
  double take_error();
  std::vector<const OptimizedParameter*> optimized_parameters() const;
  void save_state(TensorFile& file) const;
  void load_state(const TensorFile& file, const std::string& origin);

  Memory& memory_;
  Backend& backend_;
  Model& model_;
  TrainConfig config_;
  PixelTable table_;
  std::optional<PixelTable> taught_;  ///< see Trainer::teach()
  std::size_t images_per_step_;
  ImageOrder order_;
  std::vector<TrainingPhase> phases_;
  std::vector<std::unique_ptr<CapturedGraph>> graphs_;  ///< of a step of each phase
  std::optional<std::size_t> phase_;                    ///< of the step before

  Adam adam_;
  std::vector<OptimizedParameter> network_;     ///< as model_.siren.parameters()
  OptimizedParameter latents_;                  ///< with gradients of the step's images
  std::optional<OptimizedParameter> palettes_;  ///< likewise, if palettes are free
  std::vector<UpdateTask> update_tasks_;
  std::vector<Worker> workers_;

  /// The images of the step, then how often each of them came up before.
  IndexList step_images_;
  std::uint64_t step_ = 0;
  std::uint64_t steps_in_errors_ = 0;
};

}  // namespace chorus
