#include "host/host_backend.hpp"

#include <sys/mman.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <new>

#include "round_up.hpp"

namespace chorus {

namespace {

constexpr std::size_t cache_line = 64;
constexpr std::size_t huge_page = std::size_t{2} << 20;

// With AddressSanitizer every block is a chunk of its own, so that accesses past its end are found.
#if defined(__SANITIZE_ADDRESS__)
constexpr bool separate_blocks = true;
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
constexpr bool separate_blocks = true;
#else
constexpr bool separate_blocks = false;
#endif
#else
constexpr bool separate_blocks = false;
#endif
constexpr std::size_t chunk_size = separate_blocks ? 0 : 4 * huge_page;
constexpr std::size_t chunk_alignment = separate_blocks ? cache_line : huge_page;

}  // namespace

HostArena::~HostArena() {
  for (const Chunk& chunk : chunks_) std::free(chunk.memory);
}

HostArena::Chunk& HostArena::add_chunk(std::size_t at_least) {
  Chunk chunk;
  chunk.size = round_up(std::max(at_least, chunk_size), chunk_alignment);
  chunk.memory = static_cast<char*>(std::aligned_alloc(chunk_alignment, chunk.size));
  if (chunk.memory == nullptr) throw std::bad_alloc();
#ifdef MADV_HUGEPAGE
  if (!separate_blocks) madvise(chunk.memory, chunk.size, MADV_HUGEPAGE);  // only advice
#endif
  chunks_.push_front(chunk);
  return chunks_.front();
}

void* HostArena::allocate(std::size_t bytes) {
  // One cache line more than needed, so that blocks of a power of two do not begin on the same
  // cache sets.
  const std::size_t block = round_up(bytes + readable_slack * sizeof(float), cache_line) +
                            (separate_blocks ? 0 : cache_line);
  const std::lock_guard lock(mutex_);
  Chunk* chunk = chunks_.empty() ? nullptr : &chunks_.front();
  if (chunk == nullptr || chunk->size - chunk->used < block) chunk = &add_chunk(block);
  char* memory = chunk->memory + chunk->used;
  chunk->used += block;
  ++chunk->blocks;
  std::memset(memory, 0, block);
  return memory;
}

void HostArena::release(void* memory) noexcept {
  const std::lock_guard lock(mutex_);
  const auto found = std::find_if(chunks_.begin(), chunks_.end(), [&](const Chunk& chunk) {
    return memory >= chunk.memory && memory < chunk.memory + chunk.size;
  });
  if (found == chunks_.end() || --found->blocks > 0) return;
  std::free(found->memory);
  chunks_.erase(found);
}

void HostBackend::upload(const void* host, void* device, std::size_t bytes) {
  if (bytes != 0) std::memcpy(device, host, bytes);
}

void HostBackend::download(const void* device, void* host, std::size_t bytes) {
  if (bytes != 0) std::memcpy(host, device, bytes);
}

}  // namespace chorus
