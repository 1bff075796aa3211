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
  std::vector<Part> parts;  ///< only parts that took time
  double wall_seconds = 0;  ///< time in which the clocks ran
  std::size_t threads = 0;  ///< largest number of threads that computed at once

  /// The fraction of the time of all threads that a part took.
  double share(const Part& part) const {
    return part.seconds / (wall_seconds * static_cast<double>(threads));
  }
};

/// Another backend with a clock at every primitive, which runs between start() and stop(). The time
/// that a worker spends in parallel() but in no primitive is "bookkeeping" (tapes, handles); the
/// rest of the wall time is "waiting". A call of the clock takes about 50 ns.
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
  std::unique_ptr<Clocks> clocks_;
  bool running_ = false;
};

}  // namespace chorus
