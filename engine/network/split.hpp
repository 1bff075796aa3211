#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "chorus/image.hpp"
#include "chorus/model.hpp"
#include "chorus/version.hpp"

// Exported: the room training, in another shared library, uses it.
namespace CHORUS_API chorus {

/// Chooses round(fraction * count) of `count` images (sorted by name) to be held out, but not all
/// of them, by Philox(seed). Throws std::invalid_argument unless fraction is in [0, 1).
std::vector<bool> held_out_images(std::uint64_t seed, std::size_t count, double fraction);

/// Chooses pixels (row-major) to be held out, independently with probability `fraction`, by
/// Philox(seed; pixel, image_index). The choice depends neither on other images nor on colours. An
/// image of which no pixel would be kept keeps all. Throws std::invalid_argument unless fraction is
/// in [0, 1).
std::vector<bool> held_out_pixels(std::uint64_t seed, std::size_t image_index, std::size_t width_px,
                                  std::size_t height_px, double fraction);

/// The same for an image of a collection that `split` divides.
std::vector<bool> held_out_pixels(const Split& split, std::size_t image_index,
                                  const PixelSize& size);

/// The image with its held-out pixels (a mask) in black.
Image blacked_out(Image image, const std::vector<bool>& held_out);

}  // namespace chorus
