#include <cuda_runtime.h>

#include <algorithm>
#include <cstring>
#include <new>
#include <set>
#include <utility>
#include <vector>

#include "chorus/error.hpp"
#include "cuda/device.hpp"

namespace chorus::cuda {

namespace {

/// The runtime keeps an error until somebody asks for it. One that was reported, or that nobody
/// needs to know of, must not be taken for a failure of the next launch.
void forget_error() { static_cast<void>(cudaGetLastError()); }

void check(cudaError_t result, const char* what) {
  if (result == cudaSuccess) return;
  forget_error();
  throw Error(std::string("CUDA: ") + what + " failed: " + cudaGetErrorString(result));
}

/// Instantiates a graph; the call has had this form since CUDA 12.
cudaError_t instantiate(cudaGraphExec_t* executable, cudaGraph_t graph) {
#if CUDART_VERSION >= 12000
  return cudaGraphInstantiate(executable, graph, 0);
#else
  return cudaGraphInstantiateWithFlags(executable, graph, 0);
#endif
}

/// Keeps a queue busy for a while, so that what the host puts behind it runs without gaps.
__global__ void pass_time(long long nanoseconds) {
  long long start = 0, now = 0;
  asm volatile("mov.u64 %0, %globaltimer;" : "=l"(start));
  do {
    asm volatile("mov.u64 %0, %globaltimer;" : "=l"(now));
  } while (now - start < nanoseconds);
}
/// Longer than the host takes to launch a step of some hundred kernels.
constexpr long long head_start_ns = 4'000'000;

/// A recorded queue.
class Graph final : public CapturedGraph {
 public:
  explicit Graph(cudaGraphExec_t graph) : graph_(graph) {}
  Graph(const Graph&) = delete;
  Graph& operator=(const Graph&) = delete;
  ~Graph() override { cudaGraphExecDestroy(graph_); }
  cudaGraphExec_t get() const { return graph_; }

 private:
  cudaGraphExec_t graph_;
};

/// Page-locked memory, from which small uploads are copied after the call returns.
constexpr std::size_t staging_bytes = std::size_t{4} << 20;
constexpr std::size_t largest_staged_bytes = staging_bytes / 16;
constexpr std::size_t staging_alignment = 256;

}  // namespace

struct Device::State {
  struct Queue {
    cudaStream_t stream = nullptr;
    cudaEvent_t reached = nullptr;
    std::vector<void*> scratch;  ///< the last one is in use
    std::size_t scratch_floats = 0;
  };
  struct TimedLaunch {
    DeviceTime time;
    cudaEvent_t begin = nullptr, end = nullptr;
  };
  int number = 0;  ///< of the device
  std::vector<Queue> queues;
  std::size_t in_use = 0;               ///< index of a queue
  cudaStream_t setup_stream = nullptr;  ///< for work that must not be recorded
  char* staging = nullptr;
  std::size_t staging_used = 0;
  bool records = false;
  cudaEvent_t replayed[most_replays] = {};  ///< the ends of the last replays, in a ring
  std::size_t replays = 0;
  std::set<const void*> sharing;  ///< kernels that may use all of the shared memory
  bool times_launches = false;
  DeviceTime present;  ///< the call that runs, and the number of its next launch
  std::vector<TimedLaunch> timed;

  cudaStream_t stream() const { return queues[in_use].stream; }
  /// Makes the device the current one of this host thread, which begins with device 0.
  void select() const {
    int current = -1;
    if (cudaGetDevice(&current) == cudaSuccess && current == number) return;
    check(cudaSetDevice(number), "choosing the device");
  }
  void wait() const {
    for (const Queue& queue : queues)
      check(cudaStreamSynchronize(queue.stream), "waiting for the device");
  }
  int attribute(cudaDeviceAttr which) const {
    int value = 0;
    check(cudaDeviceGetAttribute(&value, which, number), "asking the device");
    return value;
  }
};

std::string device_unavailable() {
  int devices = 0;
  const cudaError_t result = cudaGetDeviceCount(&devices);
  if (result != cudaSuccess) return std::string("no CUDA device: ") + cudaGetErrorString(result);
  return devices > 0 ? "" : "no CUDA device";
}

Device::Device(std::size_t number, std::size_t queues) : state_(std::make_unique<State>()) {
  int devices = 0;
  check(cudaGetDeviceCount(&devices), "counting the devices");
  if (number >= static_cast<std::size_t>(devices))
    throw Error("CUDA: there is no device " + std::to_string(number) + "; expected 0 to " +
                std::to_string(devices - 1));
  state_->number = static_cast<int>(number);
  state_->select();
  for (cudaEvent_t& each : state_->replayed)
    check(cudaEventCreateWithFlags(&each, cudaEventDisableTiming), "making an event");
  state_->queues.resize(queues);
  for (State::Queue& queue : state_->queues) {
    check(cudaStreamCreateWithFlags(&queue.stream, cudaStreamNonBlocking), "making a queue");
    check(cudaEventCreateWithFlags(&queue.reached, cudaEventDisableTiming), "making an event");
  }
  check(cudaStreamCreateWithFlags(&state_->setup_stream, cudaStreamNonBlocking), "making a queue");
  check(cudaMallocHost(&state_->staging, staging_bytes), "allocating page-locked memory");
}

Device::~Device() {
  cudaSetDevice(state_->number);
  for (const State::TimedLaunch& launch : state_->timed) {
    cudaEventDestroy(launch.begin);
    cudaEventDestroy(launch.end);
  }
  for (cudaEvent_t each : state_->replayed) cudaEventDestroy(each);
  for (State::Queue& queue : state_->queues) {
    cudaStreamSynchronize(queue.stream);
    for (void* memory : queue.scratch) cudaFree(memory);
    cudaEventDestroy(queue.reached);
    cudaStreamDestroy(queue.stream);
  }
  cudaFreeHost(state_->staging);
  cudaStreamDestroy(state_->setup_stream);
  forget_error();
}

std::string Device::description() const {
  cudaDeviceProp properties = {};
  check(cudaGetDeviceProperties(&properties, state_->number), "asking the device");
  return std::string(properties.name) + ", compute capability " + std::to_string(properties.major) +
         "." + std::to_string(properties.minor) + ", " +
         std::to_string(properties.multiProcessorCount) + " multiprocessors";
}

int Device::multiprocessors() const { return state_->attribute(cudaDevAttrMultiProcessorCount); }
int Device::queues() const { return static_cast<int>(state_->queues.size()); }
double Device::peak_flops() const {
  const int capability = 10 * state_->attribute(cudaDevAttrComputeCapabilityMajor) +
                         state_->attribute(cudaDevAttrComputeCapabilityMinor);
  const double lanes = capability < 86 ? 64 : 128;  // of a multiprocessor
  constexpr double operations = 2;                  // of a lane in a cycle
  const double cycles_per_s = 1e3 * state_->attribute(cudaDevAttrClockRate);
  return multiprocessors() * lanes * operations * cycles_per_s;
}
std::size_t Device::cache_bytes() const {
  return static_cast<std::size_t>(state_->attribute(cudaDevAttrL2CacheSize));
}
std::size_t Device::shared_bytes() const {
  return static_cast<std::size_t>(state_->attribute(cudaDevAttrMaxSharedMemoryPerBlockOptin));
}
bool Device::has_tensor_cores() const {
  return state_->attribute(cudaDevAttrComputeCapabilityMajor) >= 8;
}

void* Device::allocate(std::size_t bytes) {
  state_->select();
  void* memory = nullptr;
  const cudaError_t result = cudaMalloc(&memory, bytes);
  if (result == cudaErrorMemoryAllocation) {
    forget_error();
    throw std::bad_alloc();
  }
  check(result, "allocating memory");
  check(cudaMemsetAsync(memory, 0, bytes, state_->setup_stream), "clearing memory");
  check(cudaStreamSynchronize(state_->setup_stream), "clearing memory");
  return memory;
}

void Device::release(void* memory) noexcept {
  cudaSetDevice(state_->number);
  for (const State::Queue& queue : state_->queues) cudaStreamSynchronize(queue.stream);
  cudaFree(memory);
  forget_error();
}

void Device::upload(const void* host, void* memory, std::size_t bytes) {
  if (state_->records) throw Error("CUDA: an upload cannot be recorded");
  if (bytes == 0) return;
  state_->select();
  if (bytes > largest_staged_bytes) {
    check(cudaMemcpyAsync(memory, host, bytes, cudaMemcpyHostToDevice, state_->stream()), "a copy");
    check(cudaStreamSynchronize(state_->stream()), "a copy to the device");
    return;
  }
  if (state_->staging_used + bytes > staging_bytes) {
    state_->wait();
    state_->staging_used = 0;
  }
  char* staged = state_->staging + state_->staging_used;
  state_->staging_used += (bytes + staging_alignment - 1) / staging_alignment * staging_alignment;
  std::memcpy(staged, host, bytes);
  check(cudaMemcpyAsync(memory, staged, bytes, cudaMemcpyHostToDevice, state_->stream()), "a copy");
}

void Device::download(const void* memory, void* host, std::size_t bytes) {
  if (state_->records) throw Error("CUDA: a download cannot be recorded");
  if (bytes == 0) return;
  state_->select();
  check(cudaMemcpyAsync(host, memory, bytes, cudaMemcpyDeviceToHost, state_->stream()), "a copy");
  check(cudaStreamSynchronize(state_->stream()), "a copy from the device");
}

void Device::fork() {
  state_->select();
  State::Queue& first = state_->queues.front();
  check(cudaEventRecord(first.reached, first.stream), "marking a queue");
  for (State::Queue& queue : state_->queues)
    if (&queue != &first) check(cudaStreamWaitEvent(queue.stream, first.reached), "a queue's wait");
}
void Device::use(std::size_t queue) { state_->in_use = queue; }
void Device::join() {
  state_->in_use = 0;  // also if one of the calls below fails
  State::Queue& first = state_->queues.front();
  for (State::Queue& queue : state_->queues) {
    if (&queue == &first) continue;
    check(cudaEventRecord(queue.reached, queue.stream), "marking a queue");
    check(cudaStreamWaitEvent(first.stream, queue.reached), "a queue's wait");
  }
}

float* Device::scratch(std::size_t floats) {
  State::Queue& queue = state_->queues[state_->in_use];
  if (floats > queue.scratch_floats) {
    const std::size_t grown = std::max(floats, 2 * queue.scratch_floats);
    queue.scratch.push_back(allocate(grown * sizeof(float)));
    queue.scratch_floats = grown;
  }
  return static_cast<float*>(queue.scratch.back());
}

std::unique_ptr<CapturedGraph> Device::record(const std::function<void()>& work) {
  state_->select();
  const cudaStream_t stream = state_->stream();
  check(cudaStreamBeginCapture(stream, cudaStreamCaptureModeRelaxed), "recording");
  cudaGraph_t graph = nullptr;
  state_->records = true;
  try {
    work();
  } catch (...) {
    state_->records = false;
    cudaStreamEndCapture(stream, &graph);
    if (graph != nullptr) cudaGraphDestroy(graph);
    forget_error();  // that the capture was cut off
    throw;
  }
  state_->records = false;
  check(cudaStreamEndCapture(stream, &graph), "recording");
  cudaGraphExec_t executable = nullptr;
  const cudaError_t result = instantiate(&executable, graph);
  cudaGraphDestroy(graph);
  check(result, "preparing a recording");
  return std::make_unique<Graph>(executable);
}

void Device::replay(CapturedGraph& recording) {
  state_->select();
  const cudaEvent_t end = state_->replayed[state_->replays % most_replays];
  if (state_->replays++ >= most_replays) check(cudaEventSynchronize(end), "waiting for a replay");
  check(cudaGraphLaunch(dynamic_cast<Graph&>(recording).get(), state_->stream()), "a replay");
  check(cudaEventRecord(end, state_->stream()), "marking a replay");
}

void Device::time_launches(bool on) {
  state_->select();
  state_->times_launches = on;
  if (!on) return;
  pass_time<<<1, 1, 0, state_->queues.front().stream>>>(head_start_ns);
  check(cudaGetLastError(), "launching a kernel");
}
void Device::begin_call(const Call& call) { state_->present = {call}; }

std::vector<DeviceTime> Device::take_times() {
  state_->select();
  state_->wait();
  std::vector<DeviceTime> times;
  times.reserve(state_->timed.size());
  for (State::TimedLaunch& launch : std::exchange(state_->timed, {})) {
    float milliseconds = 0;
    check(cudaEventElapsedTime(&milliseconds, launch.begin, launch.end), "reading a clock");
    check(cudaEventDestroy(launch.begin), "releasing an event");
    check(cudaEventDestroy(launch.end), "releasing an event");
    times.push_back(launch.time);
    times.back().seconds = double{milliseconds} * 1e-3;
  }
  return times;
}

CUstream_st* Device::stream() const { return state_->stream(); }

void Device::begin_launch(const void* kernel, std::size_t shared_bytes) {
  constexpr std::size_t without_asking = std::size_t{48} << 10;
  state_->select();
  if (shared_bytes > without_asking && state_->sharing.insert(kernel).second) {
    check(cudaFuncSetAttribute(kernel, cudaFuncAttributeMaxDynamicSharedMemorySize,
                               static_cast<int>(shared_bytes)),
          "asking for shared memory");
    // Two blocks of a multiprocessor need all that it can divide between them and its cache.
    check(cudaFuncSetAttribute(kernel, cudaFuncAttributePreferredSharedMemoryCarveout,
                               cudaSharedmemCarveoutMaxShared),
          "asking for shared memory");
  }
  if (!state_->times_launches || state_->records) return;
  State::TimedLaunch launch{state_->present};
  ++state_->present.launch;
  check(cudaEventCreate(&launch.begin), "making an event");
  state_->timed.push_back(launch);
  check(cudaEventCreate(&state_->timed.back().end), "making an event");
  check(cudaEventRecord(launch.begin, stream()), "marking a launch");
}

void Device::end_launch() {
  check(cudaGetLastError(), "launching a kernel");
  if (state_->times_launches && !state_->records)
    check(cudaEventRecord(state_->timed.back().end, stream()), "marking a launch");
}

}  // namespace chorus::cuda
