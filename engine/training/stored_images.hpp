#pragma once

#include <cstddef>
#include <span>

#include "chorus/model.hpp"

// A model's own images on a tape, all of their numbers included.

namespace chorus {

/// Where the derivatives of the numbers of a model are added up; the shapes are those of the model.
struct ModelGradients {
  std::span<const Tensor> network;  ///< one for each parameter
  Tensor latents, palettes, shifts;
};

/// Colours of the images `first` to `first + count`, at `coordinates` [rows x 2] whose equal parts
/// belong to one image each. Without gradients all numbers are constants.
Var colors_of_images(Tape& tape, const Model& model, const Var& coordinates, std::size_t first,
                     std::size_t count, const ModelGradients* gradients = nullptr);

/// Places anywhere in the images, x and y from -1 to 1, which depend on seed, step, image and
/// place.
std::vector<float> random_places(std::uint64_t seed, std::uint32_t step, std::size_t first,
                                 std::size_t count, std::size_t places_per_image);

}  // namespace chorus
