#include "host/host_backend.hpp"

#include <cstdlib>
#include <cstring>
#include <new>

namespace chorus {

void* HostBackend::allocate(std::size_t bytes) {
  constexpr std::size_t line = 64;
  const std::size_t padded = (bytes + readable_slack * sizeof(float) + line - 1) / line * line;
  void* memory = std::aligned_alloc(line, padded);
  if (memory == nullptr) throw std::bad_alloc();
  std::memset(memory, 0, padded);
  return memory;
}

void HostBackend::release(void* memory) noexcept { std::free(memory); }

void HostBackend::upload(const void* host, void* device, std::size_t bytes) {
  if (bytes != 0) std::memcpy(device, host, bytes);
}

void HostBackend::download(const void* device, void* host, std::size_t bytes) {
  if (bytes != 0) std::memcpy(host, device, bytes);
}

}  // namespace chorus
