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
#include "ordered_sum.hpp"
#include "sampler.hpp"
#include "training_plan.hpp"
#include "work_division.hpp"

// The members of a Trainer. trainer_setup.cpp makes them, trainer.cpp takes the steps, and
// trainer_state.cpp answers what is asked between steps.

namespace chorus {

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
  /// Its rows of a step, among those of this process: first images, then frames of paths.
  ImageRange of_step;
  std::size_t frames = 0;           ///< the number of the latter
  std::size_t first_image = 0;      ///< among the images of this process
  std::optional<ImageOrder> order;  ///< of its images; none if it has no images

  ImageRange images() const { return {of_step.first, of_step.count - frames}; }
  ImageRange frames_of_paths() const { return {of_step.first + of_step.count - frames, frames}; }

  /// Appends its images of a step, as numbers among those of this process, and how often each of
  /// them came up before.
  void choose_images(std::uint64_t step, std::vector<std::uint32_t>& images,
                     std::vector<std::uint32_t>& visits);
};

/// What a device recorded of the steps of a phase. A process that is alone records a step as one
/// piece of work, `all`; where processes share the training, they exchange gradients between the
/// others.
struct RecordedStep {
  std::unique_ptr<CapturedGraph> all, shares, images, network;
};

/// The images of a step that one worker processes, and the values that condition the network on
/// them.
struct Share {
  Worker& worker;
  ImageRange images;
  Conditioned conditioned;
  std::vector<Tensor> grads;  ///< for each of conditioned.values(), summed over the share's tiles
};

/// The frames of Trainer::teach_paths(), and which of them a step has.
struct TaughtPaths {
  PixelTable table;
  std::vector<PathFrame> frames;  ///< without their pictures
  ImageOrder order;
  /// For each row of the step two images, and the weights of their latents in the row's.
  IndexList ends;
  Tensor weights;
};

struct Trainer::Impl {
  Impl(Memory& memory, Model& model, const std::vector<NamedImage>& images,
       const TrainConfig& config, std::shared_ptr<Communicator> processes);

  void teach(const std::vector<NamedImage>& pictures);
  void teach_paths(const std::vector<PathFrame>& frames);
  void step(double progress);
  void begin_phase(std::size_t phase);
  void begin_step(double progress);
  void shared_step(const TrainingPhase& phase, RecordedStep& recorded);
  void compute_shares(const TrainingPhase& phase);
  void begin_sum();
  void finish_sum();
  void update_images() const;
  void update_network(const TrainingPhase& phase) const;
  void pack_network() const;
  void train_share(const TrainingPhase& phase, Worker& worker);
  void train_tile(const TrainingDraw& draw, const ImageRange& images, const Share& share);
  PixelSource source_of(const TrainingDraw& draw) const;
  Var gather(Tape& tape, const OptimizedParameter& per_image, const ImageRange& images) const;
  Var mixed(Tape& tape, const OptimizedParameter& per_image, const Worker& worker) const;
  void add_frames_of_step(std::vector<std::uint32_t>& numbers, std::vector<std::uint32_t>& visits);

  IndexView image_numbers(const ImageRange& images) const {
    return step_images_.range(images.first, images.count);
  }
  IndexView image_visits(const ImageRange& images) const {
    return step_images_.range(rows_of_step() + images.first, images.count);
  }

  /// Images and frames of a step, in this process.
  std::size_t rows_of_step() const {
    return division_.own_of_step.count + (paths_ ? config_.paths.frames_per_step : 0);
  }
  double frames_per_image() const;

  void add_workers(Memory& memory);
  void plan_updates();
  double take_error();
  std::vector<const OptimizedParameter*> optimized_per_image() const;
  void save_state(TensorFile& file) const;
  void load_state(const TensorFile& file, const std::string& origin);

  Memory& memory_;
  Backend& backend_;
  Model& model_;
  TrainConfig config_;
  std::shared_ptr<Communicator> processes_;
  std::vector<TrainingPhase> phases_;
  WorkDivision division_;
  PixelTable table_;
  std::optional<PixelTable> taught_;  ///< see Trainer::teach()
  std::optional<TaughtPaths> paths_;
  std::vector<RecordedStep> recorded_;  ///< of each phase
  std::optional<std::size_t> phase_;    ///< of the step before

  Adam adam_;
  /// As model_.siren.parameters(). The gradients are those of all workers, one below the other, or
  /// their sum where processes share the training.
  std::vector<OptimizedParameter> network_;
  /// With gradients of the step's images, or, if paths are taught, of all images by each worker.
  OptimizedParameter latents_;
  std::optional<OptimizedParameter> palettes_;  ///< likewise, if palettes are free
  std::vector<UpdateTask> update_tasks_;
  std::vector<Worker> workers_;
  std::optional<OrderedSum> sum_;  ///< of the network's gradients; none if the process is alone

  /// This process's rows of the step, images and frames, by their numbers in their tables; then how
  /// often each of them came up before.
  IndexList step_images_;
  std::uint64_t step_ = 0;
  std::uint64_t steps_in_errors_ = 0;
};

}  // namespace chorus
