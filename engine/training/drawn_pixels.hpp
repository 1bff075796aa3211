#pragma once

#include <span>

#include "chorus/siren.hpp"
#include "sampler.hpp"
#include "training_plan.hpp"

namespace chorus {

/// The source of the pixels, and the settings by which they are drawn.
struct PixelSource {
  const PixelTable& table;
  std::uint64_t seed;
  float area_jitter;
};

/// The pixels that Op::draw_pixels has drawn from some images, one image after another.
struct DrawnPixels {
  TrainingDraw draw;
  std::size_t images;
  Tensor coordinates, colors, weights;
};

/// `images` and their `visits` are lists in the backend's memory: see PixelDraw.
DrawnPixels draw_pixels(Memory& memory, const PixelSource& source, const TrainingDraw& draw,
                        const IndexView& images, const IndexView& visits);

/// The losses of drawn pixels. For each image they are an estimate of the mean over its pixels;
/// they are summed over the images.
struct DrawnLosses {
  Var error;       ///< squared, summed over the channels
  Var assignment;  ///< see Siren::assignment_loss(); only if TrainingDraw::assigned
};

DrawnLosses losses(const Siren& siren, std::span<const Var> network, const Conditioned& images,
                   const DrawnPixels& pixels);

}  // namespace chorus
