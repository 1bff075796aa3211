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

/// The sizes (pixels of the longer side, ascending) that `folder` offers through its layout:
///  * size folders: `48/`, `48x48/`, `48px/`, whose images all have that size;
///  * sizes in names: `name_48.png`, `name-48x32.png`, if that is the size of the image for every
///    PNG of the folder.
/// Empty when the folder is flat: any other folder of PNGs, which may be of different sizes.
std::vector<std::size_t> available_sizes(const std::filesystem::path& folder);

/// Loads a collection from a folder of PNGs in any of the layouts above, or from one PNG file. An
/// image's name is its file's name without extension and size, so that an image has one name at
/// every size; bytes of it that are not printable UTF-8 become \xNN.
/// Without `size`, a folder that offers several sizes is an Error that lists them, as is a size
/// that is not there. A flat folder has that `size` only if all of its images do. Any file that
/// looks like a PNG (by name) and cannot be read is an Error naming every such file with its
/// reason. Nothing that holds images is skipped: PNGs beside size folders, folders of PNGs that are
/// not named by size and two images of one name are Errors too, as is an empty folder. Files of
/// other kinds, hidden folders and folders without PNGs are ignored.
Collection load_collection(const std::filesystem::path& folder, const LoadOptions& options = {});

}  // namespace chorus
