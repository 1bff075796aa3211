#pragma once

#include <sys/mman.h>
#include <unistd.h>

#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string>
#include <string_view>

#include "chorus/backend.hpp"

// Shared by the fuzz targets. Each target is one file with libFuzzer's entry point; it ends with
// abort() where a property does not hold, and lets every exception escape that is not documented.

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace chorus::fuzz {

inline std::string_view text_of(const std::uint8_t* data, std::size_t size) {
  return {reinterpret_cast<const char*>(data), size};
}

inline void require(bool property) {
  if (!property) std::abort();
}

/// The backend for all targets: fuzzing is about reading, and this one starts no threads.
inline std::shared_ptr<Backend> backend() {
  static const std::shared_ptr<Backend> reference = make_backend("reference");
  return reference;
}

/// A file that lies in memory and has a path, since the functions under test read files.
class MemoryFile {
 public:
  MemoryFile()
      : descriptor_(memfd_create("fuzz", 0)),
        path_("/proc/self/fd/" + std::to_string(descriptor_)) {}
  MemoryFile(const MemoryFile&) = delete;
  MemoryFile& operator=(const MemoryFile&) = delete;
  ~MemoryFile() { close(descriptor_); }

  void write(std::string_view bytes) {
    require(ftruncate(descriptor_, 0) == 0);
    require(pwrite(descriptor_, bytes.data(), bytes.size(), 0) ==
            static_cast<ssize_t>(bytes.size()));
  }
  const std::string& path() const { return path_; }

 private:
  int descriptor_;
  std::string path_;
};

}  // namespace chorus::fuzz
