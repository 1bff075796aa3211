#pragma once

#include <cstddef>
#include <filesystem>
#include <functional>
#include <iosfwd>
#include <span>
#include <string>

namespace chorus {

/// Writes a whole file or nothing: `write` fills a temporary file in the same folder, which is
/// flushed to disk (fsync) and renamed over `file`. On any failure (full disk, missing folder, an
/// exception from `write`) the temporary is removed, an existing `file` stays as it was, and Error
/// names the file and the system's reason.
void write_atomically(const std::filesystem::path& file,
                      const std::function<void(std::ostream&)>& write);

/// Reads a whole file. Throws Error naming the file and the system's reason.
std::string read_file(const std::filesystem::path& file);

/// Creates the folder and its parents. Throws Error naming what stands in the way.
void make_folder(const std::filesystem::path& folder);

}  // namespace chorus
