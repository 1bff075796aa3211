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

/// What a backend keeps of work that it has recorded.
class CapturedGraph {
 public:
  virtual ~CapturedGraph() = default;
};

/// The number format of what large products multiply. Sums, parameters and everything else are
/// single precision always.
enum class Precision : std::uint8_t {
  fp32,
  tf32,  ///< 8 bits of exponent, 10 of fraction
  fp16,  ///< 5 bits of exponent, 10 of fraction; derivatives, which may be tiny, in bf16
  bf16,  ///< 8 bits of exponent, 7 of fraction
};

/// How the activations of sine layers are kept between a pass forwards and one backwards: the
/// sines, and the cosines, in whose place come the derivatives.
struct ActivationTypes {
  DType values = DType::fp32;
  DType cosines = DType::fp32;
};

/// A place where primitives run: memory, kernels and workers. Backends know matrices only, nothing
/// of differentiation, images or latents. How to add one: backends/README.md.
class Backend {
 public:
  virtual ~Backend() = default;

  virtual std::string name() const = 0;         ///< as given to make_backend, resolved: "cpu:avx2"
  virtual std::string description() const = 0;  ///< for people: instruction set, device, workers
  virtual Precision precision() const { return Precision::fp32; }  ///< of large products

  /// What its products like best: with operands of 16 bits also in memory, less has to be moved.
  virtual ActivationTypes activations() const { return {}; }

  /// Number of workers that `parallel` uses; worker ids are below it.
  virtual std::size_t workers() const = 0;

  /// ActivationTypes below which work that is done element by element is not worth dividing among
  /// workers.
  virtual std::size_t grain_size() const { return 8192; }

  /// Rows of a tile for which the activations of a network of this width stay in the fastest
  /// cache that holds them.
  virtual std::size_t tile_rows(std::size_t width) const = 0;

  /// Floats that Op::pack writes for a rows x cols matrix; 0 where products take weights as they
  /// are.
  virtual std::size_t packed_floats(std::size_t rows, std::size_t cols) const = 0;

  /// Zeroed memory, aligned to 64 bytes, with `readable_slack` floats behind it that may be read.
  /// Throws std::bad_alloc.
  virtual void* allocate(std::size_t bytes) = 0;
  virtual void release(void* memory) noexcept = 0;
  virtual void upload(const void* host, void* device, std::size_t bytes) = 0;
  virtual void download(const void* device, void* host, std::size_t bytes) = 0;

  /// Runs one primitive on the calling worker. Throws std::logic_error for an op it lacks.
  virtual void run(const Call& call) = 0;

  /// Runs body(task, worker) for all tasks; task t always goes to worker t % workers(), in
  /// ascending order on each worker, so that sums formed per worker have a fixed order.
  /// The first exception of a body is rethrown after all workers have stopped.
  virtual void parallel(std::size_t tasks,
                        const std::function<void(std::size_t task, std::size_t worker)>& body) = 0;

  /// Runs work() now, or something that does the same. `recording` is empty the first time, and
  /// then belongs to this work alone, which must always make the same calls with the same operands
  /// and neither upload nor download: a device may record them, and replay them later at once.
  virtual void replay(std::unique_ptr<CapturedGraph>& recording, const std::function<void()>& work);

  /// Single-precision operations per second that the workers reach together on a loop of
  /// independent multiply-adds, the most they can do; measured in some milliseconds, now. 0 where
  /// that is not known.
  virtual double measure_peak_flops() { return 0; }
};

std::string_view name(Precision precision);
Precision parse_precision(std::string_view text);  ///< throws Error

struct BackendOptions {
  /// Of a CPU, never more than it has cores; 0: OMP_NUM_THREADS or one per core.
  std::size_t threads = 0;
  /// Workers of a CPU, which the threads share; 0: as many as threads. Results depend on this
  /// number alone: with the same workers, any number of threads gives the same bits. Of a GPU,
  /// queues that are served side by side; 0: two.
  std::size_t workers = 0;
  /// fp32 leaves the choice to the backend, which only in cpu:avx512bf16 is another.
  Precision precision = Precision::fp32;
};

/// Makes a backend by name: "auto" (the best available), a name of list_backends(), or "check:A,B".
/// An empty name means the environment variable CHORUS_BACKEND, or "auto".
/// Throws Error listing what there is if the name is unknown or not available here.
std::shared_ptr<Backend> make_backend(std::string_view name = {},
                                      const BackendOptions& options = {});

struct BackendInfo {
  std::string name;
  std::string description;
  std::string unavailable;  ///< why it cannot be used here; empty if it can
};

/// All backends of this build, best first.
std::vector<BackendInfo> list_backends();

std::string_view name(Op op);

}  // namespace chorus
