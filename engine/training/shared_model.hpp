#pragma once

#include "chorus/model.hpp"
#include "communicator.hpp"
#include "work_division.hpp"

// Models whose images are divided among processes: the network is the same in all, and each process
// has the images, latents and palettes of its own.

namespace chorus {

/// The model of some of the images. It shares the network of the whole model.
Model part_of(Memory& memory, const Model& whole, const ImageRange& images);

/// The model of the images of all processes, in process 0. It shares the network of the part. The
/// others get a model without images. All processes must call it.
Model whole_model(Memory& memory, const Model& part, Communicator& processes);

}  // namespace chorus
