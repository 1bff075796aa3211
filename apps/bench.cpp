#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <nlohmann/json.hpp>

#include "chorus/random.hpp"
#include "chorus/render.hpp"
#include "commands.hpp"
#include "progress.hpp"
#include "session.hpp"

namespace chorus::app {

namespace {

using nlohmann::ordered_json;

constexpr std::size_t bench_images = 80, bench_size_px = 48, bench_latent = 64;
constexpr std::size_t rows_per_image = 96;  ///< 80 x 96 = 7,680 pixels a step

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

/// Medians over repetitions.
struct Measurement {
  double seconds = 0;
  double peak_flops = 0;     ///< of the machine, measured right before each repetition
  double share_of_peak = 0;  ///< each repetition against its own peak: machines drift
  double spread = 0;         ///< of the seconds: (slowest - fastest) / median
};

/// Times a repeated piece of work of so many floating-point operations, after one warm-up.
Measurement measure(Backend& backend, std::size_t repetitions, double operations,
                    const std::function<void()>& work) {
  work();
  std::vector<double> seconds, peaks, shares;
  for (std::size_t i = 0; i < repetitions; ++i) {
    peaks.push_back(backend.measure_peak_flops());
    const Clock::time_point start = Clock::now();
    work();
    seconds.push_back(seconds_since(start));
    shares.push_back(peaks.back() > 0 ? operations / seconds.back() / peaks.back() : 0);
  }
  const auto [fastest, slowest] = std::minmax_element(seconds.begin(), seconds.end());
  const double spread = (*slowest - *fastest) / median(seconds);
  return {median(seconds), median(peaks), median(shares), spread};
}

/// Multiply-adds of the network per pixel, latents left out: the useful work.
double macs_per_pixel(const SirenConfig& config) {
  const double width = static_cast<double>(config.width);
  return 2 * width + static_cast<double>(config.hidden_layers) * width * width +
         static_cast<double>(config.channels) * width;
}

std::vector<NamedImage> noise_images() {
  RandomStream random(1, 7);
  std::vector<NamedImage> images;
  for (std::size_t i = 0; i < bench_images; ++i) {
    Image image(bench_size_px, bench_size_px);
    for (float& value : image.rgb) value = random.uniform(0, 1);
    images.push_back({std::to_string(i), std::move(image)});
  }
  return images;
}

Model bench_model(Memory& memory, std::size_t width) {
  SirenConfig config;
  config.width = width;
  config.latent = bench_latent;
  std::vector<EncodedImage> images(bench_images, {"noise", bench_size_px, bench_size_px});
  return make_model(memory, config, std::move(images), 1);
}

/// What a row of the result has in common. `operations` is what the work counts as.
ordered_json row(const Session& session, std::size_t width, const Measurement& time,
                 double operations) {
  return {{"width", width},
          {"arch", session.backend->name()},
          {"precision", "fp32"},
          {"threads", session.backend->workers()},
          {"gflops", operations / time.seconds * 1e-9},
          {"peak_gflops", time.peak_flops * 1e-9},
          {"share_of_peak", time.share_of_peak},
          {"spread", time.spread}};
}

ordered_json bench_training(Session& session, const std::vector<NamedImage>& images,
                            std::size_t width, std::size_t repetitions) {
  Model model = bench_model(session.memory, width);
  TrainConfig config;
  config.flat_pixels = 0;
  config.edge_pixels = rows_per_image;
  Trainer trainer(session.memory, model, images, config);
  const double macs = macs_per_pixel(model.siren.config());
  const double pixels_per_step = static_cast<double>(trainer.pixels_per_step());
  constexpr double operations_per_repetition = 10e9;  // a few tenths of a second
  const double steps =
      std::max(1.0, std::round(operations_per_repetition / (6 * macs * pixels_per_step)));
  const double pixels = steps * pixels_per_step;
  const Measurement time = measure(*session.backend, repetitions, 6 * macs * pixels, [&] {
    for (double s = 0; s < steps; ++s) trainer.step(0.5);
    trainer.take_error();
  });
  ordered_json result = row(session, width, time, 6 * macs * pixels);
  result["mpixel_per_s"] = pixels / time.seconds * 1e-6;
  return result;
}

ordered_json bench_decoding(Session& session, std::size_t width, std::size_t size_px,
                            std::size_t repetitions) {
  const Model model = bench_model(session.memory, width);
  Renderer renderer(session.memory, model);
  const std::size_t images = size_px > 100 ? 1 : 20;
  const double pixels = static_cast<double>(images * size_px * size_px);
  const double operations = 2 * macs_per_pixel(model.siren.config()) * pixels;
  const Measurement time = measure(*session.backend, repetitions, operations, [&] {
    for (std::size_t i = 0; i < images; ++i) renderer.render(i, size_px, size_px);
  });
  ordered_json result = row(session, width, time, operations);
  result["size"] = size_px;
  result["ms_per_image"] = time.seconds / static_cast<double>(images) * 1e3;
  return result;
}

struct Case {
  std::string backend;
  std::size_t threads;
};

/// The backend asked for, or all fast ones; each with one worker and with all.
std::vector<Case> cases(const BackendChoice& choice) {
  std::vector<std::string> names;
  if (!choice.name.empty()) names = {choice.name};
  for (const BackendInfo& each : list_backends())
    if (choice.name.empty() && each.unavailable.empty() && each.name.starts_with("cpu:"))
      names.push_back(each.name);
  std::vector<Case> all;
  for (const std::string& name : names) {
    const std::size_t workers = make_backend(name, {choice.threads})->workers();
    if (choice.threads == 0 && workers > 1) all.push_back({name, 1});
    all.push_back({name, choice.threads == 0 ? workers : choice.threads});
  }
  return all;
}

void print_line(const ordered_json& row, const char* kind, const std::string& rate) {
  fmt::print("{:<6} {:<11} {:>7} {:>6} {:>16} {:>9.1f} {:>8.1f} % {:>7.0f} %\n", kind,
             row["arch"].get<std::string>(), row["threads"].get<std::size_t>(),
             row["width"].get<std::size_t>(), rate, row["gflops"].get<double>(),
             100 * row["share_of_peak"].get<double>(), 100 * row["spread"].get<double>());
  std::fflush(stdout);
}

}  // namespace

void bench(const BenchOptions& options) {
  constexpr double noisy_spread = 0.15;
  const std::vector<NamedImage> images = noise_images();
  ordered_json training = ordered_json::array(), decode = ordered_json::array();
  double best_peak = 0, worst_spread = 0;
  std::size_t most_threads = 0;
  if (!options.json)
    fmt::print(
        "Rates count 6 (training) or 2 (decoding) operations per multiply-add of the "
        "network and pixel.\n{:<6} {:<11} {:>7} {:>6} {:>16} {:>9} {:>10} {:>9}\n",
        "", "backend", "threads", "width", "rate", "GFLOP/s", "of peak", "spread");
  for (const Case& each : cases(options.backend)) {
    Session session({each.backend, each.threads});
    for (const std::size_t width : options.widths) {
      most_threads = std::max(most_threads, session.backend->workers());
      training.push_back(bench_training(session, images, width, options.repetitions));
      best_peak = std::max(best_peak, training.back()["peak_gflops"].get<double>());
      if (!options.json)
        print_line(training.back(), "train",
                   fmt::format("{:.3f} Mpixel/s", training.back()["mpixel_per_s"].get<double>()));
      for (const std::size_t size : {bench_size_px, std::size_t{256}}) {
        decode.push_back(bench_decoding(session, width, size, options.repetitions));
        if (!options.json)
          print_line(decode.back(), size == 256 ? "256 px" : "48 px",
                     fmt::format("{:.2f} ms/image", decode.back()["ms_per_image"].get<double>()));
      }
      worst_spread = std::max(worst_spread, training.back()["spread"].get<double>());
    }
  }
  if (worst_spread > noisy_spread)
    fmt::print(stderr, "warning: repetitions differ by up to {:.0f} %; this machine is not quiet\n",
               100 * worst_spread);
  const ordered_json result = {{"peak_gflops", best_peak},
                               {"threads", most_threads},
                               {"training", std::move(training)},
                               {"decode", std::move(decode)}};
  if (options.json) fmt::print("{}\n", result.dump(1));
}

}  // namespace chorus::app
