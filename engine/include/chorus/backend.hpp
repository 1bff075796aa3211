#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "chorus/call.hpp"
#include "chorus/version.hpp"

namespace CHORUS_API chorus {

/// The calls of a piece of work, recorded by a device that can replay them all at once.
class CapturedGraph {
 public:
  virtual ~CapturedGraph() = default;
};

// Four types speak of number formats: DType is the storage of one matrix, Precision the format in
// which large products multiply, ActivationTypes the DTypes in which sine layers store their
// activations, and Activations (autodiff.hpp) says whether a tape uses them.

/// The number format in which large products multiply. Sums, parameters and all other ops are in
/// single precision.
enum class Precision : std::uint8_t {
  fp32,
  tf32,  ///< 8 bits of exponent, 10 of fraction
  fp16,  ///< 5 bits of exponent, 10 of fraction; derivatives, which may be tiny, in bf16
  bf16,  ///< 8 bits of exponent, 7 of fraction
};

/// How sine layers keep their activations from the forward pass to the backward pass.
struct ActivationTypes {
  DType values = DType::fp32;   ///< the sines, which the next layer reads
  DType cosines = DType::fp32;  ///< the cosines, which the backward pass overwrites with gradients
};

/// How a device computes the sine layers of a network: one after the other, or all in one kernel
/// where it has such a kernel. Results differ in their last bits.
enum class NetworkPath : std::uint8_t {
  measured,  ///< whichever a training finds faster before its first step
  layers,
  network,
};

/// The time that a device took for one of the launches of a call.
struct DeviceTime {
  Call call;               ///< what ran; its pointers must not be followed
  std::size_t launch = 0;  ///< which of the call's launches: 0, 1, ...
  double seconds = 0;
};

/// The place where primitives run: memory, kernels and workers. A backend knows nothing of
/// differentiation, images or latents. How to add one: backends/README.md.
class Backend {
 public:
  virtual ~Backend() = default;

  virtual std::string name() const = 0;         ///< for make_backend, "auto" resolved: "cpu:avx2"
  virtual std::string description() const = 0;  ///< for people: instruction set, device and workers
  virtual Precision precision() const { return Precision::fp32; }  ///< of large products

  /// The storage types of activations for which this backend's products are fastest: operands that
  /// are stored in 16 bits take half of the memory traffic.
  virtual ActivationTypes activations() const { return {}; }

  /// Number of workers that `parallel` uses; worker ids are below it.
  virtual std::size_t workers() const = 0;

  /// How many of the workers should share steps of so many rows: fewer where a device has too
  /// little to do for all of its queues.
  virtual std::size_t workers_for(std::size_t /*rows*/) const { return workers(); }

  /// Whether run() has Op::sine_network for so many layers of this width, with the activations of
  /// activations(), and uses it. If not, the engine calls layer by layer.
  virtual bool fuses(std::size_t /*width*/, std::size_t /*layers*/) const { return false; }
  /// The path that was asked for; NetworkPath::layers where there is no other.
  virtual NetworkPath network_path() const { return NetworkPath::layers; }
  /// Decides between the paths from now on.
  virtual void set_network_path(NetworkPath /*path*/) {}

  /// Minimum number of elements per worker for element-wise work (less is not worth dividing).
  virtual std::size_t grain_size() const { return 8192; }

  /// The number of rows whose activations, in a network of this width, fit the cache of a worker.
  virtual std::size_t tile_rows(std::size_t width) const = 0;

  /// The number of floats that Op::pack writes for a rows x cols matrix; 0: weights stay unpacked.
  virtual std::size_t packed_floats(std::size_t rows, std::size_t cols) const = 0;

  /// Zeroed memory, aligned to 64 bytes, with `readable_slack` floats behind it that may be read.
  /// Throws std::bad_alloc.
  virtual void* allocate(std::size_t bytes) = 0;
  virtual void release(void* memory) noexcept = 0;
  virtual void upload(const void* host, void* device, std::size_t bytes) = 0;
  virtual void download(const void* device, void* host, std::size_t bytes) = 0;

  /// Runs one primitive on the calling worker. Throws std::logic_error for an op it lacks.
  virtual void run(const Call& call) = 0;

  /// Runs body(task, worker) for all tasks. Task t always runs on worker t % workers(), and each
  /// worker takes its tasks in ascending order, so that sums formed per worker have a fixed order.
  /// The first exception of a body is rethrown after all workers have stopped.
  virtual void parallel(std::size_t tasks,
                        const std::function<void(std::size_t task, std::size_t worker)>& body) = 0;

  /// Runs work(), or replays what it did before. `graph` is empty at first and then belongs to this
  /// work alone. The work must make the same calls with the same operands each time, and must
  /// neither upload nor download.
  virtual void replay(std::unique_ptr<CapturedGraph>& graph, const std::function<void()>& work);

  /// Begins or ends to time each launch by the device's own clock. Only for devices that compute
  /// while the host goes on; on others the host's clock says it all, and these do nothing.
  virtual void time_launches(bool /*on*/) {}
  /// Waits for the device and hands out the times since the last call.
  virtual std::vector<DeviceTime> take_device_times() { return {}; }

  /// Measures the peak of all workers in single-precision operations per second; 0 if unknown.
  virtual double measure_peak_flops() { return 0; }
};

std::string_view name(Precision precision);
Precision parse_precision(std::string_view text);  ///< throws Error
std::string_view name(NetworkPath path);
NetworkPath parse_network_path(std::string_view text);  ///< throws Error

struct BackendOptions {
  /// Number of CPU threads, at most one per core; 0: OMP_NUM_THREADS, or one per core.
  std::size_t threads = 0;
  /// Number of workers; 0: one for each CPU thread, or as many queues of a GPU as suit the work.
  /// Results depend on the number of workers but not on the number of threads that they share.
  std::size_t workers = 0;
  /// With fp32 the backend decides; only cpu:avx512bf16 and cpu:amx then choose another format.
  Precision precision = Precision::fp32;
  /// Which of several GPUs; names such as "cuda:1" choose it, too.
  std::size_t device = 0;
  /// Of GPUs only.
  NetworkPath network_path = NetworkPath::measured;
};

/// Makes a backend by name: "auto" (the best available), a name of list_backends(), "cuda:N" for
/// the N-th of several GPUs (from 0), or "check:A,B", which compares two. An empty name means the
/// environment variable CHORUS_BACKEND, or "auto". Throws Error, which lists the available
/// backends, if this one is unknown or not available here.
std::shared_ptr<Backend> make_backend(std::string_view name = {},
                                      const BackendOptions& options = {});

struct BackendInfo {
  std::string name;
  std::string description;
  std::string unavailable;  ///< the reason why it cannot be used here; empty if it can
};

/// All backends of this build, best first.
std::vector<BackendInfo> list_backends();

std::string_view name(Op op);

}  // namespace chorus
