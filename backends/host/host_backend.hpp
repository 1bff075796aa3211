#pragma once

#include <cstddef>
#include <functional>
#include <string>

#include "chorus/backend.hpp"

namespace chorus {

/// What the backends that run on the host share: plain aligned memory.
class HostBackend : public Backend {
 public:
  void* allocate(std::size_t bytes) override;
  void release(void* memory) noexcept override;
  void upload(const void* host, void* device, std::size_t bytes) override;
  void download(const void* device, void* host, std::size_t bytes) override;
};

}  // namespace chorus
