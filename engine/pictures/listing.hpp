#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace chorus {

/// Files and folders in byte order. What is hidden is left out: names that begin with a dot, as
/// `._icon.png` in archives made on macOS, and `__MACOSX`.
struct Listing {
  /// Files of the formats that are read, by their names; damaged ones are found out later.
  std::vector<std::filesystem::path> images;
  std::vector<std::filesystem::path> others;  ///< pictures of other formats, by their names
  std::vector<std::filesystem::path> folders;
};

/// The end of a file's name behind the last dot, in lower case; empty if it has none.
std::string extension_of(const std::filesystem::path& file);

/// The direct content of a folder. Throws Error if it cannot be read.
Listing list(const std::filesystem::path& folder);

/// The files of a folder and of all folders in it; `folders` is empty. A link that leads back
/// up is not followed.
Listing list_below(const std::filesystem::path& folder);

}  // namespace chorus
