#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "forwarding_backend.hpp"

namespace chorus::test {

/// The names of the backends to test: the one in CHORUS_TEST_BACKEND, or all of single precision
/// that this machine has but the emulated ones, which take long.
std::vector<std::string> backends_under_test();

/// The one in CHORUS_TEST_BACKEND, or the emulated GPU: for tests of what only a device does.
std::string device_under_test();

/// Fresh memory is full of NaN, what lies between rows and behind the end included, so that an op
/// that uses an element it was not given shows it in its results. What is written behind the end
/// is found when the memory is released.
class PoisonedBackend final : public ForwardingBackend {
 public:
  using ForwardingBackend::ForwardingBackend;

  void* allocate(std::size_t bytes) override;
  void release(void* memory) noexcept override;

  /// Blocks, of those released so far, that were written to behind their end.
  std::size_t overrun_blocks() const { return overrun_blocks_; }

 private:
  std::mutex mutex_;
  std::unordered_map<void*, std::size_t> bytes_;
  std::size_t overrun_blocks_ = 0;
};

}  // namespace chorus::test
