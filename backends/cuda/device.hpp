#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <string>

#include "chorus/backend.hpp"

// The GPU as the host sees it: device.cu on CUDA's runtime, emulation/device.cpp without a GPU.
// Everything that is compiled twice lives in a namespace of its own, so that both fit into one
// program.

#ifdef CHORUS_CUDA_EMULATED
#define CHORUS_DEVICE cuda_emulated
#else
#define CHORUS_DEVICE cuda
#endif

struct CUstream_st;

namespace chorus::CHORUS_DEVICE {

/// Why there is no device here; empty if there is one. Never throws: a program that carries CUDA
/// starts on machines without a driver.
std::string device_unavailable();

/// One GPU with some queues, in each of which work is done in the order of the calls. Work goes to
/// the first one unless another is chosen. Failures throw Error.
class Device {
 public:
  explicit Device(std::size_t queues);
  ~Device();
  Device(const Device&) = delete;
  Device& operator=(const Device&) = delete;

  std::string description() const;
  int multiprocessors() const;
  int queues() const;
  double peak_flops() const;        ///< nominal, of single-precision multiply-adds
  std::size_t cache_bytes() const;  ///< of the second level, which all multiprocessors share
  bool has_tensor_cores() const;    ///< such as product.cuh needs: compute capability 8.0

  void* allocate(std::size_t bytes);  ///< zeroed; throws std::bad_alloc
  void release(void* memory) noexcept;
  void upload(const void* host, void* memory, std::size_t bytes);
  void download(const void* memory, void* host, std::size_t bytes);

  /// From here on the other queues do what is given to them beside the first one, and after what
  /// that has been given.
  void fork();
  void use(std::size_t queue);
  /// The first one is in use again, and waits for the others.
  void join();

  /// Memory of the queue in use, for the time of a few launches; what an earlier call gave stays
  /// valid for work that is queued or recorded, and is overwritten.
  float* scratch(std::size_t floats);

  /// Runs `work` and keeps what it launches, without doing it, to be replayed as one.
  std::unique_ptr<CapturedGraph> record(const std::function<void()>& work);
  void replay(CapturedGraph& recording);

#ifdef CHORUS_CUDA_EMULATED
  void enqueue(std::function<void()> kernel);
#else
  CUstream_st* stream() const;
  void check_launch() const;
#endif

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace chorus::CHORUS_DEVICE
