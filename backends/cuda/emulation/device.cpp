#include "cuda/device.hpp"

#include <chrono>
#include <cstring>
#include <string>
#include <utility>
#include <vector>

#include "chorus/error.hpp"
#include "host/host_backend.hpp"

namespace chorus::cuda_emulated {

namespace {

struct Recorded final : public CapturedGraph {
  std::vector<std::function<void()>> kernels;
};

}  // namespace

struct Device::State {
  struct Queue {
    std::vector<std::unique_ptr<float[]>> scratch;
    std::size_t scratch_floats = 0;
  };
  explicit State(std::size_t count) : queues(count) {}

  HostArena arena;
  std::vector<Queue> queues;
  std::size_t in_use = 0;
  Recorded* recorded = nullptr;  ///< receives the kernels while they are recorded
  bool times_launches = false;
  DeviceTime present;  ///< the call that runs, and the number of its next launch
  std::vector<DeviceTime> times;
};

constexpr std::size_t emulated_devices = 2;

std::string device_unavailable() { return ""; }

Device::Device(std::size_t number, std::size_t queues) : state_(std::make_unique<State>(queues)) {
  if (number >= emulated_devices)
    throw Error("CUDA: there is no device " + std::to_string(number) + "; expected 0 to " +
                std::to_string(emulated_devices - 1));
}
Device::~Device() = default;

std::string Device::description() const { return "CUDA kernels without a GPU, to test them"; }

// Few and small, so that small matrices are divided as large ones are on a GPU.
int Device::multiprocessors() const { return 4; }
int Device::queues() const { return static_cast<int>(state_->queues.size()); }
double Device::peak_flops() const { return 1e8; }
std::size_t Device::cache_bytes() const { return std::size_t{4} << 20; }
bool Device::has_tensor_cores() const { return true; }
std::size_t Device::shared_bytes() const { return std::size_t{227} << 10; }

void* Device::allocate(std::size_t bytes) { return state_->arena.allocate(bytes); }
void Device::release(void* memory) noexcept { state_->arena.release(memory); }

void Device::upload(const void* host, void* memory, std::size_t bytes) {
  if (state_->recorded != nullptr) throw Error("CUDA: an upload cannot be recorded");
  if (bytes != 0) std::memcpy(memory, host, bytes);
}
void Device::download(const void* memory, void* host, std::size_t bytes) {
  if (state_->recorded != nullptr) throw Error("CUDA: a download cannot be recorded");
  if (bytes != 0) std::memcpy(host, memory, bytes);
}

// The emulation runs the work of all queues in the order of the calls.
void Device::fork() {}
void Device::use(std::size_t queue) { state_->in_use = queue; }
void Device::join() { state_->in_use = 0; }

float* Device::scratch(std::size_t floats) {
  State::Queue& queue = state_->queues.at(state_->in_use);
  if (floats > queue.scratch_floats) {
    queue.scratch.push_back(std::make_unique<float[]>(floats));
    queue.scratch_floats = floats;
  }
  return queue.scratch.back().get();
}

std::unique_ptr<CapturedGraph> Device::record(const std::function<void()>& work) {
  auto recorded = std::make_unique<Recorded>();
  state_->recorded = recorded.get();
  try {
    work();
  } catch (...) {
    state_->recorded = nullptr;
    throw;
  }
  state_->recorded = nullptr;
  return recorded;
}

void Device::replay(CapturedGraph& recording) {
  for (const auto& kernel : dynamic_cast<Recorded&>(recording).kernels) kernel();
}

void Device::time_launches(bool on) { state_->times_launches = on; }
void Device::begin_call(const Call& call) { state_->present = {call}; }
std::vector<DeviceTime> Device::take_times() { return std::exchange(state_->times, {}); }

void Device::enqueue(std::function<void()> kernel) {
  if (state_->recorded != nullptr) {
    state_->recorded->kernels.push_back(std::move(kernel));
    return;
  }
  using Clock = std::chrono::steady_clock;
  const Clock::time_point start = Clock::now();
  kernel();
  if (!state_->times_launches) return;
  state_->present.seconds = std::chrono::duration<double>(Clock::now() - start).count();
  state_->times.push_back(state_->present);
  ++state_->present.launch;
}

}  // namespace chorus::cuda_emulated
