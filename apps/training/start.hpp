#pragma once

#include <optional>

#include "chorus/model.hpp"
#include "chorus/pictures.hpp"
#include "safetensors.hpp"
#include "support/session.hpp"
#include "training/training_run.hpp"
#include "training/training_state.hpp"

namespace chorus::app {

/// The state with which a training begins. Images and model are those of this process, if several
/// share the training.
struct Start {
  Collection images;  ///< without held-out images; the trainer ignores held-out pixels
  TrainingState state;
  Model model;
  std::optional<TensorFile> file;  ///< the state file, if the training is resumed
};

/// A new model, with palettes found from the images. The state has no limit yet.
Start fresh_start(Session& session, const TrainOptions& options);
/// The same for these images, of which none is held out, for a process that is alone.
Start fresh_start(Session& session, const TrainOptions& options, Collection images);

/// The model and the state of an interrupted training, or of one that is to become longer. Throws
/// Error if the images differ from those with which it was begun.
Start resumed_start(Session& session, const TrainOptions& options);
/// The same with these images, whatever the data of the options, for a process that is alone.
Start resumed_start(Session& session, const TrainOptions& options, Collection images);

/// Backend, precision, number of workers, and how a GPU computes the sine layers.
std::string computed_on(const Session& session);
/// How a GPU computed the sine layers before; empty if it was no GPU.
std::optional<NetworkPath> path_before(const TrainingState& state);

/// The training goes on with the backend that was chosen now. Prints a note if the state comes from
/// another one, or from another precision or number of workers, so that some bits will differ.
void go_on_with(const Session& session, TrainingState& state);

}  // namespace chorus::app
