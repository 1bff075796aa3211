#pragma once

#include <cstdint>
#include <string>

#include "chorus/model.hpp"
#include "chorus/version.hpp"
#include "safetensors.hpp"

// Models that get more images, and trainings that get more steps.

// Exported: the program, outside the shared library, uses it.
namespace CHORUS_API chorus {

/// The network of `known` with the images of both models, sorted by name. `added` must have the
/// same network, as models of with_images() do. Latents, palettes and shifts keep their bits; if
/// only some images have shifts, those of the others are zero. The split is dropped, because it
/// refers to images by their index. Throws std::invalid_argument if both models have an image of
/// the same name, or if they differ in the numbers per image.
Model joined(Memory& memory, const Model& known, const Model& added);

/// The number of steps that a training had taken when Trainer::save_state() wrote its state. Throws
/// Error, which begins with `origin`, if the file does not say.
std::uint64_t steps_of_state(const TensorFile& file, const std::string& origin);

}  // namespace chorus
