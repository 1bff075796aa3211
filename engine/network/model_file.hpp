#pragma once

#include <cstddef>
#include <string>

#include "chorus/model.hpp"
#include "chorus/version.hpp"
#include "safetensors.hpp"

// Exported: the room training, in another shared library, uses it.
namespace CHORUS_API chorus {

/// The longest side of an image that a model file may state, in pixels.
constexpr std::size_t largest_side_px = std::size_t{1} << 20U;

/// The model as a safetensors file: parameters by name, "latents", and metadata with the format
/// version, the configuration, images and notes. See docs/file_format.md.
TensorFile to_tensor_file(const Model& model, Storage storage = Storage::fp32);
/// What packed() makes a small file of: all numbers in fp32, with short metadata.
TensorFile packable_file(const Model& model);
/// Throws Error (`origin` names the file) if anything is missing, unknown or of the wrong shape.
/// Every tensor must belong to the configuration, except those of a training state (`adam.*`,
/// `taught.*`), which are ignored. Names of images must be unique, not empty, and no paths.
Model from_tensor_file(Memory& memory, const TensorFile& file, const std::string& origin);

}  // namespace chorus
