#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <nlohmann/json.hpp>
#include <utility>

#include "chorus/error.hpp"
#include "commands.hpp"
#include "files.hpp"
#include "printable.hpp"
#include "results.hpp"

namespace chorus::app {

namespace {

namespace fs = std::filesystem;
using nlohmann::ordered_json;

/// Measures of one seed: a name with its unit, and the value.
using Measures = std::vector<std::pair<std::string, double>>;

void add(Measures& measures, const std::string& name, const ordered_json& value) {
  measures.emplace_back(name, value.get<double>());
}

double best_baseline_db(const ordered_json& baselines) {
  double best = 0;
  for (const ordered_json& each : baselines)
    best = std::max(best, each["psnr_pooled"].get<double>());
  return best;
}

void add_baselines(Measures& measures, const std::string& what, double ours_db,
                   const ordered_json& scores) {
  if (!scores.contains("baselines") || scores["baselines"].empty()) return;
  measures.emplace_back(what + "over the best baseline, dB",
                        ours_db - best_baseline_db(scores["baselines"]));
  add(measures, what + "images won over all", scores["wins_over_all"]);
}

Measures pixel_measures(const ordered_json& result) {
  const ordered_json& held_out = result.at("held_out");
  Measures measures;
  add(measures, "held-out pixels, pooled, dB", held_out["psnr_held_out"]);
  add(measures, "held-out pixels, mean, dB", held_out["psnr_held_out_mean"]);
  add(measures, "kept pixels, pooled, dB", held_out["psnr_kept"]);
  add_baselines(measures, "held-out pixels, ", held_out["psnr_held_out"].get<double>(), held_out);
  return measures;
}

Measures resolution_measures(const ordered_json& result) {
  Measures measures;
  for (const ordered_json& size : result.at("sizes")) {
    const std::string at = fmt::format("{} px, ", size["size"].get<std::size_t>());
    add(measures, at + "pooled, dB", size["psnr_pooled"]);
    add(measures, at + "mean, dB", size["psnr_mean"]);
    add(measures, at + "SSIM", size["ssim_mean"]);
    add_baselines(measures, at, size["psnr_pooled"].get<double>(), size);
  }
  return measures;
}

Measures image_measures(const ordered_json& result) {
  Measures measures;
  for (const char* what : {"latent", "modulations"}) {
    const std::string fitted = fmt::format("unseen images by {}, ", what);
    add(measures, fitted + "mean, dB", result.at(what)["psnr_mean"]);
    add(measures, fitted + "pooled, dB", result.at(what)["psnr_pooled"]);
    add(measures, fitted + "seconds an image", result.at(what)["seconds_per_image"]);
  }
  return measures;
}

/// What a seed is run with: a file with other settings is not taken for it.
std::string settings_of(const StudyOptions& options, const TrainOptions& train) {
  const auto limit = train.steps    ? fmt::format("{} steps", *train.steps)
                     : train.epochs ? fmt::format("{} epochs", *train.epochs)
                                    : fmt::format("{} s", train.seconds.value_or(0));
  return fmt::format(
      "{}; {}; size {}; width {}, {} hidden layers, latent {}, conditioning {}, omega {} {}; rate "
      "{}; {} + {} + {} pixels of {} images; head {}, palette {} {} {}, assignment {} "
      "until {}, blended from {}, area from {}; hold out {} {}",
      options.protocol, limit, train.size.value_or(0), train.network.width,
      train.network.hidden_layers, train.network.latent, name(train.network.conditioning),
      train.network.omega_first, train.network.omega_hidden, train.training.learning_rate,
      train.training.flat_pixels, train.training.edge_pixels, train.training.blended_pixels,
      train.training.images_per_step, train.head ? name(*train.head) : "auto", train.palette_size,
      name(train.network.palette_source),
      train.palette_fields ? name(*train.palette_fields) : "auto", train.training.assignment,
      train.training.assignment_until, train.training.blended_from, train.training.area_from,
      train.hold_out_pixels, train.hold_out_images);
}

TrainOptions training_of(const StudyOptions& options, std::uint64_t seed) {
  TrainOptions train = options.train;
  train.training.seed = seed;
  train.model = options.out / fmt::format("seed_{}.safetensors", seed);
  if (options.protocol == "pixels" && train.hold_out_pixels == 0) train.hold_out_pixels = 0.2;
  if (options.protocol == "images" && train.hold_out_images == 0) train.hold_out_images = 0.25;
  return train;
}

ordered_json judge(const StudyOptions& options, const TrainOptions& trained) {
  if (options.protocol == "images") {
    FitOptions fit;
    fit.backend = trained.backend;
    fit.model = trained.model;
    fit.data = trained.data;
    fit.size = trained.size;
    fit.background = trained.background;
    fit.out = fs::path(trained.model).replace_extension(".fitted.safetensors");
    fit.modulations = true;
    return fit_to_json(fit);
  }
  EvaluateOptions evaluate;
  evaluate.backend = trained.backend;
  evaluate.model = trained.model;
  evaluate.data = trained.data;
  evaluate.background = trained.background;
  if (options.protocol == "pixels" && trained.size) evaluate.sizes = {*trained.size};
  return evaluate_to_json(evaluate);
}

/// The result of a seed, from its file if it is finished.
ordered_json run_seed(const StudyOptions& options, std::uint64_t seed) {
  const TrainOptions training = training_of(options, seed);
  const fs::path file = fs::path(training.model).replace_extension(".json");
  const std::string settings = settings_of(options, training);
  if (fs::exists(file)) {
    ordered_json done = ordered_json::parse(read_file(file), nullptr, false);
    if (!done.is_object() || done.value("settings", "") != settings)
      throw Error(fmt::format("{} is not of a study with these settings ({}); give another -o",
                              shown(file), settings));
    fmt::print("Seed {}: finished before\n", seed);
    return done.at("result");
  }
  fmt::print("Seed {}\n", seed);
  train(training);
  const ordered_json whole = {
      {"seed", seed}, {"settings", settings}, {"result", judge(options, training)}};
  write_atomically(file, [&](std::ostream& out) {
    out << whole.dump(1, ' ', false, ordered_json::error_handler_t::replace) << "\n";
  });
  return whole.at("result");
}

/// The 0.975 quantile of Student's t.
double t_quantile(std::size_t degrees_of_freedom) {
  constexpr std::array table = {12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365,
                                2.306,  2.262, 2.228, 2.201, 2.179, 2.160, 2.145,
                                2.131,  2.120, 2.110, 2.101, 2.093, 2.086};
  const auto n = static_cast<double>(degrees_of_freedom);
  if (degrees_of_freedom <= table.size()) return table[degrees_of_freedom - 1];
  return 1.96 + 2.42 / n;  // within 0.006 of the quantile from here on
}

struct Interval {
  double mean = 0, half_width = 0;
};

Interval interval(const std::vector<double>& values) {
  const auto n = static_cast<double>(values.size());
  double mean = 0, squares = 0;
  for (const double value : values) mean += value / n;
  if (values.size() < 2) return {mean, 0};
  for (const double value : values) squares += (value - mean) * (value - mean);
  return {mean, t_quantile(values.size() - 1) * std::sqrt(squares / (n - 1) / n)};
}

void summarize(const StudyOptions& options, const std::vector<Measures>& seeds) {
  ordered_json list = ordered_json::array();
  fmt::print("\n{} seeds, mean and 95 % interval (Student's t)\n", seeds.size());
  for (std::size_t m = 0; m < seeds.front().size(); ++m) {
    std::vector<double> values;
    for (const Measures& seed : seeds) values.push_back(seed.at(m).second);
    const auto [mean, half_width] = interval(values);
    const std::string& name = seeds.front()[m].first;
    const std::string spread = seeds.size() > 1 ? fmt::format("+- {:.3f}", half_width) : "";
    fmt::print("  {:<44} {:>9.3f} {}\n", name, mean, spread);
    list.push_back({{"measure", name}, {"mean", mean}, {"values", values}});
    if (seeds.size() > 1) list.back()["half_width_95"] = half_width;
  }
  const fs::path file = options.out / "study.json";
  write_atomically(file, [&](std::ostream& out) {
    out << ordered_json{{"protocol", options.protocol}, {"measures", list}}.dump(1) << "\n";
  });
  fmt::print("Study: {}\n", shown(file));
}

}  // namespace

void study(const StudyOptions& options) {
  make_folder(options.out);
  std::vector<Measures> seeds;
  for (std::size_t k = 0; k < options.seeds; ++k) {
    const ordered_json result = run_seed(options, options.train.training.seed + k);
    seeds.push_back(options.protocol == "pixels"   ? pixel_measures(result)
                    : options.protocol == "images" ? image_measures(result)
                                                   : resolution_measures(result));
  }
  summarize(options, seeds);
}

}  // namespace chorus::app
