#pragma once

#include <cstddef>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "chorus/image.hpp"
#include "chorus/version.hpp"

// Files of pictures, and folders of them.

namespace CHORUS_API chorus {

constexpr std::size_t default_max_pixels = std::size_t{1} << 26U;

/// Reads a PNG of any colour type and depth. A picture with transparent pixels has alpha, unless a
/// `background` is given, over which it is composited in the values as stored. All other pictures
/// are opaque. Gamma and orientation are applied, colour profiles are not (docs/pictures.md). For
/// an animation, the default image is read. Throws Error naming the file and the reason (missing,
/// empty, truncated, not a PNG, larger than `max_pixels`, damaged). Sizes are checked before
/// anything is allocated.
Image read_png(const std::filesystem::path& file, const std::optional<Rgb>& background = {},
               std::size_t max_pixels = default_max_pixels);

/// The same for a file of any format that this build reads, which its content tells: PNG, and with
/// the libraries for them JPEG and WebP.
Image read_image(const std::filesystem::path& file, const std::optional<Rgb>& background = {},
                 std::size_t max_pixels = default_max_pixels);

/// "PNG", and "JPEG" and "WebP" if this build reads them.
std::vector<std::string> readable_formats();

/// The bytes of the PNG that write_png() would write; throws std::invalid_argument as it does.
std::vector<unsigned char> encode_png(const Image& image);

/// Writes 8 bits per channel: values are clipped to [0, 1] and rounded, and NaN becomes 0. Images
/// with alpha are written with straight colours. Invisible pixels get the colours of their
/// neighbours, so that programs which enlarge straight colours show no fringes. The file's text
/// "Software" is "chorus". The file is written whole or not at all; throws Error if that fails.
/// Throws std::invalid_argument if the image is empty or its values do not match its size.
void write_png(const std::filesystem::path& file, const Image& image);

/// Writes an animated PNG that loops for ever, in the same way. Throws std::invalid_argument if
/// there are no frames, if they differ in size, or if the time is not from 1 to 65,535 ms.
void write_animation(const std::filesystem::path& file, const std::vector<Image>& frames,
                     unsigned milliseconds_per_frame);

struct LoadOptions {
  std::optional<std::size_t> size;     ///< pixels; picks one size if the folder holds several
  std::optional<Rgb> background = {};  ///< under transparent pixels; if empty, images keep alpha
  bool skip_unreadable = false;        ///< leaves out files that cannot be read, with a note
  /// Says which of so many images, sorted by name, to load; if empty, all. With `skip_unreadable`
  /// only those that can be read count, so that all are read all the same.
  std::function<std::vector<bool>(std::size_t images)> keep = {};
  /// Receives the fraction of the files that were read, from several threads at once.
  std::function<void(double)> progress = {};
  /// Receives a line of text for each kind of thing that was left out or that viewers may show
  /// differently, with the number of files and the first of their names.
  std::function<void(const std::string&)> note = {};
};

/// The sizes (longer side in pixels, ascending) that the layout of `folder` offers:
///  * size folders `48/`, `48x48/`, `48px/`, or `24x24@2/` as in icon themes, whose images all have
///    that size (48 pixels each), directly or in folders below;
///  * sizes in names, `name_48.png`, `name-48x32.png`, if they are right for every image of
///    the folder.
/// Empty if the folder is flat: any other folder of images, which may differ in size. With
/// `skip_unreadable`, sizes of which no image has a readable header are left out.
std::vector<std::size_t> available_sizes(const std::filesystem::path& folder,
                                         bool skip_unreadable = false);

/// Loads a collection from a folder of images in any of the layouts above, or from one file. The
/// name of an image is that of its file without extension and size, so that it is the same at every
/// size; bytes that are not printable UTF-8 become \xNN. Folders below a size folder are part of
/// the name: `48/apps/key.png` is "apps.key". If one image has alpha, all get it.
///
/// Throws Error in these cases:
///  * The folder offers several sizes and none is chosen, or it lacks the `size` chosen. A flat
///    folder has a size only if all its images have it.
///  * A file named like an image cannot be read. All such files are listed, with their reasons.
///  With
///    `skip_unreadable` they are left out, as long as others can be read.
///  * There are images beside size folders, or folders of images beside images.
///  * Two images have the same name, or there are no images.
///
/// Left out with a note are pictures of other formats, folders beside size folders that are not
/// named by size, and images of a folder like 24x24@2 whose names the folder 48x48 has, too. Hidden
/// files and folders, `__MACOSX` and all other files are ignored.
Collection load_collection(const std::filesystem::path& folder, const LoadOptions& options = {});

}  // namespace chorus
