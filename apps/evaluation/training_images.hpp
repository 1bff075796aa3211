#pragma once

#include <cstddef>
#include <filesystem>
#include <optional>
#include <vector>

#include "chorus/model.hpp"
#include "chorus/pictures.hpp"

namespace chorus::app {

/// The images on which a model was trained, as far as the data holds them.
class TrainingImages {
 public:
  /// `data` may be empty: then there are no images.
  TrainingImages(const Model& model, const std::filesystem::path& data,
                 const std::optional<Rgb>& background);
  /// Null if the data lacks the image.
  const Image* find(std::size_t model_image) const;
  /// Prints a note if the data, the folder, holds other images under all names of the model.
  void note_if_other(const Model& model, const std::filesystem::path& data) const;

 private:
  std::vector<Image> images_;  ///< one for each image of the model; empty where the data lacks it
};

/// The true image of each image of the model whose longer side is `size`; empty where the data
/// lacks it. Throws Error if none of the images at this size has a name of the model.
std::vector<Image> true_images(const Model& model, const std::filesystem::path& data,
                               const std::optional<Rgb>& background, std::size_t size);

/// Marks the held-out pixels of an image of the model. Empty if there are none, or if `truth` is
/// not of the training size.
std::vector<bool> held_out_mask(const Model& model, std::size_t image, const Image& truth);

}  // namespace chorus::app
