#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "forwarding_backend.hpp"

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
class ProfilingBackend final : public ForwardingBackend {
 public:
  explicit ProfilingBackend(std::shared_ptr<Backend> inner);
  ~ProfilingBackend() override;

  void start();
  void stop();
  Profile profile() const;  ///< of all times between a start and a stop

  void run(const Call& call) override;
  void parallel(std::size_t tasks,
                const std::function<void(std::size_t task, std::size_t worker)>& body) override;
  void replay(std::unique_ptr<CapturedGraph>& recording,
              const std::function<void()>& work) override {
    if (running_) return work();  // a replay has no primitives to clock
    inner().replay(recording, work);
  }

 private:
  struct Clocks;
  std::unique_ptr<Clocks> clocks_;
  bool running_ = false;
};

}  // namespace chorus
