#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <memory>
#include <nlohmann/json.hpp>

#include "chorus/render.hpp"
#include "chorus/trainer.hpp"
#include "random.hpp"
#include "support/cli_flags.hpp"
#include "support/progress.hpp"
#include "support/session.hpp"

namespace chorus::app {

namespace {

using nlohmann::ordered_json;

struct BenchOptions {
  BackendChoice backend;
  std::vector<std::size_t> widths = {64, 128, 256, 512};
  std::size_t repetitions = 9;
  std::size_t pixels_per_image = 96;  ///< in the larger of two training steps
  bool json = false;
};

constexpr std::size_t bench_size_px = 48, bench_latent = 64;

/// The number of images in a training step, and of pixels drawn from each.
struct Batch {
  std::size_t images, pixels_per_image;
  std::size_t pixels() const { return images * pixels_per_image; }
};
constexpr std::size_t large_batch_images = 80;
constexpr Batch small_batch{100, 16};  // 1,600 pixels: what converges fastest

struct Case {
  std::string backend;
  std::size_t threads, workers;  ///< 0: chosen by the backend
  Precision precision;
};

BackendChoice choice_of(const Case& which) {
  return {.name = which.backend,
          .threads = which.threads,
          .workers = which.workers,
          .precision = which.precision};
}

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

/// Medians over repetitions.
struct Measurement {
  double seconds = 0;
  double peak_flops = 0;     ///< of the machine, measured right before each repetition
  double share_of_peak = 0;  ///< of each repetition relative to its own peak: machines drift
  double best_share = 0;     ///< of the fastest repetition relative to the highest peak
  double spread = 0;         ///< of the seconds: (slowest - fastest) / median
};

/// Times repeated work of so many floating-point operations, after one warm-up. Work that takes
/// seconds is repeated three times only.
Measurement measure(Backend& backend, std::size_t repetitions, double operations,
                    const std::function<void()>& work) {
  constexpr double long_seconds = 1;
  work();
  std::vector<double> seconds, peaks, shares;
  while (seconds.size() < repetitions) {
    peaks.push_back(backend.measure_peak_flops());
    const Clock::time_point start = Clock::now();
    work();
    seconds.push_back(seconds_since(start));
    shares.push_back(peaks.back() > 0 ? operations / seconds.back() / peaks.back() : 0);
    if (seconds.size() == 3 && median(seconds) > long_seconds) break;
  }
  const auto [fastest, slowest] = std::minmax_element(seconds.begin(), seconds.end());
  const double highest = *std::max_element(peaks.begin(), peaks.end());
  return {median(seconds), median(peaks), median(shares),
          highest > 0 ? operations / *fastest / highest : 0,
          (*slowest - *fastest) / median(seconds)};
}

/// The number of repetitions with which work of so many operations takes about 50 ms.
std::size_t rounds(Backend& backend, double operations) {
  constexpr double seconds = 0.05, likely_share = 0.6;
  const double peak = std::max(backend.measure_peak_flops(), 1e9);
  return static_cast<std::size_t>(
      std::max(1.0, std::round(seconds * likely_share * peak / operations)));
}

/// Multiply-adds of the network per pixel, without the latents: the useful work.
double macs_per_pixel(const SirenConfig& config) {
  const double width = static_cast<double>(config.width);
  return 2 * width + static_cast<double>(config.hidden_layers) * width * width +
         static_cast<double>(config.channels) * width;
}

std::vector<NamedImage> noise_images(std::size_t count) {
  RandomStream random(1, Stream::bench_images);
  std::vector<NamedImage> images;
  for (std::size_t i = 0; i < count; ++i) {
    Image image(bench_size_px, bench_size_px);
    for (float& value : image.values) value = random.uniform(0, 1);
    images.push_back({std::to_string(i), std::move(image)});
  }
  return images;
}

Model bench_model(Memory& memory, std::size_t width, std::size_t images) {
  SirenConfig config;
  config.width = width;
  config.latent = bench_latent;
  std::vector<EncodedImage> encoded(images, {"noise", bench_size_px, bench_size_px});
  return make_model(memory, config, std::move(encoded), 1);
}

/// "avx2" of "cpu:avx2".
std::string architecture(const Backend& backend) {
  const std::string name = backend.name();
  return name.starts_with("cpu:") ? name.substr(4) : name;
}

/// The entries that all rows of the result have. `operations` is the number of operations by which
/// the work is measured.
ordered_json row(const Session& session, std::size_t width, const Measurement& time,
                 double operations) {
  return {{"width", width},
          {"arch", architecture(*session.backend)},
          {"precision", std::string(name(session.backend->precision()))},
          {"threads", session.backend->workers()},
          {"gflops", operations / time.seconds * 1e-9},
          {"peak_gflops", time.peak_flops * 1e-9},
          {"share_of_peak", time.share_of_peak},
          {"share_of_peak_best", time.best_share},
          {"spread", time.spread}};
}

/// The fraction of a sine layer's time that its product takes; sines and cosines take the rest.
double product_share(Session& session, std::size_t width) {
  Memory& memory = session.memory;
  const std::size_t rows = session.backend->tile_rows(width);
  const Tensor x = memory.zeros(rows, width), w = memory.zeros(width, width);
  const Tensor bias = memory.zeros(1, width);
  const Tensor sine = memory.empty(rows, width), cosine = memory.empty(rows, width);
  Call product{.op = Op::matmul, .transpose_b = true};
  product.in[0] = x.const_view();
  product.in[1] = w.const_view();
  product.out[0] = sine.view();
  Tensor packed;
  if (const std::size_t floats = session.backend->packed_floats(width, width); floats != 0) {
    packed = memory.zeros(1, floats);
    product.packed = packed.const_view().data;
  }
  Call layer = product;
  layer.op = Op::sine_linear;
  layer.in[2] = bias.const_view();
  layer.out[1] = cosine.view();
  const auto seconds_of = [&](const Call& call) {
    const Clock::time_point start = Clock::now();
    for (int i = 0; i < 10; ++i) session.backend->run(call);
    return seconds_since(start);
  };
  std::vector<double> shares(15);
  for (double& share : shares) share = seconds_of(product) / seconds_of(layer);
  return std::min(1.0, median(shares));
}

/// The parts of a step's time, as fractions of it.
ordered_json parts_of_a_step(Session& session, Trainer& trainer, std::size_t width,
                             std::size_t steps) {
  session.profiler->start();
  for (std::size_t s = 0; s < steps; ++s) trainer.step(0.5);
  session.profiler->stop();
  const Profile profile = session.profiler->profile();
  const auto share = [&](std::string_view begin) {
    double total = 0;
    for (const Profile::Part& part : profile.parts)
      if (part.name.starts_with(begin)) total += profile.share(part);
    return total;
  };
  const double product = product_share(session, width);
  const double layers = share("sine layers");
  ordered_json parts = {{"forward", layers * product + share("other products")},
                        {"sincos", layers * (1 - product)},
                        {"dX", share("gradients of inputs")},
                        {"dW", share("gradients of weights")},
                        {"optimizer", share("optimizer") + share("packing")},
                        {"reduction", share("sums")}};
  double named = 0;
  for (const auto& part : parts) named += part.get<double>();
  parts["rest"] = 1 - named;
  return parts;
}

/// The microseconds for which a step occupies the host: the whole step on a CPU, the launching of
/// its kernels with a GPU.
double host_us_per_step(Trainer& trainer) {
  constexpr int steps = 20;  // fewer than fit into a GPU's queue
  trainer.take_error();      // waits for the device
  const Clock::time_point start = Clock::now();
  for (int s = 0; s < steps; ++s) trainer.step(0.5);
  const double seconds = seconds_since(start);
  trainer.take_error();
  return seconds / steps * 1e6;
}

ordered_json bench_training(const Case& which, std::size_t width, const Batch& batch,
                            std::size_t repetitions) {
  Session session(choice_of(which), true);
  Model model = bench_model(session.memory, width, batch.images);
  TrainConfig config;
  config.pixels.flat_pixels = 0;
  config.pixels.edge_pixels = batch.pixels_per_image;
  Trainer trainer(session.memory, model, noise_images(batch.images), config);
  const double macs = macs_per_pixel(model.siren.config());
  const double operations = 6 * macs * static_cast<double>(batch.pixels());
  const std::size_t steps = rounds(*session.backend, operations);
  const double all_operations = operations * static_cast<double>(steps);
  const Measurement time = measure(*session.backend, repetitions, all_operations, [&] {
    for (std::size_t s = 0; s < steps; ++s) trainer.step(0.5);
    trainer.take_error();
  });
  ordered_json result = row(session, width, time, all_operations);
  result["batch"] = batch.pixels();
  result["us_per_step"] = time.seconds / static_cast<double>(steps) * 1e6;
  result["mpixel_per_s"] = static_cast<double>(steps * batch.pixels()) / time.seconds * 1e-6;
  result["host_us_per_step"] = host_us_per_step(trainer);
  result["parts"] = parts_of_a_step(session, trainer, width, steps);
  return result;
}

ordered_json bench_decoding(const Case& which, std::size_t width, std::size_t size_px,
                            std::size_t repetitions) {
  Session session(choice_of(which));
  const Model model = bench_model(session.memory, width, 1);
  Renderer renderer(session.memory, model);
  const double macs = macs_per_pixel(model.siren.config());
  const double operations = 2 * macs * static_cast<double>(size_px * size_px);
  const std::size_t images = rounds(*session.backend, operations);
  const double all_operations = operations * static_cast<double>(images);
  const Measurement time = measure(*session.backend, repetitions, all_operations, [&] {
    for (std::size_t i = 0; i < images; ++i) renderer.render(std::size_t{0}, {{size_px, size_px}});
  });
  ordered_json result = row(session, width, time, all_operations);
  result["size"] = size_px;
  result["ms_per_image"] = time.seconds / static_cast<double>(images) * 1e3;
  return result;
}

/// The requested backend, or else the best one of the requested precision, or else all CPU
/// backends.
std::vector<std::string> backend_names(const BackendChoice& choice) {
  if (!choice.name.empty()) return {choice.name};
  if (choice.precision != BackendChoice{}.precision) return {"auto"};
  std::vector<std::string> names;
  for (const BackendInfo& each : list_backends())
    if (each.unavailable.empty() && each.name.starts_with("cpu:")) names.push_back(each.name);
  return names;
}

/// Each backend with all of its workers. CPU backends are also measured with one thread, unless a
/// number of threads or workers was requested.
std::vector<Case> cases(const BackendChoice& choice) {
  std::vector<Case> all;
  for (const std::string& name : backend_names(choice)) {
    const auto backend = make_backend(name, {.precision = choice.precision});
    const bool several = backend->workers() > 1 && backend->name().starts_with("cpu");
    if (several && choice.threads == 0 && choice.workers == 0)
      all.push_back({name, 1, 0, choice.precision});
    all.push_back({name, choice.threads, choice.workers, choice.precision});
  }
  return all;
}

void print_line(const ordered_json& row, const std::string& kind, const std::string& rate) {
  fmt::print("{:<12} {:<11} {:>7} {:>6} {:>16} {:>9.1f} {:>8.1f} % {:>6.1f} % {:>6.0f} %\n", kind,
             row["arch"].get<std::string>(), row["threads"].get<std::size_t>(),
             row["width"].get<std::size_t>(), rate, row["gflops"].get<double>(),
             100 * row["share_of_peak"].get<double>(),
             100 * row["share_of_peak_best"].get<double>(), 100 * row["spread"].get<double>());
  std::fflush(stdout);
}

void print_parts(const ordered_json& training) {
  fmt::print("\nWhere the time of a step goes, in percent (all workers together)\n");
  fmt::print("{:<11} {:>7} {:>6} {:>6}", "backend", "threads", "width", "batch");
  for (const auto& [name, share] : training.front()["parts"].items()) fmt::print(" {:>9}", name);
  fmt::print("\n");
  for (const ordered_json& row : training) {
    fmt::print("{:<11} {:>7} {:>6} {:>6}", row["arch"].get<std::string>(),
               row["threads"].get<std::size_t>(), row["width"].get<std::size_t>(),
               row["batch"].get<std::size_t>());
    for (const auto& [name, share] : row["parts"].items())
      fmt::print(" {:>9.1f}", 100 * share.get<double>());
    fmt::print("\n");
  }
}

class Bench {
 public:
  explicit Bench(const BenchOptions& options) : options_(options) {}

  void run() {
    print_head();
    for (const Case& each : cases(options_.backend))
      for (const std::size_t width : options_.widths) run_case(each, width);
    if (!options_.json) print_parts(training_);
    if (worst_spread_ > noisy_spread)
      fmt::print(
          stderr,
          "warning: repetitions differ by up to {:.0f} %; other work disturbs this machine\n",
          100 * worst_spread_);
    if (options_.json) print_json();
  }

 private:
  static constexpr double noisy_spread = 0.15;

  void print_head() const {
    if (options_.json) return;
    fmt::print(
        "Each multiply-add of the network and pixel counts as 6 operations in training and 2 in "
        "decoding.\n"
        "'of peak' is the median over repetitions, each against the peak measured right before "
        "it;\n"
        "'best' is the fastest repetition against the highest peak. The peak is that of single\n"
        "precision, also where products are of 16 bits.\n"
        "{:<12} {:<11} {:>7} {:>6} {:>16} {:>9} {:>10} {:>8} {:>8}\n",
        "", "backend", "threads", "width", "rate", "GFLOP/s", "of peak", "best", "spread");
  }

  void run_case(const Case& which, std::size_t width) {
    const Batch large_batch{large_batch_images, options_.pixels_per_image};
    for (const Batch& batch : {large_batch, small_batch}) {
      ordered_json& rows = batch.images == large_batch_images ? training_ : small_batches_;
      rows.push_back(bench_training(which, width, batch, options_.repetitions));
      const ordered_json& row = rows.back();
      note(row, fmt::format("train {}", batch.pixels()),
           fmt::format("{:.3f} Mpixel/s", row["mpixel_per_s"].get<double>()));
    }
    for (const std::size_t size : {bench_size_px, std::size_t{256}}) {
      decode_.push_back(bench_decoding(which, width, size, options_.repetitions));
      const ordered_json& row = decode_.back();
      note(row, fmt::format("decode {} px", size),
           fmt::format("{:.2f} ms/image", row["ms_per_image"].get<double>()));
    }
  }

  void note(const ordered_json& row, const std::string& kind, const std::string& rate) {
    worst_spread_ = std::max(worst_spread_, row["spread"].get<double>());
    best_peak_ = std::max(best_peak_, row["peak_gflops"].get<double>());
    most_threads_ = std::max(most_threads_, row["threads"].get<std::size_t>());
    if (!options_.json) print_line(row, kind, rate);
  }

  void print_json() const {
    const ordered_json result = {{"peak_gflops", best_peak_},
                                 {"threads", most_threads_},
                                 {"training", training_},
                                 {"training_small_batch", small_batches_},
                                 {"decode", decode_}};
    fmt::print("{}\n", result.dump(1));
  }

  const BenchOptions& options_;
  ordered_json training_ = ordered_json::array(), small_batches_ = ordered_json::array();
  ordered_json decode_ = ordered_json::array();
  double worst_spread_ = 0, best_peak_ = 0;
  std::size_t most_threads_ = 0;
};

}  // namespace

void add_bench(CLI::App& program) {
  CLI::App& command = *program.add_subcommand(
      "bench", "Measure the speed of training and decoding against the peak of this machine");
  const auto options = std::make_shared<BenchOptions>();
  command.add_option("--width", options->widths, "Widths of the network")
      ->capture_default_str()
      ->check(CLI::Range(1, 8192));
  command
      .add_option("--repetitions", options->repetitions,
                  "Number of repetitions of each measurement, whose median is shown")
      ->capture_default_str()
      ->check(CLI::Range(1, 1000));
  command
      .add_option("--pixels", options->pixels_per_image,
                  "Pixels drawn from each of the 80 images of a training step; GPUs can use 1000 "
                  "and more")
      ->capture_default_str()
      ->check(CLI::Range(1, 1 << 20));
  command.add_flag("--json", options->json, "Print one JSON object");
  add_backend(command, options->backend);
  command.callback([options] { Bench(*options).run(); });
}

}  // namespace chorus::app
