#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "chorus/image.hpp"
#include "chorus/model.hpp"

namespace chorus {

/// For each of `count` images (sorted by name) whether it is held out: round(fraction * count) of
/// them, but not all, from Philox(seed). Throws std::invalid_argument unless fraction is in [0, 1).
std::vector<bool> held_out_images(std::uint64_t seed, std::size_t count, double fraction);

/// For each pixel (row-major) whether it is held out: independently with probability `fraction`,
/// from Philox(seed; pixel, image_index). A pure function: neither the other images nor the pixels'
/// colours matter. An image none of whose pixels would be kept keeps all.
/// Throws std::invalid_argument unless fraction is in [0, 1).
std::vector<bool> held_out_pixels(std::uint64_t seed, std::size_t image_index, std::size_t width_px,
                                  std::size_t height_px, double fraction);

/// An image, or a list of them, as training may see it: held-out pixels are black. image_index is
/// the place in the list.
Image without_held_out_pixels(Image image, std::size_t image_index, const Split& split);
std::vector<NamedImage> without_held_out_pixels(std::vector<NamedImage> images, const Split& split);

}  // namespace chorus
