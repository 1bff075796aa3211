#include <cuda_runtime.h>

#include <algorithm>
#include <cstring>
#include <new>
#include <vector>

#include "chorus/error.hpp"
#include "cuda/device.hpp"

namespace chorus::cuda {

namespace {

void check(cudaError_t result, const char* what) {
  if (result == cudaSuccess) return;
  throw Error(std::string("CUDA: ") + what + " failed: " + cudaGetErrorString(result));
}

int attribute(cudaDeviceAttr which) {
  int value = 0;
  check(cudaDeviceGetAttribute(&value, which, 0), "asking the device");
  return value;
}

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
  std::vector<Queue> queues;
  std::size_t in_use = 0;               ///< index of a queue
  cudaStream_t setup_stream = nullptr;  ///< for work that must not be recorded
  char* staging = nullptr;
  std::size_t staging_used = 0;
  bool records = false;

  cudaStream_t stream() const { return queues[in_use].stream; }
  void wait() const {
    for (const Queue& queue : queues)
      check(cudaStreamSynchronize(queue.stream), "waiting for the device");
  }
};

std::string device_unavailable() {
  int devices = 0;
  const cudaError_t result = cudaGetDeviceCount(&devices);
  if (result != cudaSuccess) return std::string("no CUDA device: ") + cudaGetErrorString(result);
  return devices > 0 ? "" : "no CUDA device";
}

Device::Device(std::size_t queues) : state_(std::make_unique<State>()) {
  check(cudaSetDevice(0), "choosing the device");
  state_->queues.resize(queues);
  for (State::Queue& queue : state_->queues) {
    check(cudaStreamCreateWithFlags(&queue.stream, cudaStreamNonBlocking), "making a queue");
    check(cudaEventCreateWithFlags(&queue.reached, cudaEventDisableTiming), "making an event");
  }
  check(cudaStreamCreateWithFlags(&state_->setup_stream, cudaStreamNonBlocking), "making a queue");
  check(cudaMallocHost(&state_->staging, staging_bytes), "allocating page-locked memory");
}

Device::~Device() {
  for (State::Queue& queue : state_->queues) {
    cudaStreamSynchronize(queue.stream);
    for (void* memory : queue.scratch) cudaFree(memory);
    cudaEventDestroy(queue.reached);
    cudaStreamDestroy(queue.stream);
  }
  cudaFreeHost(state_->staging);
  cudaStreamDestroy(state_->setup_stream);
}

std::string Device::description() const {
  cudaDeviceProp properties = {};
  check(cudaGetDeviceProperties(&properties, 0), "asking the device");
  return std::string(properties.name) + ", compute capability " + std::to_string(properties.major) +
         "." + std::to_string(properties.minor) + ", " +
         std::to_string(properties.multiProcessorCount) + " multiprocessors";
}

int Device::multiprocessors() const { return attribute(cudaDevAttrMultiProcessorCount); }
int Device::queues() const { return static_cast<int>(state_->queues.size()); }
double Device::peak_flops() const {
  const int capability = 10 * attribute(cudaDevAttrComputeCapabilityMajor) +
                         attribute(cudaDevAttrComputeCapabilityMinor);
  const double lanes = capability < 86 ? 64 : 128;  // of a multiprocessor
  constexpr double operations = 2;                  // of a lane in a cycle
  const double cycles_per_s = 1e3 * attribute(cudaDevAttrClockRate);
  return multiprocessors() * lanes * operations * cycles_per_s;
}
std::size_t Device::cache_bytes() const {
  return static_cast<std::size_t>(attribute(cudaDevAttrL2CacheSize));
}
bool Device::has_tensor_cores() const { return attribute(cudaDevAttrComputeCapabilityMajor) >= 8; }

void* Device::allocate(std::size_t bytes) {
  void* memory = nullptr;
  const cudaError_t result = cudaMalloc(&memory, bytes);
  if (result == cudaErrorMemoryAllocation) {
    cudaGetLastError();  // clears the error
    throw std::bad_alloc();
  }
  check(result, "allocating memory");
  check(cudaMemsetAsync(memory, 0, bytes, state_->setup_stream), "clearing memory");
  check(cudaStreamSynchronize(state_->setup_stream), "clearing memory");
  return memory;
}

void Device::release(void* memory) noexcept {
  for (const State::Queue& queue : state_->queues) cudaStreamSynchronize(queue.stream);
  cudaFree(memory);
}

void Device::upload(const void* host, void* memory, std::size_t bytes) {
  if (state_->records) throw Error("CUDA: an upload cannot be recorded");
  if (bytes == 0) return;
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
  check(cudaMemcpyAsync(host, memory, bytes, cudaMemcpyDeviceToHost, state_->stream()), "a copy");
  check(cudaStreamSynchronize(state_->stream()), "a copy from the device");
}

void Device::fork() {
  State::Queue& first = state_->queues.front();
  check(cudaEventRecord(first.reached, first.stream), "marking a queue");
  for (State::Queue& queue : state_->queues)
    if (&queue != &first) check(cudaStreamWaitEvent(queue.stream, first.reached), "a queue's wait");
}
void Device::use(std::size_t queue) { state_->in_use = queue; }
void Device::join() {
  State::Queue& first = state_->queues.front();
  for (State::Queue& queue : state_->queues) {
    if (&queue == &first) continue;
    check(cudaEventRecord(queue.reached, queue.stream), "marking a queue");
    check(cudaStreamWaitEvent(first.stream, queue.reached), "a queue's wait");
  }
  state_->in_use = 0;
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
    throw;
  }
  state_->records = false;
  check(cudaStreamEndCapture(stream, &graph), "recording");
  cudaGraphExec_t executable = nullptr;
  const cudaError_t result = cudaGraphInstantiate(&executable, graph, 0);
  cudaGraphDestroy(graph);
  check(result, "preparing a recording");
  return std::make_unique<Graph>(executable);
}

void Device::replay(CapturedGraph& recording) {
  check(cudaGraphLaunch(dynamic_cast<Graph&>(recording).get(), state_->stream()), "a replay");
}

CUstream_st* Device::stream() const { return state_->stream(); }
void Device::check_launch() const { check(cudaGetLastError(), "launching a kernel"); }

}  // namespace chorus::cuda
