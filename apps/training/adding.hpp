#pragma once

#include <filesystem>

#include "training/training_run.hpp"

namespace chorus::app {

/// A task: images that a trained network learns without losing those that it encodes.
struct AddOptions {
  std::filesystem::path known;       ///< the model file
  std::filesystem::path known_data;  ///< its images; if empty, they are drawn by the model
  /// `data` are the new images, and `model` is the file to write. `network` is not used, since the
  /// network is that of the known model.
  TrainOptions training;
};

/// Finds latents for the new images while the network is frozen, then trains everything on all
/// images, and writes the model. Throws Error if a new image has the name of a known one, or if
/// known images are missing.
void add_images(const AddOptions& options);

}  // namespace chorus::app
