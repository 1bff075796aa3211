#include <algorithm>
#include <stdexcept>

#include "chorus/error.hpp"
#include "cuda/entries.hpp"
#include "cuda/ops.hpp"

namespace chorus::CHORUS_DEVICE {

namespace {

/// A recording, or a mark that the work has run once, so that its memory is allocated.
struct Repeated final : public CapturedGraph {
  std::unique_ptr<CapturedGraph> recorded;
};

class CudaBackend final : public Backend {
 public:
  CudaBackend(std::string name, Precision precision, std::size_t workers)
      : name_(std::move(name)), precision_(precision), workers_(workers), device_(workers) {
    if (precision != Precision::fp32 && !device_.has_tensor_cores())
      throw Error("backend '" + name_ + "' (" + device_.description() + ") has no precision " +
                  std::string(chorus::name(precision)) +
                  "; expected fp32, or a device of compute capability 8.0 or more");
  }

  std::string name() const override { return name_; }
  std::string description() const override {
    return device_.description() + ", " + std::string(chorus::name(precision_)) + " products";
  }
  Precision precision() const override { return precision_; }
  ActivationTypes activations() const override {
    switch (precision_) {
      case Precision::fp32:
      case Precision::tf32:
        return {DType::fp32, DType::fp32};
      case Precision::fp16:
        // Derivatives can be too small for 16 bits with a short exponent.
        return {DType::fp16, DType::bf16};
      case Precision::bf16:
        return {DType::bf16, DType::bf16};
    }
    throw std::logic_error("cuda: unknown precision");
  }
  std::size_t workers() const override { return workers_; }
  std::size_t grain_size() const override {
    return std::size_t{1} << 24;  // one kernel occupies the device
  }

  std::size_t tile_rows(std::size_t width) const override {
    // The matrices of each queue that are read soon after they were written: the input, sine,
    // cosine and slope of a layer. Exceeding the cache a little costs less than small tiles. What
    // only the backward pass reads again, a quarter of all traffic, may go to the device's memory.
    constexpr std::size_t kept_matrices = 4, step = 128, least = 1024, most = 16384;
    const std::size_t number_bytes = activations().values == DType::fp32 ? 4 : 2;
    const std::size_t row_bytes = kept_matrices * (width + 16) * number_bytes;
    const std::size_t rows = 2 * device_.cache_bytes() / row_bytes / workers_;
    return std::clamp(rows / step * step, least, most);
  }

  std::size_t packed_floats(std::size_t rows, std::size_t cols) const override {
    return CHORUS_DEVICE::packed_floats(rows, cols, activations());
  }

  void* allocate(std::size_t bytes) override {
    return device_.allocate(bytes + readable_slack * sizeof(float));
  }
  void release(void* memory) noexcept override { device_.release(memory); }
  void upload(const void* host, void* memory, std::size_t bytes) override {
    device_.upload(host, memory, bytes);
  }
  void download(const void* memory, void* host, std::size_t bytes) override {
    device_.download(memory, host, bytes);
  }

  void run(const Call& call) override {
    switch (call.op) {
      case Op::matmul:
      case Op::sine_linear:
        return run_product(device_, call, precision_, activations());
      case Op::sine_linear_gradient:
        if (call.in[1].data != nullptr)
          return run_product(device_, call, precision_, activations());
        return run_columns(device_, call);
      case Op::sum_rows:
      case Op::squared_error:
        return run_columns(device_, call);
      case Op::palette_colors:
      case Op::palette_colors_gradient:
      case Op::mixture_loss:
      case Op::mean_samples:
        return run_palette(device_, call);
      case Op::draw_pixels:
      case Op::adam:
        return run_training(device_, call);
      case Op::pack:
        return run_pack(device_, call, activations());
      default:
        return run_elements(device_, call);
    }
  }

  void parallel(std::size_t tasks,
                const std::function<void(std::size_t, std::size_t)>& body) override {
    device_.fork();
    try {
      for (std::size_t task = 0; task < tasks; ++task) {
        device_.use(task % workers_);
        body(task, task % workers_);
      }
    } catch (...) {
      device_.join();
      throw;
    }
    device_.join();
  }

  double measure_peak_flops() override { return device_.peak_flops(); }

  /// Runs the work first, which allocates its memory; records it the second time; then replays the
  /// recording.
  void replay(std::unique_ptr<CapturedGraph>& recording,
              const std::function<void()>& work) override {
    if (recording == nullptr) {
      work();
      recording = std::make_unique<Repeated>();
      return;
    }
    auto& repeated = dynamic_cast<Repeated&>(*recording);
    if (repeated.recorded == nullptr) repeated.recorded = device_.record(work);
    device_.replay(*repeated.recorded);
  }

 private:
  std::string name_;
  Precision precision_;
  std::size_t workers_;
  Device device_;
};

}  // namespace

std::shared_ptr<Backend> make_backend(const std::string& name, const BackendOptions& options) {
  // While one queue's kernel ends or loads its first operands, the other's computes.
  constexpr std::size_t usual_workers = 2;
  return std::make_shared<CudaBackend>(name, options.precision,
                                       options.workers == 0 ? usual_workers : options.workers);
}

}  // namespace chorus::CHORUS_DEVICE
