#pragma once

#include <array>
#include <filesystem>
#include <vector>

#include "chorus/image.hpp"

namespace chorus {

using Rgb = std::array<float, 3>;  ///< each in [0, 1]

/// Reads a PNG of any colour type and depth. Alpha is composited over `background`.
/// Throws Error naming the file and the reason (missing, empty, truncated, not a PNG, larger than
/// `max_pixels`, damaged). Sizes are checked from the header before anything is allocated.
Image read_png(const std::filesystem::path& file, const Rgb& background = {1, 1, 1},
               std::size_t max_pixels = std::size_t{1} << 26);

/// Writes 8-bit RGB (values clipped to [0, 1], rounded) to a temporary file beside `file` and
/// renames it. Throws Error if that fails; no partial file is left.
void write_png(const std::filesystem::path& file, const Image& image);

/// Writes an animated PNG that loops for ever. All frames must have the size of the first.
void write_animation(const std::filesystem::path& file, const std::vector<Image>& frames,
                     unsigned milliseconds_per_frame);

}  // namespace chorus
