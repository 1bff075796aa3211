#pragma once

#include <cstddef>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "chorus/pictures.hpp"

namespace chorus {

/// An image file whose header was read.
struct ImageFile {
  std::filesystem::path file;
  std::string name;  ///< printable; without extension, and without a size that is part of the name
  PixelSize size;
};

/// The images of a folder. One of `by_size` and `flat` is empty.
struct Layout {
  std::map<std::size_t, std::vector<ImageFile>> by_size;  ///< keys: longer side in pixels
  std::vector<ImageFile> flat;
  std::vector<std::string> problems;  ///< "file: reason" for images that cannot be read
  std::vector<std::string> notes;     ///< what is left out, and why: a line for each kind
};

/// Finds out how a folder is laid out. With `wanted`, damaged images of other sizes do not matter.
/// Throws Error if there are no images, or if some would have to be skipped.
Layout find_images(const std::filesystem::path& folder, std::optional<std::size_t> wanted = {});

/// The name of a single image file, and whether a size was removed from its end.
struct ImageName {
  std::string name;
  bool had_size = false;
};
ImageName image_name(const std::filesystem::path& file, const PixelSize& size);

/// Lists the first few items, so that the message stays readable for a thousand bad files.
std::string summary(const std::vector<std::string>& items, std::string_view separator);

}  // namespace chorus
