#include "cpu/cpu_backend.hpp"

#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <memory>
#include <new>

#include "chorus/tensor.hpp"
#include "cpu/draw_pixels.hpp"
#include "host/host_backend.hpp"
#include "parallel.hpp"
#include "reference/reference.hpp"

namespace chorus {

namespace {

/// The bytes of one core's second-level cache; a cautious guess if the system does not report them.
std::size_t second_level_cache_bytes() {
#ifdef _SC_LEVEL2_CACHE_SIZE
  const long bytes = sysconf(_SC_LEVEL2_CACHE_SIZE);
  if (bytes > 0) return static_cast<std::size_t>(bytes);
#endif
  return std::size_t{512} << 10;
}

/// Memory that begins on a cache line. Its content is lost when it grows.
class AlignedFloats {
 public:
  float* at_least(std::size_t count) {
    if (size_ < count) {
      data_.reset(static_cast<float*>(::operator new(count * sizeof(float), alignment)));
      size_ = count;
    }
    return data_.get();
  }

 private:
  static constexpr std::align_val_t alignment{64};
  struct Delete {
    void operator()(float* data) const { ::operator delete(data, alignment); }
  };
  std::unique_ptr<float, Delete> data_;
  std::size_t size_ = 0;
};

class CpuBackend final : public HostBackend {
 public:
  CpuBackend(const KernelSet& kernels, const BackendOptions& options)
      : kernels_(kernels),
        threads_(usable_threads(options.threads)),
        workers_(options.workers != 0 ? options.workers : threads_) {}

  std::string name() const override { return kernels_.name; }

  std::string description() const override {
    return "SIMD kernels (" + std::string(kernels_.name) + "), " + std::to_string(workers_) +
           (workers_ == 1 ? " worker" : " workers");
  }

  Precision precision() const override {
    return kernels_.bf16_products ? Precision::bf16 : Precision::fp32;
  }

  std::size_t workers() const override { return workers_; }

  std::size_t tile_rows(std::size_t width) const override {
    // A layer keeps two matrices of rows x width, and four layers of them should fill most of the
    // cache. With fewer than 96 rows, the weights and their gradients, which every tile moves
    // through the cache, cost more than the activations gain. Multiples of 24 suit register blocks
    // of 6 and of 12 rows. Operands in 16 bits are copies, each at most as large as one of the
    // matrices, and fit the rest of the cache.
    constexpr std::size_t kept_matrices = 8, step = 24;
    const std::size_t row_bytes = kept_matrices * padded_stride(width) * sizeof(float);
    const std::size_t rows = second_level_cache_bytes() * 4 / 5 / row_bytes;
    return std::clamp(rows / step * step, 4 * step, 16 * step);
  }

  std::size_t packed_floats(std::size_t rows, std::size_t cols) const override {
    return kernels_.packed_floats(rows, cols);
  }

  void run(const Call& call) override {
    if (call.op == Op::draw_pixels) return draw_pixels_by_group(call);
    thread_local AlignedFloats scratch;
    if (!kernels_.run(call, scratch.at_least(kernels_.scratch_floats(call)))) run_reference(call);
  }

  void parallel(std::size_t tasks,
                const std::function<void(std::size_t, std::size_t)>& body) override {
    for_each_index(workers_, threads_, [&](std::size_t worker) {
      for (std::size_t task = worker; task < tasks; task += workers_) body(task, worker);
    });
  }

  double measure_peak_flops() override {
    constexpr std::size_t rounds = 150;  // a millisecond or two
    constexpr int tries = 5;             // a peak is a maximum
    double best = 0;
    for (int i = 0; i < tries; ++i) {
      const auto start = std::chrono::steady_clock::now();
      parallel(workers_, [&](std::size_t, std::size_t) {
        const volatile float kept = kernels_.peak_rounds(rounds);
        static_cast<void>(kept);
      });
      const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start;
      const double operations = double(workers_ * rounds) * double(kernels_.peak_flops_per_round);
      best = std::max(best, operations / seconds.count());
    }
    return best;
  }

 private:
  const KernelSet& kernels_;
  std::size_t threads_;
  std::size_t workers_;
};

}  // namespace

std::shared_ptr<Backend> make_cpu_backend(const KernelSet& kernels, const BackendOptions& options) {
  return std::make_shared<CpuBackend>(kernels, options);
}

}  // namespace chorus
