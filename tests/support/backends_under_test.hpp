#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "chorus/backend.hpp"

namespace chorus::test {

/// The names of the backends to test: the one in CHORUS_TEST_BACKEND, or all of single precision
/// that this machine has but the emulated ones, which take long.
std::vector<std::string> backends_under_test();

/// The one in CHORUS_TEST_BACKEND, or the emulated GPU: for tests of what only a device does.
std::string device_under_test();

/// A backend that hands everything to another one: a base for those that observe or disturb.
class ForwardingBackend : public Backend {
 public:
  explicit ForwardingBackend(std::shared_ptr<Backend> inner) : inner_(std::move(inner)) {}

  std::string name() const override { return inner_->name(); }
  std::string description() const override { return inner_->description(); }
  Precision precision() const override { return inner_->precision(); }
  ActivationTypes activations() const override { return inner_->activations(); }
  std::size_t workers() const override { return inner_->workers(); }
  std::size_t grain_size() const override { return inner_->grain_size(); }
  std::size_t tile_rows(std::size_t width) const override { return inner_->tile_rows(width); }
  std::size_t packed_floats(std::size_t rows, std::size_t cols) const override {
    return inner_->packed_floats(rows, cols);
  }
  void* allocate(std::size_t bytes) override { return inner_->allocate(bytes); }
  void release(void* memory) noexcept override { inner_->release(memory); }
  void upload(const void* host, void* device, std::size_t bytes) override {
    inner_->upload(host, device, bytes);
  }
  void download(const void* device, void* host, std::size_t bytes) override {
    inner_->download(device, host, bytes);
  }
  void run(const Call& call) override { inner_->run(call); }
  void parallel(std::size_t tasks,
                const std::function<void(std::size_t, std::size_t)>& body) override {
    inner_->parallel(tasks, body);
  }

 private:
  std::shared_ptr<Backend> inner_;
};

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
