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

  /// Measures the peak of all workers in single-precision operations per second; 0 if unknown.
  virtual double measure_peak_flops() { return 0; }
};

std::string_view name(Precision precision);
Precision parse_precision(std::string_view text);  ///< throws Error

struct BackendOptions {
  /// Number of CPU threads, at most one per core; 0: OMP_NUM_THREADS, or one per core.
  std::size_t threads = 0;
  /// Number of workers; 0: one for each CPU thread, or two queues of a GPU. Results depend on the
  /// number of workers but not on the number of threads that they share.
  std::size_t workers = 0;
  /// With fp32 the backend decides; only cpu:avx512bf16 and cpu:amx then choose another format.
  Precision precision = Precision::fp32;
};

/// Makes a backend by name: "auto" (the best available), a name of list_backends(), or "check:A,B",
/// which compares two. An empty name means the environment variable CHORUS_BACKEND, or "auto".
/// Throws Error, which lists the available backends, if this one is unknown or not available here.
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
