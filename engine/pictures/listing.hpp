#pragma once

#include <filesystem>
#include <vector>

namespace chorus {

/// Files and folders in byte order. What is hidden is left out: names that begin with a dot, as
/// `._icon.png` in archives made on macOS, and `__MACOSX`.
struct Listing {
  std::vector<std::filesystem::path> images;  ///< named *.png; unreadable ones are found out later
  std::vector<std::filesystem::path> others;  ///< pictures of other formats, by their names
  std::vector<std::filesystem::path> folders;
};

/// The direct content of a folder. Throws Error if it cannot be read.
Listing list(const std::filesystem::path& folder);

/// The files of a folder and of all folders in it; `folders` is empty. A link that leads back
/// up is not followed.
Listing list_below(const std::filesystem::path& folder);

}  // namespace chorus
