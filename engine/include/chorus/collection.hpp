#pragma once

#include <filesystem>
#include <optional>
#include <vector>

#include "chorus/image.hpp"
#include "chorus/png.hpp"

namespace chorus {

struct LoadOptions {
  std::optional<std::size_t> size;  ///< pixels; picks one size where the folder holds several
  Rgb background = {1, 1, 1};       ///< under transparent pixels
};

/// Images of one size class, sorted by name (byte order); names are unique.
using Collection = std::vector<NamedImage>;

/// The sizes (pixels of the longer side, ascending) that `folder` offers through its layout:
/// size folders (`48/`, `48x48/`) or sizes in names (`name_48.png`, `name-48x48.png`).
/// Empty when the folder is flat: plain PNGs without sizes in their names.
std::vector<std::size_t> available_sizes(const std::filesystem::path& folder);

/// Loads a collection from a folder of PNGs in any of the layouts above, or from one PNG file.
/// Without `size`, a folder that offers several sizes is an Error that lists them.
/// Any file that looks like a PNG (by name) and cannot be read is an Error naming every such file
/// with its reason. Files of other kinds are ignored; an empty folder is an Error.
Collection load_collection(const std::filesystem::path& folder, const LoadOptions& options = {});

}  // namespace chorus
