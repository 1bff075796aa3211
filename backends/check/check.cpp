#include "check/check.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <utility>
#include <vector>

#include "chorus/error.hpp"
#include "chorus/tensor.hpp"
#include "dtype.hpp"
#include "formatted.hpp"
#include "forwarding_backend.hpp"

namespace chorus {

namespace {

/// The allowed difference relative to the largest magnitude of the result (which counts as at least
/// 1e-3). It leaves room for a different order of sums over a few hundred single-precision terms.
constexpr double single_tolerance = 3e-5;

bool is_product(const Call& call) {
  return call.op == Op::matmul || call.op == Op::sine_linear ||
         (call.op == Op::sine_linear_gradient && call.in[1].data != nullptr);
}

/// Operands have 8 or 11 significant bits. Rounding errors of sums of some hundred terms grow with
/// the sums, and those of sines with their arguments.
double tolerance_of(const Call& call, Precision precision) {
  if (precision == Precision::fp32 || !is_product(call)) return single_tolerance;
  return precision == Precision::tf32 ? 0.02 : 0.15;  // fp16 has derivatives in bf16
}

std::size_t span_floats(std::size_t rows, std::size_t cols, std::size_t stride) {
  return rows == 0 ? 0 : (rows - 1) * stride + cols;
}

/// All floats that a view spans, whatever the type of its elements.
std::vector<float> read_elements(Backend& backend, const ConstView& view) {
  const std::size_t count = span_floats(view.rows, view.cols, view.stride);
  std::vector<float> values(count);
  if (view.dtype == DType::fp32) {
    backend.download(view.data, values.data(), count * sizeof(float));
    return values;
  }
  std::vector<std::uint16_t> halves(count);
  backend.download(view.data, halves.data(), count * sizeof(std::uint16_t));
  std::transform(halves.begin(), halves.end(), values.begin(),
                 [&](std::uint16_t half) { return widened(half, view.dtype); });
  return values;
}

/// A copy of some elements in another backend's memory, for the duration of one call.
template <class T>
class Mirror {
 public:
  Mirror(Backend& to, const std::vector<T>& values)
      : to_(to),
        memory_(static_cast<T*>(to.allocate(std::max<std::size_t>(values.size(), 1) * sizeof(T)))) {
    to.upload(values.data(), memory_, values.size() * sizeof(T));
  }
  Mirror(const Mirror&) = delete;
  Mirror& operator=(const Mirror&) = delete;
  ~Mirror() { to_.release(memory_); }
  T* data() const { return memory_; }

 private:
  Backend& to_;
  T* memory_;
};

/// The same call on fp32 copies of its operands in another backend's memory.
class MirroredCall {
 public:
  MirroredCall(Backend& from, Backend& to, const Call& call) : call_(call) {
    call_.packed = nullptr;  // its layout is private to the other backend
    for (ConstView& view : call_.in) {
      view.data = copy(from, to, view);
      view.dtype = DType::fp32;
    }
    for (View& view : call_.out) {
      view.data = copy(from, to, as_const(view));
      view.dtype = DType::fp32;
    }
    for (IndexView& list : call_.index) {
      if (list.data == nullptr) continue;
      std::vector<std::uint32_t> values(list.count);
      from.download(list.data, values.data(), list.count * sizeof(std::uint32_t));
      indices_.push_back(std::make_unique<Mirror<std::uint32_t>>(to, values));
      list.data = indices_.back()->data();
    }
  }
  const Call& call() const { return call_; }

 private:
  float* copy(Backend& from, Backend& to, const ConstView& view) {
    if (view.data == nullptr) return nullptr;
    floats_.push_back(std::make_unique<Mirror<float>>(to, read_elements(from, view)));
    return floats_.back()->data();
  }

  Call call_;
  std::vector<std::unique_ptr<Mirror<float>>> floats_;
  std::vector<std::unique_ptr<Mirror<std::uint32_t>>> indices_;
};

class CheckBackend final : public ForwardingBackend {
 public:
  CheckBackend(std::shared_ptr<Backend> tested, std::shared_ptr<Backend> trusted)
      : ForwardingBackend(std::move(tested)), trusted_(std::move(trusted)) {}

  std::string name() const override { return "check:" + inner().name() + "," + trusted_->name(); }
  std::string description() const override {
    return "runs " + inner().name() + " and compares every op with " + trusted_->name();
  }
  std::size_t workers() const override { return 1; }
  std::size_t workers_for(std::size_t /*rows*/) const override { return 1; }
  /// Layers are compared one by one.
  bool fuses(std::size_t /*width*/, std::size_t /*layers*/) const override { return false; }

  void run(const Call& call) override {
    ++calls_;
    if (call.op == Op::pack) return inner().run(call);
    const MirroredCall mirrored(inner(), *trusted_, call);
    inner().run(call);
    trusted_->run(mirrored.call());
    for (std::size_t k = 0; k < std::size(call.out); ++k)
      if (call.out[k].data != nullptr) compare(call, mirrored.call(), k);
  }

  void parallel(std::size_t tasks,
                const std::function<void(std::size_t, std::size_t)>& body) override {
    for (std::size_t task = 0; task < tasks; ++task) body(task, 0);
  }

 private:
  void compare(const Call& call, const Call& mirrored, std::size_t k) {
    const View& view = call.out[k];
    const std::vector<float> found = read_elements(inner(), as_const(view));
    const std::vector<float> expected = read_elements(*trusted_, as_const(mirrored.out[k]));
    const double tolerance = tolerance_of(call, inner().precision());
    double largest = 1e-3;
    for (std::size_t r = 0; r < view.rows; ++r)
      for (std::size_t c = 0; c < view.cols; ++c)
        if (const float value = expected[r * view.stride + c]; std::isfinite(value))
          largest = std::max(largest, std::abs(double{value}));
    for (std::size_t r = 0; r < view.rows; ++r)
      for (std::size_t c = 0; c < view.cols; ++c) {
        const float a = found[r * view.stride + c], b = expected[r * view.stride + c];
        const bool both_nan = std::isnan(a) && std::isnan(b);
        if (a == b || both_nan || std::abs(double{a} - double{b}) <= tolerance * largest) continue;
        throw Error(formatted(
            "check: op {} (call {}) disagrees: output {} ({} x {}) at row {}, column {}: {} gives "
            "{:.9g}, {} gives {:.9g}; difference {:.3g}, allowed {:.3g}",
            chorus::name(call.op), calls_, k, view.rows, view.cols, r, c, inner().name(), a,
            trusted_->name(), b, std::abs(double{a} - double{b}), tolerance * largest));
      }
  }

  std::shared_ptr<Backend> trusted_;
  std::size_t calls_ = 0;
};

}  // namespace

std::shared_ptr<Backend> make_check_backend(std::shared_ptr<Backend> tested,
                                            std::shared_ptr<Backend> trusted) {
  return std::make_shared<CheckBackend>(std::move(tested), std::move(trusted));
}

}  // namespace chorus
