#pragma once

#include <string>

#include "chorus/model.hpp"
#include "chorus/version.hpp"
#include "safetensors.hpp"

// Exported: the room training, in another shared library, uses it.
namespace CHORUS_API chorus {

/// The model as a safetensors file: parameters by name, "latents", and metadata with the format
/// version, configuration, images and notes. See docs/file_format.md.
TensorFile to_tensor_file(const Model& model);
/// Throws Error (`origin` names the file) on anything missing, of the wrong shape or unknown: every
/// tensor must belong to the configuration, but those of a training state (`adam.*`) are passed
/// over. Names of images are unique, not empty, and no paths.
Model from_tensor_file(Memory& memory, const TensorFile& file, const std::string& origin);

}  // namespace chorus
