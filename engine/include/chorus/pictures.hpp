#pragma once

#include <cstddef>
#include <filesystem>
#include <optional>
#include <vector>

#include "chorus/image.hpp"
#include "chorus/version.hpp"

// PNG files, and folders of them.

namespace CHORUS_API chorus {

constexpr std::size_t default_max_pixels = std::size_t{1} << 26U;

/// Reads a PNG of any colour type and depth. Alpha is composited over `background`, in the values
/// as stored; colour profiles and gamma are not applied. For an animation, the default image is
/// read. Throws Error naming the file and the reason (missing, empty, truncated, not a PNG, larger
/// than `max_pixels`, damaged). Sizes are checked before anything is allocated.
Image read_png(const std::filesystem::path& file, const Rgb& background = {1, 1, 1},
               std::size_t max_pixels = default_max_pixels);

/// The bytes of the PNG that write_png() would write; throws std::invalid_argument as it does.
std::vector<unsigned char> encode_png(const Image& image);

/// Writes 8-bit RGB: values are clipped to [0, 1] and rounded, and NaN becomes 0. The file is
/// written whole or not at all; throws Error if that fails. Throws std::invalid_argument if the
/// image is empty or its values do not match its size.
void write_png(const std::filesystem::path& file, const Image& image);

/// Writes an animated PNG that loops for ever, in the same way. Throws std::invalid_argument if
/// there are no frames, if they differ in size, or if the time is not from 1 to 65,535 ms.
void write_animation(const std::filesystem::path& file, const std::vector<Image>& frames,
                     unsigned milliseconds_per_frame);

struct LoadOptions {
  std::optional<std::size_t> size;  ///< pixels; picks one size where the folder holds several
  Rgb background = {1, 1, 1};       ///< under transparent pixels
};

/// The sizes (longer side in pixels, ascending) that the layout of `folder` offers:
///  * size folders `48/`, `48x48/`, `48px/`, whose images all have that size;
///  * sizes in names, `name_48.png`, `name-48x32.png`, if they are right for every PNG of the
///    folder.
/// Empty if the folder is flat: any other folder of PNGs, which may differ in size.
std::vector<std::size_t> available_sizes(const std::filesystem::path& folder);

/// Loads a collection from a folder of PNGs in any of the layouts above, or from one PNG file. The
/// name of an image is that of its file without extension and size, so that it is the same at every
/// size; bytes that are not printable UTF-8 become \xNN.
///
/// Throws Error in these cases:
///  * The folder offers several sizes and none is chosen, or it lacks the `size` chosen. A flat
///    folder has a size only if all its images have it.
///  * A file named like a PNG cannot be read. All such files are listed, with their reasons.
///  * Something with images would be skipped: PNGs beside size folders, or folders of PNGs that are
///    not named by size.
///  * Two images have the same name, or there are no images.
/// Files of other kinds, hidden folders and folders without PNGs are ignored.
Collection load_collection(const std::filesystem::path& folder, const LoadOptions& options = {});

}  // namespace chorus
