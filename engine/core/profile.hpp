#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "chorus/backend.hpp"

namespace chorus {

/// Where the time of a training or of a decoding went.
struct Profile {
  struct Part {
    std::string name;
    double seconds = 0;  ///< of all threads together
    std::uint64_t calls = 0;
  };
  std::vector<Part> parts;  ///< only those that took time
  double wall_seconds = 0;  ///< while the clocks ran
  std::size_t threads = 0;  ///< that computed at once

  /// A part's share of the time of all threads, 0 to 1.
  double share(const Part& part) const {
    return part.seconds / (wall_seconds * static_cast<double>(threads));
  }
};

/// Another backend with a clock at every primitive, for the time between start() and stop(). What
/// a worker spends in parallel() but in no primitive is "bookkeeping" (tapes, handles), what is
/// left of the wall time is "waiting". The clock itself takes some 50 ns a call.
class ProfilingBackend final : public Backend {
 public:
  explicit ProfilingBackend(std::shared_ptr<Backend> inner);
  ~ProfilingBackend() override;

  void start();
  void stop();
  Profile profile() const;  ///< of all times between a start and a stop

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
  void run(const Call& call) override;
  void parallel(std::size_t tasks,
                const std::function<void(std::size_t task, std::size_t worker)>& body) override;
  void replay(std::unique_ptr<CapturedGraph>& recording,
              const std::function<void()>& work) override {
    if (running_) return work();  // a replay has no primitives to clock
    inner_->replay(recording, work);
  }
  double measure_peak_flops() override { return inner_->measure_peak_flops(); }

 private:
  struct Clocks;
  std::shared_ptr<Backend> inner_;
  std::unique_ptr<Clocks> clocks_;
  bool running_ = false;
};

}  // namespace chorus
