#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "chorus/backend.hpp"

namespace chorus {

/// Passes every call on to another backend: a base class for backends that observe or disturb one.
/// Only replay() is not passed on, because a device that replays a graph does not call run() any
/// more.
class ForwardingBackend : public Backend {
 public:
  explicit ForwardingBackend(std::shared_ptr<Backend> inner) : inner_(std::move(inner)) {}

  std::string name() const override { return inner_->name(); }
  std::string description() const override { return inner_->description(); }
  Precision precision() const override { return inner_->precision(); }
  ActivationTypes activations() const override { return inner_->activations(); }
  std::size_t workers() const override { return inner_->workers(); }
  std::size_t workers_for(std::size_t rows) const override { return inner_->workers_for(rows); }
  bool fuses(std::size_t width, std::size_t layers) const override {
    return inner_->fuses(width, layers);
  }
  NetworkPath network_path() const override { return inner_->network_path(); }
  void set_network_path(NetworkPath path) override { inner_->set_network_path(path); }
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
                const std::function<void(std::size_t task, std::size_t worker)>& body) override {
    inner_->parallel(tasks, body);
  }
  void time_launches(bool on) override { inner_->time_launches(on); }
  std::vector<DeviceTime> take_device_times() override { return inner_->take_device_times(); }
  double measure_peak_flops() override { return inner_->measure_peak_flops(); }

 protected:
  Backend& inner() const { return *inner_; }

 private:
  std::shared_ptr<Backend> inner_;
};

}  // namespace chorus
