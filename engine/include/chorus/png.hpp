#pragma once

#include <cstddef>
#include <filesystem>
#include <vector>

#include "chorus/image.hpp"

namespace chorus {

constexpr std::size_t default_max_pixels = std::size_t{1} << 26U;

/// Reads a PNG of any colour type and depth. Alpha is composited over `background`, in the values
/// as stored; colour profiles and gamma are not applied. Of an animation, the default image is
/// read. Throws Error naming the file and the reason (missing, empty, truncated, not a PNG, larger
/// than `max_pixels`, damaged). Sizes are checked from the header before anything is allocated.
Image read_png(const std::filesystem::path& file, const Rgb& background = {1, 1, 1},
               std::size_t max_pixels = default_max_pixels);

/// The bytes of a PNG, as write_png writes them. Throws std::invalid_argument likewise.
std::vector<unsigned char> encode_png(const Image& image);

/// Writes 8-bit RGB: values are clipped to [0, 1] and rounded, not-a-number is 0. The file is
/// written whole or not at all (see files.hpp); throws Error if that fails. Throws
/// std::invalid_argument if the image is empty or its values do not match its size.
void write_png(const std::filesystem::path& file, const Image& image);

/// Writes an animated PNG that loops for ever, in the same way. Throws std::invalid_argument unless
/// there are frames, all of the size of the first, and the time is from 1 to 65,535 ms.
void write_animation(const std::filesystem::path& file, const std::vector<Image>& frames,
                     unsigned milliseconds_per_frame);

}  // namespace chorus
