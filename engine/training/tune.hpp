#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>

#include "chorus/model.hpp"
#include "packed.hpp"

// Training with rounded numbers, so that a small file draws what the model draws (Jacob et al.
// 2018, "Quantization and training of neural networks for efficient integer-arithmetic-only
// inference"; the derivative of the rounding counts as 1, Bengio et al. 2013).

namespace chorus {

struct TuneConfig {
  Storage storage = Storage::int8;
  std::optional<PackedSteps> steps_of_numbers =
      {};  ///< those of a packed file, instead of `storage`
  std::size_t steps = 1000;
  std::size_t images_per_step = 128;
  std::size_t places_per_image = 48;  ///< drawn anew in each step, anywhere in the image
  float rate = 0.015F;                ///< times the rates of a training
  std::uint64_t seed = 1;
};

/// Changes a model so that, once it is stored with config.storage, it draws what it draws now: no
/// images are needed. `after_step` is called with the number of steps done. The same seed, backend
/// and number of workers give the same bits.
void tune(Memory& memory, Model& model, const TuneConfig& config,
          const std::function<void(std::size_t steps)>& after_step = {});

}  // namespace chorus
