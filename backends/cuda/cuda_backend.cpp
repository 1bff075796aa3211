#include <algorithm>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "chorus/error.hpp"
#include "cuda/entries.hpp"
#include "cuda/ops.hpp"
#include "op_parameters.hpp"

namespace chorus::CHORUS_DEVICE {

namespace {

/// While one queue's kernel ends or loads its first operands, the other's computes.
constexpr std::size_t usual_workers = 2, most_workers = 4;

/// A recording, or a mark that the work has run once, so that its memory is allocated.
struct Repeated final : public CapturedGraph {
  std::unique_ptr<CapturedGraph> recorded;
};

class CudaBackend final : public Backend {
 public:
  CudaBackend(std::string name, std::size_t workers, const BackendOptions& options)
      : name_(std::move(name)),
        precision_(options.precision),
        workers_(workers),
        path_(usual_path(options.network_path)),
        workers_were_chosen_(options.workers != 0),
        device_(options.device, workers) {
    if (precision_ != Precision::fp32 && !device_.has_tensor_cores())
      throw Error("backend '" + name_ + "' (" + device_.description() + ") has no precision " +
                  std::string(chorus::name(precision_)) +
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
  std::size_t workers_for(std::size_t rows) const override {
    // Small steps end sooner with half of the launches; large ones fill the gaps between kernels.
    constexpr std::size_t few_rows = 8192, many_rows = 32768;
    if (workers_were_chosen_) return workers_;
    return rows < few_rows ? 1 : rows < many_rows ? usual_workers : workers_;
  }
  bool fuses(std::size_t width, std::size_t layers) const override {
    return path_ != NetworkPath::layers && layers > 1 &&
           has_network_kernel(device_, precision_, width);
  }
  NetworkPath network_path() const override { return path_; }
  void set_network_path(NetworkPath path) override { path_ = path; }
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
    const std::size_t queues = workers_were_chosen_ ? workers_ : usual_workers;
    const std::size_t rows = 2 * device_.cache_bytes() / row_bytes / queues;
    return std::clamp(rows / step * step, least, most);
  }

  std::size_t packed_floats(std::size_t rows, std::size_t cols) const override {
    return CHORUS_DEVICE::packed_floats(rows, cols, activations());
  }

  void* allocate(std::size_t bytes) override {
    return device_.allocate(bytes + readable_slack * sizeof(float));
  }
  void release(void* memory) noexcept override {
    try {
      finish_updates();
    } catch (...) {  // the device has failed, as the next call will say
    }
    device_.release(memory);
  }
  void upload(const void* host, void* memory, std::size_t bytes) override {
    finish_updates();
    device_.upload(host, memory, bytes);
  }
  void download(const void* memory, void* host, std::size_t bytes) override {
    finish_updates();
    device_.download(memory, host, bytes);
  }

  void run(const Call& call) override {
    if (updates_.take(call)) return;
    finish_updates();
    if (updates_.take(call)) return;  // of another kind
    updates_.alone = false;
    device_.begin_call(call);
    switch (call.op) {
      case Op::matmul:
      case Op::sine_linear:
        return run_product(device_, call, precision_, activations());
      case Op::sine_linear_gradient:
        if (call.in[1].data != nullptr)
          return run_product(device_, call, precision_, activations());
        return run_columns(device_, call);
      case Op::sine_network:
      case Op::sine_network_gradient:
        return run_network(device_, call, precision_, activations());
      case Op::sum_rows:
      case Op::squared_error:
        return run_columns(device_, call);
      case Op::palette_colors:
      case Op::palette_colors_gradient:
      case Op::mixture_loss:
      case Op::mean_samples:
        return run_palette(device_, call);
      case Op::draw_pixels:
        return run_draw(device_, call);
      default:
        return run_elements(device_, call);
    }
  }

  void parallel(std::size_t tasks,
                const std::function<void(std::size_t, std::size_t)>& body) override {
    finish_updates();
    device_.fork();
    try {
      for (std::size_t task = 0; task < tasks; ++task) {
        device_.use(task % workers_);
        updates_.alone = true;
        body(task, task % workers_);
        // Updates that follow other work of their queue cannot wait for those of other queues.
        if (!updates_.alone) finish_updates();
      }
    } catch (...) {
      device_.join();
      throw;
    }
    device_.join();  // updates of the tasks may now wait for those that follow
  }

  void time_launches(bool on) override {
    finish_updates();
    device_.time_launches(on);
  }
  std::vector<DeviceTime> take_device_times() override { return device_.take_times(); }
  double measure_peak_flops() override { return device_.peak_flops(); }

  /// Runs the work first, which allocates its memory; records it the second time; then replays the
  /// recording.
  void replay(std::unique_ptr<CapturedGraph>& recording,
              const std::function<void()>& work) override {
    finish_updates();
    const auto whole_work = [&] {
      work();
      finish_updates();
    };
    if (recording == nullptr) {
      whole_work();
      recording = std::make_unique<Repeated>();
      return;
    }
    auto& repeated = dynamic_cast<Repeated&>(*recording);
    if (repeated.recorded == nullptr) repeated.recorded = device_.record(whole_work);
    device_.replay(*repeated.recorded);
  }

 private:
  /// The emulation is too slow to measure anything with it unless somebody insists.
  static NetworkPath usual_path(NetworkPath asked) {
#ifdef CHORUS_CUDA_EMULATED
    if (asked == NetworkPath::measured) return NetworkPath::network;
#endif
    return asked;
  }

  /// Calls that update parameters or pack weights. They wait for others of their kind, so that all
  /// of them become one launch.
  struct Updates {
    std::vector<Call> calls;
    std::vector<AdamUpdate> settings;  ///< of each call
    bool alone = true;                 ///< whether a task has done nothing else

    bool take(const Call& call) {
      if (call.op != Op::adam && call.op != Op::pack) return false;
      if (!calls.empty() && calls.front().op != call.op) return false;
      calls.push_back(call);
      settings.push_back(call.adam == nullptr ? AdamUpdate{} : *call.adam);
      return true;
    }
  };

  void finish_updates() {
    if (updates_.calls.empty()) return;
    std::vector<Call> calls = std::exchange(updates_.calls, {});
    const std::vector<AdamUpdate> settings = std::exchange(updates_.settings, {});
    for (std::size_t c = 0; c < calls.size(); ++c) calls[c].adam = &settings[c];
    device_.begin_call(calls.front());
    if (calls.front().op == Op::adam)
      run_updates(device_, calls);
    else
      run_packs(device_, calls, activations());
  }

  std::string name_;
  Precision precision_;
  std::size_t workers_;
  NetworkPath path_;
  bool workers_were_chosen_;
  Updates updates_;
  Device device_;
};

}  // namespace

std::shared_ptr<Backend> make_backend(const std::string& name, const BackendOptions& options) {
  const std::string full = options.device == 0 ? name : name + ":" + std::to_string(options.device);
  return std::make_shared<CudaBackend>(full, options.workers == 0 ? most_workers : options.workers,
                                       options);
}

}  // namespace chorus::CHORUS_DEVICE
