#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "chorus/backend.hpp"

// The GPU as the host sees it: device.cu implements it with CUDA's runtime, emulation/device.cpp
// without a GPU. Everything that is compiled twice is in a namespace of its own, so that both fit
// into one program.

#ifdef CHORUS_CUDA_EMULATED
#define CHORUS_DEVICE cuda_emulated
#else
#define CHORUS_DEVICE cuda
#endif

struct CUstream_st;

namespace chorus::CHORUS_DEVICE {

/// The reason why there is no device; empty if there is one. Never throws, since a program with
/// CUDA must start on machines without a driver.
std::string device_unavailable();

/// One GPU with some queues, each of which works in the order of the calls. Work goes to the first
/// queue unless another is chosen. Any host thread may call. Failures throw Error.
class Device {
 public:
  /// The GPU of that number, from 0.
  Device(std::size_t number, std::size_t queues);
  ~Device();
  Device(const Device&) = delete;
  Device& operator=(const Device&) = delete;

  std::string description() const;
  int multiprocessors() const;
  int queues() const;
  double peak_flops() const;         ///< nominal, for multiply-adds in single precision
  std::size_t cache_bytes() const;   ///< of the second level, which all multiprocessors share
  bool has_tensor_cores() const;     ///< as product.cuh needs them: compute capability 8.0
  std::size_t shared_bytes() const;  ///< that a block may use

  void* allocate(std::size_t bytes);  ///< zeroed; throws std::bad_alloc
  void release(void* memory) noexcept;
  void upload(const void* host, void* memory, std::size_t bytes);
  void download(const void* memory, void* host, std::size_t bytes);

  /// From here on the other queues run beside the first one, after the work that it has been given
  /// so far.
  void fork();
  void use(std::size_t queue);
  /// Makes the first queue current again, which waits for the others.
  void join();

  /// Memory of the current queue, for a few launches. The result of an earlier call stays valid for
  /// work that is queued or recorded, and is overwritten.
  float* scratch(std::size_t floats);

  /// Records the launches of `work` without running them, to be replayed as one.
  std::unique_ptr<CapturedGraph> record(const std::function<void()>& work);
  /// Returns before the work is done, but waits until no more than `most_replays` are under way:
  /// whoever measures the time of a training is never far ahead of the device.
  void replay(CapturedGraph& recording);
  static constexpr std::size_t most_replays = 8;

  /// Begins or ends to time launches that are neither recorded nor replayed.
  void time_launches(bool on);
  /// The launches that follow belong to this call.
  void begin_call(const Call& call);
  std::vector<DeviceTime> take_times();

#ifdef CHORUS_CUDA_EMULATED
  void enqueue(std::function<void()> kernel);
#else
  CUstream_st* stream() const;
  void begin_launch(const void* kernel, std::size_t shared_bytes);
  void end_launch();
#endif

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace chorus::CHORUS_DEVICE
