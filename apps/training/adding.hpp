#pragma once

#include <filesystem>

#include "training/training_run.hpp"

namespace chorus::app {

/// A task: images that a trained network learns without losing those that it encodes.
struct AddOptions {
  std::filesystem::path known;       ///< the model file
  std::filesystem::path known_data;  ///< its images; if empty, they are drawn by the model
  /// `data` are the new images, `model` is the file to write; of the network only, which is that of
  /// the known model, nothing counts.
  TrainOptions training;
};

/// Finds latents for the new images, the network frozen; then trains everything on the images of
/// both, and writes the model. Throws Error if an image of the new ones has the name of a known
/// one, or if known images are missing.
void add_images(const AddOptions& options);

}  // namespace chorus::app
