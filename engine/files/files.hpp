#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <iosfwd>
#include <string>

#include "chorus/version.hpp"

// Exported: the room pictures, in another shared library, uses it.
namespace CHORUS_API chorus {

/// Writes a whole file or nothing. `write` fills a temporary file in the same folder, which is
/// flushed to disk (fsync) and renamed to `file`. On any failure the temporary is removed and an
/// existing `file` stays as it was. The temporary has no name until it is complete and on disk; a
/// process killed in the instant before the renaming, or at any time where the file system lacks
/// such files, leaves one behind (`.chorus-PID-NUMBER.tmp`). The next process that writes to the
/// folder removes it if its process has ended and it is older than a minute. A failure of the
/// system (full disk, missing folder) is an Error that names the file and the reason; an exception
/// from `write` is passed on unchanged. A new file has the mode given by the umask, an existing one
/// keeps its mode, and a symbolic link is followed. A target that is not a regular file
/// (/dev/stdout, a pipe) is written directly.
void write_atomically(const std::filesystem::path& file,
                      const std::function<void(std::ostream&)>& write);

/// Throws Error if something is there that is not a regular file: a device, a pipe or a folder.
void require_regular_target(const std::filesystem::path& file);

/// Throws Error if the file system is known to have fewer free bytes than a new file will take.
void require_room(const std::filesystem::path& file, std::uintmax_t bytes);

/// Reads a whole regular file. Throws Error, which names the file and the system's reason, or says
/// that it is not a regular one: a device may have no end.
std::string read_file(const std::filesystem::path& file);

/// Makes the folder and its parents; the empty path is the current folder. Throws Error, which
/// names the obstacle.
void make_folder(const std::filesystem::path& folder);

}  // namespace chorus
