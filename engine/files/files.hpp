#pragma once

#include <filesystem>
#include <functional>
#include <iosfwd>
#include <string>

#include "chorus/version.hpp"

// Exported: the room pictures, in another shared library, uses it.
namespace CHORUS_API chorus {

/// Writes a whole file or nothing: `write` fills a temporary file in the same folder, which is
/// flushed to disk (fsync) and renamed over `file`. On any failure the temporary is removed and an
/// existing `file` stays as it was. A temporary has no name until it is whole; only where the file
/// system lacks that can a process that is killed leave one behind (`.chorus-PID-NUMBER.tmp`). A
/// failure of the system (full disk, missing folder) is an Error naming the file and the reason; an
/// exception from `write` is passed on unchanged. A new file has the mode that the umask gives; an
/// existing one keeps its mode, and a symbolic link is followed. What is not a regular file
/// (/dev/stdout, a pipe) is written straight through.
void write_atomically(const std::filesystem::path& file,
                      const std::function<void(std::ostream&)>& write);

/// Reads a whole file. Throws Error naming the file and the system's reason.
std::string read_file(const std::filesystem::path& file);

/// Creates the folder and its parents; the empty path is the current folder. Throws Error naming
/// what stands in the way.
void make_folder(const std::filesystem::path& folder);

}  // namespace chorus
