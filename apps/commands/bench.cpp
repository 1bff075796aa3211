#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "bench/speed.hpp"
#include "bench/sum.hpp"
#include "support/cli_flags.hpp"
#include "support/processes.hpp"

namespace chorus::app {

namespace {

using nlohmann::ordered_json;

struct BenchOptions {
  BackendChoice backend;
  std::vector<std::size_t> widths = {64, 128, 256, 512};
  std::size_t repetitions = 9;
  std::size_t pixels_per_image = 96;  ///< in the larger of two training steps
  std::size_t images = 0;             ///< of both training steps; 0: as below
  std::string only;                   ///< "training", "decoding", or empty: both
  bool json = false, json_lines = false;
};

constexpr std::size_t large_batch_images = 80;
constexpr Batch small_batch{100, 16};  // 1,600 pixels: what converges fastest

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
std::vector<BackendChoice> cases(const BackendChoice& choice) {
  std::vector<BackendChoice> all;
  for (const std::string& name : backend_names(choice)) {
    const auto backend = make_backend(name, {.precision = choice.precision});
    const bool several = backend->workers() > 1 && backend->name().starts_with("cpu");
    if (several && choice.threads == 0 && choice.workers == 0)
      all.push_back({name, 1, 0, choice.precision, choice.network_path});
    all.push_back({name, choice.threads, choice.workers, choice.precision, choice.network_path});
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

/// One measurement, as soon as it is known, for whoever may be stopped before the last one.
void print_json_line(const ordered_json& row, const std::string& kind) {
  ordered_json line = {{"measured", kind}};
  line.update(row);
  fmt::print("{}\n", line.dump());
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
    for (const BackendChoice& each : cases(options_.backend))
      for (const std::size_t width : options_.widths) run_case(each, width);
    if (!prints_json() && !training_.empty()) print_parts(training_);
    if (worst_spread_ > noisy_spread)
      fmt::print(
          stderr,
          "warning: repetitions differ by up to {:.0f} %; other work disturbs this machine\n",
          100 * worst_spread_);
    if (options_.json) print_json();
  }

 private:
  static constexpr double noisy_spread = 0.15;

  bool prints_json() const { return options_.json || options_.json_lines; }

  void print_head() const {
    if (prints_json()) return;
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

  void run_case(const BackendChoice& choice, std::size_t width) {
    if (options_.only != "decoding") {
      train(
          {options_.images == 0 ? large_batch_images : options_.images, options_.pixels_per_image},
          choice, width, training_);
      train({options_.images == 0 ? small_batch.images : options_.images,
             small_batch.pixels_per_image},
            choice, width, small_batches_);
    }
    if (options_.only == "training") return;
    for (const std::size_t size : {bench_size_px, std::size_t{256}}) {
      decode_.push_back(bench_decoding(choice, width, size, options_.repetitions));
      const ordered_json& row = decode_.back();
      note(row, fmt::format("decode {} px", size),
           fmt::format("{:.2f} ms/image", row["ms_per_image"].get<double>()));
    }
  }

  void train(const Batch& batch, const BackendChoice& choice, std::size_t width,
             ordered_json& rows) {
    rows.push_back(bench_training(choice, width, batch, options_.repetitions));
    const ordered_json& row = rows.back();
    note(row, fmt::format("train {}", batch.pixels()),
         fmt::format("{:.3f} Mpixel/s", row["mpixel_per_s"].get<double>()));
  }

  void note(const ordered_json& row, const std::string& kind, const std::string& rate) {
    worst_spread_ = std::max(worst_spread_, row["spread"].get<double>());
    best_peak_ = std::max(best_peak_, row["peak_gflops"].get<double>());
    most_threads_ = std::max(most_threads_, row["threads"].get<std::size_t>());
    if (options_.json_lines) print_json_line(row, kind);
    if (!prints_json()) print_line(row, kind, rate);
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
      "bench",
      "Measure the speed of training and decoding against the peak of this machine; started as "
      "several processes (mpirun), what these exchange");
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
  command
      .add_option("--images", options->images,
                  "Images of a training step (default: 80 in the larger one, 100 in the smaller)")
      ->check(CLI::Range(1, 1 << 20));
  command.add_option("--only", options->only, "Measure only that: training or decoding")
      ->check(CLI::IsMember({"training", "decoding"}));
  CLI::Option* json = command.add_flag("--json", options->json, "Print one JSON object");
  command
      .add_flag("--json-lines", options->json_lines,
                "Print a JSON object on a line for each measurement, as soon as it is known")
      ->excludes(json);
  add_backend(command, options->backend);
  command.callback([options] {
    join_processes();
    if (processes()->size() > 1)
      bench_sums(options->widths, options->repetitions, options->json);
    else
      Bench(*options).run();
  });
}

}  // namespace chorus::app
