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
class Graph final : public Recording {
 public:
  explicit Graph(cudaGraphExec_t graph) : graph_(graph) {}
  Graph(const Graph&) = delete;
  Graph& operator=(const Graph&) = delete;
  ~Graph() override { cudaGraphExecDestroy(graph_); }
  cudaGraphExec_t get() const { return graph_; }

 private:
  cudaGraphExec_t graph_;
};

/// Page-locked memory from which small uploads are taken later than they were asked for.
constexpr std::size_t staging_bytes = std::size_t{4} << 20;
constexpr std::size_t largest_staged_bytes = staging_bytes / 16;
constexpr std::size_t staging_alignment = 256;

}  // namespace

struct Device::State {
  cudaStream_t stream = nullptr;
  cudaStream_t setup_stream = nullptr;  ///< of work that must not be recorded
  char* staging = nullptr;
  std::size_t staging_used = 0;
  std::vector<void*> scratch;  ///< the last one is in use
  std::size_t scratch_floats = 0;
  bool records = false;
};

std::string device_unavailable() {
  int devices = 0;
  const cudaError_t result = cudaGetDeviceCount(&devices);
  if (result != cudaSuccess) return std::string("no CUDA device: ") + cudaGetErrorString(result);
  return devices > 0 ? "" : "no CUDA device";
}

Device::Device() : state_(std::make_unique<State>()) {
  check(cudaSetDevice(0), "choosing the device");
  check(cudaStreamCreateWithFlags(&state_->stream, cudaStreamNonBlocking), "making a queue");
  check(cudaStreamCreateWithFlags(&state_->setup_stream, cudaStreamNonBlocking), "making a queue");
  check(cudaMallocHost(&state_->staging, staging_bytes), "allocating page-locked memory");
}

Device::~Device() {
  cudaStreamSynchronize(state_->stream);
  for (void* memory : state_->scratch) cudaFree(memory);
  cudaFreeHost(state_->staging);
  cudaStreamDestroy(state_->setup_stream);
  cudaStreamDestroy(state_->stream);
}

std::string Device::description() const {
  cudaDeviceProp properties = {};
  check(cudaGetDeviceProperties(&properties, 0), "asking the device");
  return std::string(properties.name) + ", compute capability " + std::to_string(properties.major) +
         "." + std::to_string(properties.minor) + ", " +
         std::to_string(properties.multiProcessorCount) + " multiprocessors";
}

int Device::multiprocessors() const { return attribute(cudaDevAttrMultiProcessorCount); }
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
    cudaGetLastError();  // forget it
    throw std::bad_alloc();
  }
  check(result, "allocating memory");
  check(cudaMemsetAsync(memory, 0, bytes, state_->setup_stream), "clearing memory");
  check(cudaStreamSynchronize(state_->setup_stream), "clearing memory");
  return memory;
}

void Device::release(void* memory) noexcept {
  cudaStreamSynchronize(state_->stream);
  cudaFree(memory);
}

void Device::upload(const void* host, void* memory, std::size_t bytes) {
  if (state_->records) throw Error("CUDA: an upload cannot be recorded");
  if (bytes == 0) return;
  if (bytes > largest_staged_bytes) {
    check(cudaMemcpyAsync(memory, host, bytes, cudaMemcpyHostToDevice, state_->stream), "a copy");
    check(cudaStreamSynchronize(state_->stream), "a copy to the device");
    return;
  }
  if (state_->staging_used + bytes > staging_bytes) {
    check(cudaStreamSynchronize(state_->stream), "waiting for the device");
    state_->staging_used = 0;
  }
  char* staged = state_->staging + state_->staging_used;
  state_->staging_used += (bytes + staging_alignment - 1) / staging_alignment * staging_alignment;
  std::memcpy(staged, host, bytes);
  check(cudaMemcpyAsync(memory, staged, bytes, cudaMemcpyHostToDevice, state_->stream), "a copy");
}

void Device::download(const void* memory, void* host, std::size_t bytes) {
  if (state_->records) throw Error("CUDA: a download cannot be recorded");
  if (bytes == 0) return;
  check(cudaMemcpyAsync(host, memory, bytes, cudaMemcpyDeviceToHost, state_->stream), "a copy");
  check(cudaStreamSynchronize(state_->stream), "a copy from the device");
}

float* Device::scratch(std::size_t floats) {
  if (floats > state_->scratch_floats) {
    const std::size_t grown = std::max(floats, 2 * state_->scratch_floats);
    state_->scratch.push_back(allocate(grown * sizeof(float)));
    state_->scratch_floats = grown;
  }
  return static_cast<float*>(state_->scratch.back());
}

std::unique_ptr<Recording> Device::record(const std::function<void()>& work) {
  check(cudaStreamBeginCapture(state_->stream, cudaStreamCaptureModeRelaxed), "recording");
  cudaGraph_t graph = nullptr;
  state_->records = true;
  try {
    work();
  } catch (...) {
    state_->records = false;
    cudaStreamEndCapture(state_->stream, &graph);
    if (graph != nullptr) cudaGraphDestroy(graph);
    throw;
  }
  state_->records = false;
  check(cudaStreamEndCapture(state_->stream, &graph), "recording");
  cudaGraphExec_t executable = nullptr;
  const cudaError_t result = cudaGraphInstantiate(&executable, graph, 0);
  cudaGraphDestroy(graph);
  check(result, "preparing a recording");
  return std::make_unique<Graph>(executable);
}

void Device::replay(Recording& recording) {
  check(cudaGraphLaunch(dynamic_cast<Graph&>(recording).get(), state_->stream), "a replay");
}

CUstream_st* Device::stream() const { return state_->stream; }
void Device::check_launch() const { check(cudaGetLastError(), "launching a kernel"); }

}  // namespace chorus::cuda
