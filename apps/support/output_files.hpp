#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

// Checks and preparations of a folder, before commands write pictures and pages to it.

namespace chorus::app {

/// Throws Error for the first of the files that exists and is not `ours`, since it would be lost.
/// Does nothing if the user wants to overwrite. To be called before anything is written.
void check_replaceable(const std::vector<std::filesystem::path>& files,
                       const std::function<bool(const std::filesystem::path&)>& ours,
                       bool overwrite);

/// The same for PNGs, of which those written by chorus may be replaced.
void check_replaceable(const std::vector<std::filesystem::path>& pictures, bool overwrite);

/// Whether the mark is near the beginning of a file, as in texts that chorus writes.
bool begins_with_mark(const std::filesystem::path& file, std::string_view mark);

/// Makes the folder, and throws Error if files cannot be made in it. To be called before long work.
void prepare_folder(const std::filesystem::path& folder);

/// Removes the pictures NAME.png and NAME_123.png (any digits) that a former run left in the
/// folder, except `written`. Files that chorus did not write stay.
void remove_stale(const std::filesystem::path& folder, std::string_view name,
                  const std::vector<std::filesystem::path>& written);

/// A file name for an image or a walk. File systems take at most 255 bytes; a longer name is cut
/// and ends with its checksum, so that names which begin alike stay apart.
std::string file_name(const std::string& name, std::string_view ending);

}  // namespace chorus::app
