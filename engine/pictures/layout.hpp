#pragma once

#include <cstddef>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "png_file.hpp"

namespace chorus {

/// An image file that was found, its header read.
struct ImageFile {
  std::filesystem::path file;
  std::string name;  ///< printable; without extension, and without the size where that is in it
  PixelSize size;
};

/// The images of a folder. One of `by_size` and `flat` is empty.
struct Layout {
  std::map<std::size_t, std::vector<ImageFile>> by_size;  ///< keys: pixels of the longer side
  std::vector<ImageFile> flat;
  std::vector<std::string> problems;  ///< "file: reason", for what looks like a PNG and is none
};

/// Finds out how a folder is laid out. With `wanted`, other sizes may come without their images:
/// what is damaged in their folders does not matter then. Throws Error if there are no images or
/// if some would have to be skipped.
Layout find_images(const std::filesystem::path& folder, std::optional<std::size_t> wanted = {});

/// The name of a single image file, and whether a size was removed from its end.
struct ImageName {
  std::string name;
  bool had_size = false;
};
ImageName image_name(const std::filesystem::path& file, const PixelSize& size);

/// Lists the first few items, so that a thousand bad files still make one readable line.
std::string summary(const std::vector<std::string>& items, std::string_view separator);

}  // namespace chorus
