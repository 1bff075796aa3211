#include "bench/speed.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "chorus/render.hpp"
#include "chorus/trainer.hpp"
#include "random.hpp"
#include "support/progress.hpp"

namespace chorus::app {

namespace {

using nlohmann::ordered_json;

constexpr std::size_t bench_latent = 64;

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

/// Whether the backend is a device, which computes while the host goes on and whose clock rises
/// when there is work.
bool is_device(const Backend& backend) { return backend.name().starts_with("cuda"); }

double seconds_of(const std::function<void()>& work) {
  const Clock::time_point start = Clock::now();
  work();
  return seconds_since(start);
}

/// How often work is done in one repetition, by what it was measured to take: 50 ms, or 300 ms on a
/// device. Does the work until then, which warms up caches, clocks and recordings.
std::size_t measured_rounds(const Backend& backend, const std::function<void(std::size_t)>& work) {
  const double wanted = is_device(backend) ? 0.3 : 0.05, warm_up = is_device(backend) ? 0.5 : 0.0;
  const Clock::time_point start = Clock::now();
  work(1);  // allocates memory
  std::size_t rounds = 1;
  for (;;) {
    const double seconds = seconds_of([&] { work(rounds); });
    const double whole = std::max(1.0, std::round(wanted / seconds * static_cast<double>(rounds)));
    if (seconds >= wanted / 4 && seconds_since(start) >= warm_up)
      return static_cast<std::size_t>(whole);
    rounds = seconds >= wanted / 4 ? static_cast<std::size_t>(whole) : 2 * rounds;
  }
}

/// Times repeated work of so many floating-point operations, which has been warmed up. Work that
/// takes seconds is repeated three times only.
Measurement measure(Backend& backend, std::size_t repetitions, double operations,
                    const std::function<void()>& work) {
  constexpr double long_seconds = 1;
  std::vector<double> seconds, peaks, shares;
  while (seconds.size() < repetitions) {
    peaks.push_back(backend.measure_peak_flops());
    seconds.push_back(seconds_of(work));
    shares.push_back(peaks.back() > 0 ? operations / seconds.back() / peaks.back() : 0);
    if (seconds.size() == 3 && median(seconds) > long_seconds) break;
  }
  const auto [fastest, slowest] = std::minmax_element(seconds.begin(), seconds.end());
  const double highest = *std::max_element(peaks.begin(), peaks.end());
  return {median(seconds), median(peaks), median(shares),
          highest > 0 ? operations / *fastest / highest : 0,
          (*slowest - *fastest) / median(seconds)};
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
double product_share(Session& session, std::size_t width, std::size_t most_rows) {
  Memory& memory = session.memory;
  const std::size_t rows = std::min(session.backend->tile_rows(width), most_rows);
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
  Backend& backend = *session.backend;
  const auto seconds_of_calls = [&](const Call& call) {
    backend.time_launches(true);
    const double on_host = seconds_of([&] {
      for (int i = 0; i < 10; ++i) backend.run(call);
    });
    backend.time_launches(false);
    double on_device = 0;
    for (const DeviceTime& time : backend.take_device_times()) on_device += time.seconds;
    return on_device > 0 ? on_device : on_host;
  };
  std::vector<double> shares(is_device(backend) ? 3 : 15);
  for (double& share : shares) share = seconds_of_calls(product) / seconds_of_calls(layer);
  return std::min(1.0, median(shares));
}

/// The launches of a step that take a device most of the time.
ordered_json launches_of_a_step(const Profile& profile, std::size_t steps) {
  constexpr std::size_t most = 32;
  const auto per_step = [&](double number) { return number / static_cast<double>(steps); };
  ordered_json launches = ordered_json::array();
  for (std::size_t l = 0; l < std::min(most, profile.launches.size()); ++l) {
    const Profile::Launch& launch = profile.launches[l];
    launches.push_back({{"launch", launch.name},
                        {"us_per_step", per_step(launch.seconds) * 1e6},
                        {"times_per_step", per_step(static_cast<double>(launch.count))}});
  }
  return launches;
}

/// The profile of some steps.
Profile profile_of_steps(Session& session, Trainer& trainer, std::size_t steps) {
  for (std::size_t s = 0; s < steps; ++s) {
    session.profiler->start();
    trainer.step(0.5);
    session.profiler->stop();
  }
  return session.profiler->profile();
}

/// The parts of a step's time, as fractions of it.
ordered_json parts_of_a_step(Session& session, const Profile& profile, std::size_t width,
                             std::size_t rows) {
  const auto share = [&](std::string_view begin) {
    double total = 0;
    for (const Profile::Part& part : profile.parts)
      if (part.name.starts_with(begin)) total += profile.share(part);
    return total;
  };
  const double product = product_share(session, width, rows);
  const double layers = share("sine layers");
  ordered_json parts = {{"forward", layers * product + share("other products")},
                        {"sincos", layers * (1 - product)},
                        {"dX", share("gradients of inputs")},
                        {"dW", share("gradients of weights")},
                        {"dX+dW", share("gradients of all sine layers")},
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
  constexpr int most_batches = 9, steps = 8;  // no more than a device lets wait
  constexpr double long_seconds = 0.5;
  const Clock::time_point start = Clock::now();
  std::vector<double> seconds;
  while (seconds.size() < most_batches &&
         (seconds.empty() || seconds_since(start) < long_seconds)) {
    trainer.take_error();  // waits for the device
    seconds.push_back(seconds_of([&] {
      for (int s = 0; s < steps; ++s) trainer.step(0.5);
    }));
  }
  trainer.take_error();
  return median(seconds) / steps * 1e6;
}

}  // namespace

ordered_json bench_training(const BackendChoice& choice, std::size_t width, const Batch& batch,
                            std::size_t repetitions) {
  Session session(choice, true);
  Model model = bench_model(session.memory, width, batch.images);
  TrainConfig config;
  config.pixels.flat_pixels = 0;
  config.pixels.edge_pixels = batch.pixels_per_image;
  Trainer trainer(session.memory, model, noise_images(batch.images), config);
  const double macs = macs_per_pixel(model.siren.config());
  const double operations = 6 * macs * static_cast<double>(batch.pixels());
  measured_path(session, model.siren, trainer);
  const auto train = [&](std::size_t steps) {
    for (std::size_t s = 0; s < steps; ++s) trainer.step(0.5);
    trainer.take_error();
  };
  const std::size_t steps = measured_rounds(*session.backend, train);
  const double all_operations = operations * static_cast<double>(steps);
  const Measurement time =
      measure(*session.backend, repetitions, all_operations, [&] { train(steps); });
  ordered_json result = row(session, width, time, all_operations);
  result["path"] = name(session.backend->network_path());
  result["batch"] = batch.pixels();
  result["us_per_step"] = time.seconds / static_cast<double>(steps) * 1e6;
  result["mpixel_per_s"] = static_cast<double>(steps * batch.pixels()) / time.seconds * 1e-6;
  result["host_us_per_step"] = host_us_per_step(trainer);
  constexpr std::size_t most_profiled = 8;  // on a device, where each one is waited for
  const std::size_t profiled = is_device(*session.backend) ? std::min(steps, most_profiled) : steps;
  const Profile profile = profile_of_steps(session, trainer, profiled);
  result["parts"] = parts_of_a_step(session, profile, width, batch.pixels());
  if (!profile.launches.empty()) result["launches"] = launches_of_a_step(profile, profiled);
  return result;
}

ordered_json bench_decoding(const BackendChoice& choice, std::size_t width, std::size_t size_px,
                            std::size_t repetitions) {
  Session session(choice);
  const Model model = bench_model(session.memory, width, 1);
  Renderer renderer(session.memory, model);
  const double macs = macs_per_pixel(model.siren.config());
  const double operations = 2 * macs * static_cast<double>(size_px * size_px);
  const auto decode = [&](std::size_t images) {
    for (std::size_t i = 0; i < images; ++i) renderer.render(std::size_t{0}, {{size_px, size_px}});
  };
  const std::size_t images = measured_rounds(*session.backend, decode);
  const double all_operations = operations * static_cast<double>(images);
  const Measurement time =
      measure(*session.backend, repetitions, all_operations, [&] { decode(images); });
  ordered_json result = row(session, width, time, all_operations);
  result["size"] = size_px;
  result["ms_per_image"] = time.seconds / static_cast<double>(images) * 1e3;
  return result;
}

}  // namespace chorus::app
