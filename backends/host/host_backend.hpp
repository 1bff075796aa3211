#pragma once

#include <cstddef>
#include <list>
#include <mutex>

#include "chorus/backend.hpp"

namespace chorus {

/// Aligned, zeroed host memory, cut from large chunks with huge pages: a tile touches many
/// matrices, and with small pages the address translation would take longer than the reading.
/// Blocks begin at addresses that do not fall on the same cache sets. A chunk is returned when its
/// last block is. Safe for concurrent use.
class HostArena {
 public:
  HostArena() = default;
  HostArena(const HostArena&) = delete;
  HostArena& operator=(const HostArena&) = delete;
  ~HostArena();

  void* allocate(std::size_t bytes);
  void release(void* memory) noexcept;

 private:
  struct Chunk {
    char* memory = nullptr;
    std::size_t size = 0;
    std::size_t used = 0;
    std::size_t blocks = 0;  ///< number of blocks in use
  };
  Chunk& add_chunk(std::size_t at_least);

  std::mutex mutex_;
  std::list<Chunk> chunks_;
};

/// The common part of all backends that run on the host.
class HostBackend : public Backend {
 public:
  void* allocate(std::size_t bytes) override { return arena_.allocate(bytes); }
  void release(void* memory) noexcept override { arena_.release(memory); }
  void upload(const void* host, void* device, std::size_t bytes) override;
  void download(const void* device, void* host, std::size_t bytes) override;

 private:
  HostArena arena_;
};

}  // namespace chorus
