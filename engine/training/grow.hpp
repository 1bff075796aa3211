#pragma once

#include <cstdint>
#include <string>

#include "chorus/model.hpp"
#include "chorus/version.hpp"
#include "safetensors.hpp"

// Models that get more images, and trainings that get more steps.

// Exported: the program, outside the shared library, uses it.
namespace CHORUS_API chorus {

/// The network of `known` with the images of both models, sorted by name. `added` has to have the
/// same network, as models of with_images() do. Latents, palettes and shifts keep their bits; if
/// only some images have shifts, those of the others are zero. The split is dropped, because it
/// names images by their number. Throws std::invalid_argument if an image's name is in both models
/// or if the models differ in the numbers
/// per image.
Model joined(Memory& memory, const Model& known, const Model& added);

/// How many steps a training had taken whose state Trainer::save_state() wrote. Throws Error, which
/// begins with `origin`, if the file does not say.
std::uint64_t steps_of_state(const TensorFile& file, const std::string& origin);

}  // namespace chorus
