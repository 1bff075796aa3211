#pragma once

#include <atomic>

#include "backends_under_test.hpp"

namespace chorus::test {

/// Counts what is asked of a backend.
class CountingBackend final : public ForwardingBackend {
 public:
  using ForwardingBackend::ForwardingBackend;
  void* allocate(std::size_t bytes) override {
    ++allocations;
    ++live;
    return ForwardingBackend::allocate(bytes);
  }
  void release(void* memory) noexcept override {
    --live;
    ForwardingBackend::release(memory);
  }

  std::atomic<int> allocations = 0;
  std::atomic<int> live = 0;
};

}  // namespace chorus::test
