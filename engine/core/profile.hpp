#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "forwarding_backend.hpp"

namespace chorus {

/// How the time of a training or a decoding is divided among its parts.
struct Profile {
  struct Part {
    std::string name;
    double seconds = 0;  ///< of all threads together
    std::uint64_t calls = 0;
  };
  /// One launch of a device, with the shapes for which it was made.
  struct Launch {
    std::string name;  ///< "matmul 256 x 256, depth 13312 (2)": the call's second launch
    double seconds = 0;
    std::uint64_t count = 0;
  };
  std::vector<Part> parts;  ///< only parts that took time
  double wall_seconds = 0;  ///< time in which the clocks ran; of a device: for which it was busy
  std::size_t threads = 0;  ///< largest number of threads that computed at once; of a device: 1
  std::vector<Launch> launches;  ///< of a device, the longest in all first; empty on a CPU

  /// The fraction of the time of all threads that a part took.
  double share(const Part& part) const {
    return part.seconds / (wall_seconds * static_cast<double>(threads));
  }
};

/// Another backend with a clock at every primitive, which runs between start() and stop(). The time
/// that a worker spends in parallel() but in no primitive is "bookkeeping" (tapes, handles); the
/// rest of the wall time is "waiting". A call of the clock takes about 50 ns. On a device that
/// computes while the host goes on, the device's own clock counts instead, launch by launch, and
/// there is neither bookkeeping nor waiting.
class ProfilingBackend final : public ForwardingBackend {
 public:
  explicit ProfilingBackend(std::shared_ptr<Backend> inner);
  ~ProfilingBackend() override;

  void start();
  void stop();
  Profile profile() const;  ///< summed over all times between start() and stop()

  void run(const Call& call) override;
  void parallel(std::size_t tasks,
                const std::function<void(std::size_t task, std::size_t worker)>& body) override;
  void replay(std::unique_ptr<CapturedGraph>& recording,
              const std::function<void()>& work) override {
    if (running_) return work();  // a replay has no primitives to measure
    inner().replay(recording, work);
  }

 private:
  struct Clocks;
  Profile profile_of_device() const;

  std::unique_ptr<Clocks> clocks_;
  bool running_ = false;
};

}  // namespace chorus
