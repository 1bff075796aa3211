#include "profile.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <functional>
#include <map>
#include <stdexcept>
#include <utility>

#include "enum_names.hpp"
#include "formatted.hpp"

namespace chorus {

namespace {

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

enum Part : std::size_t {
  sine_layers,
  other_products,
  input_gradients,
  weight_gradients,
  slopes,
  network_gradients,
  sums,
  optimizer,
  packing,
  sampling,
  loss,
  elements,
  bookkeeping,
  waiting,
  part_count
};

constexpr auto part_names =
    enum_table<Part>("part of a step", {{sine_layers, "sine layers (product, sine, cosine)"},
                                        {other_products, "other products forward"},
                                        {input_gradients, "gradients of inputs (dX)"},
                                        {weight_gradients, "gradients of weights (dW)"},
                                        {slopes, "slopes of sines"},
                                        {network_gradients, "gradients of all sine layers"},
                                        {sums, "sums of rows, reduction"},
                                        {optimizer, "optimizer"},
                                        {packing, "packing of weights"},
                                        {sampling, "sampling"},
                                        {loss, "loss"},
                                        {elements, "other element-wise work"},
                                        {bookkeeping, "bookkeeping"},
                                        {waiting, "waiting"}});
static_assert(part_names.size() == part_count);

Part part_of(const Call& call) {
  switch (call.op) {
    case Op::sine_linear:
    case Op::sine_network:
      return sine_layers;
    case Op::matmul:
      return call.transpose_a ? weight_gradients
                              : (call.transpose_b ? other_products : input_gradients);
    case Op::sine_linear_gradient:
      if (call.in[1].data != nullptr) return input_gradients;
      return slopes;
    case Op::sine_network_gradient:
      return network_gradients;
    case Op::sum_rows:
      return sums;
    case Op::adam:
      return optimizer;
    case Op::pack:
      return packing;
    case Op::gather_rows:
    case Op::weighted_rows:
    case Op::weighted_rows_gradient:
    case Op::draw_pixels:
      return sampling;
    case Op::squared_error:
    case Op::scale_by:
      return loss;
    default:
      return elements;
  }
}

/// "matmul 256 x 256, depth 13312 (2)".
std::string described(const DeviceTime& time) {
  const Call& call = time.call;
  const View& out = call.out[0];
  std::string text = formatted("{} {} x {}", name(call.op), out.rows, out.cols);
  if (call.op == Op::matmul || call.op == Op::sine_linear)
    text += formatted(", depth {}", call.transpose_a ? call.in[0].rows : call.in[0].cols);
  return text + formatted(" ({})", time.launch + 1);
}

/// The times of one worker, on separate cache lines.
struct alignas(128) WorkerClock {
  std::array<double, part_count> seconds{};
  std::array<std::uint64_t, part_count> calls{};
};

}  // namespace

struct ProfilingBackend::Clocks {
  explicit Clocks(std::size_t workers) : of_worker(workers) {}
  std::vector<WorkerClock> of_worker;
  std::atomic<std::size_t> running = 0;  ///< workers at this moment
  std::atomic<std::size_t> threads = 1;  ///< most workers that ever ran at once
  Clock::time_point start;
  double wall_seconds = 0;
  std::array<double, part_count> device_seconds{};
  std::map<std::string, Profile::Launch> launches;

  void add(const std::vector<DeviceTime>& times) {
    for (const DeviceTime& time : times) {
      device_seconds[part_of(time.call)] += time.seconds;
      Profile::Launch& launch = launches[described(time)];
      launch.seconds += time.seconds;
      ++launch.count;
    }
  }
};

namespace {

/// The worker that runs on this thread; outside of parallel() it is the first one.
thread_local std::size_t present_worker = 0;

}  // namespace

ProfilingBackend::ProfilingBackend(std::shared_ptr<Backend> inner)
    : ForwardingBackend(std::move(inner)), clocks_(std::make_unique<Clocks>(workers())) {}

ProfilingBackend::~ProfilingBackend() = default;

void ProfilingBackend::start() {
  running_ = true;
  inner().time_launches(true);
  clocks_->start = Clock::now();
}

void ProfilingBackend::stop() {
  running_ = false;
  clocks_->wall_seconds += seconds_since(clocks_->start);
  inner().time_launches(false);
  clocks_->add(inner().take_device_times());
}

void ProfilingBackend::run(const Call& call) {
  if (!running_) return inner().run(call);
  const Clock::time_point start = Clock::now();
  inner().run(call);
  WorkerClock& clock = clocks_->of_worker[present_worker];
  const Part part = part_of(call);
  clock.seconds[part] += seconds_since(start);
  ++clock.calls[part];
}

void ProfilingBackend::parallel(
    std::size_t tasks, const std::function<void(std::size_t task, std::size_t worker)>& body) {
  if (!running_) return inner().parallel(tasks, body);
  inner().parallel(tasks, [&](std::size_t task, std::size_t worker) {
    const std::size_t outer = std::exchange(present_worker, worker);
    const std::size_t running = ++clocks_->running;
    for (std::size_t most = clocks_->threads; most < running;)
      if (clocks_->threads.compare_exchange_weak(most, running)) break;
    WorkerClock& clock = clocks_->of_worker[worker];
    const auto in_primitives = [&clock] {
      double total = 0;
      for (std::size_t p = 0; p < bookkeeping; ++p) total += clock.seconds[p];
      return total;
    };
    const double before = in_primitives();
    const Clock::time_point start = Clock::now();
    body(task, worker);
    clock.seconds[bookkeeping] += seconds_since(start) - (in_primitives() - before);
    ++clock.calls[bookkeeping];
    --clocks_->running;
    present_worker = outer;
  });
}

/// The same parts by the times of a device.
Profile ProfilingBackend::profile_of_device() const {
  Profile result;
  result.threads = 1;
  for (const auto& [p, title] : part_names.entries()) {
    Profile::Part part{std::string(title), clocks_->device_seconds[p], 0};
    for (const WorkerClock& clock : clocks_->of_worker) part.calls += clock.calls[p];
    result.wall_seconds += part.seconds;
    if (part.seconds > 0) result.parts.push_back(std::move(part));
  }
  result.launches.reserve(clocks_->launches.size());
  for (const auto& [name, launch] : clocks_->launches)
    result.launches.push_back({name, launch.seconds, launch.count});
  std::ranges::stable_sort(result.launches, std::greater<>(), &Profile::Launch::seconds);
  return result;
}

Profile ProfilingBackend::profile() const {
  if (!clocks_->launches.empty()) return profile_of_device();
  Profile result;
  result.wall_seconds = clocks_->wall_seconds;
  result.threads = clocks_->threads;
  double busy = 0;
  for (const auto& [p, title] : part_names.entries()) {
    Profile::Part part{std::string(title), 0, 0};
    for (const WorkerClock& clock : clocks_->of_worker) {
      part.seconds += clock.seconds[p];
      part.calls += clock.calls[p];
    }
    if (p == waiting)
      part.seconds = result.wall_seconds * static_cast<double>(result.threads) - busy;
    busy += part.seconds;
    if (part.seconds > 0) result.parts.push_back(std::move(part));
  }
  return result;
}

}  // namespace chorus
