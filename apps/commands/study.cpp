#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <memory>
#include <nlohmann/json.hpp>
#include <utility>

#include "chorus/error.hpp"
#include "evaluation/evaluation.hpp"
#include "evaluation/fitting.hpp"
#include "evaluation/seed_measures.hpp"
#include "files.hpp"
#include "printable.hpp"
#include "support/cli_flags.hpp"
#include "support/model_data.hpp"
#include "support/session.hpp"
#include "training/train_flags.hpp"
#include "training/training_state.hpp"

namespace chorus::app {

namespace {

namespace fs = std::filesystem;
using nlohmann::ordered_json;

struct StudyOptions {
  TrainOptions train;  ///< settings of the first seed; the study sets the model
  Protocol protocol = Protocol::resolutions;
  std::size_t seeds = 3;
  std::filesystem::path out;
};

template <class Config>
ordered_json to_json(const Config& config) {
  ordered_json settings;
  each_setting(config, [&](const char* name, const auto& value) { settings[name] = value; });
  return settings;
}

ordered_json network_to_json(const TrainOptions& train) {
  // This does not compile if SirenConfig gets another number of fields. TrainOptions overrides some
  // of them, and the number of channels follows from the images.
  const auto& [width, hidden_layers, latent, channels, conditioning, omega_first, omega_hidden,
               head, palette_size, palette_source, palette_fields] = train.network;
  return {{"width", width},
          {"hidden_layers", hidden_layers},
          {"latent", latent},
          {"conditioning", name(conditioning)},
          {"omega_first", omega_first},
          {"omega_hidden", omega_hidden},
          {"head", train.head ? name(*train.head) : "auto"},
          {"palette_size", train.palette_size},
          {"palette", name(palette_source)},
          {"palette_fields", train.palette_fields ? name(*train.palette_fields) : "auto"}};
}

ordered_json limit_to_json(const TrainOptions& train) {
  if (train.steps) return {{"steps", *train.steps}};
  if (train.epochs) return {{"epochs", *train.epochs}};
  return {{"seconds", train.seconds.value_or(0)}};
}

/// The sizes on which a seed is trained and evaluated. An empty one stands for a flat folder.
std::vector<std::optional<std::size_t>> sizes_of(const StudyOptions& options) {
  const TrainOptions& train = options.train;
  if (train.size && options.protocol != Protocol::resolutions) return {train.size};
  const std::vector<std::size_t> offered = offered_sizes(train.data);
  if (offered.empty()) return {std::nullopt};
  return {offered.begin(), offered.end()};
}

/// Checksums of the pictures on which a seed is trained and evaluated, one for each size.
ordered_json data_to_json(const StudyOptions& options) {
  ordered_json checksums;
  for (const std::optional<std::size_t>& size : sizes_of(options))
    checksums.push_back(
        data_checksum(load_images(options.train.data, size, options.train.background)));
  return checksums;
}

/// All settings on which the results of a study depend, except the seed. A result made with other
/// settings does not count as one of its seeds.
ordered_json settings_of(const StudyOptions& options) {
  const TrainOptions& train = options.train;
  const Session session(train.backend);
  ordered_json training = to_json(train.training);
  training.erase("seed");
  ordered_json settings = {
      {"protocol", enum_names<Protocol>.name(options.protocol)},
      {"limit", limit_to_json(train)},
      {"pictures", data_to_json(options)},
      {"size", train.size.value_or(0)},
      {"background", train.background ? ordered_json(*train.background) : ordered_json()},
      {"hold_out_pixels", train.hold_out_pixels},
      {"hold_out_images", train.hold_out_images},
      {"network", network_to_json(train)},
      {"training", training},
      {"backend", session.backend->name()},
      {"precision", name(session.backend->precision())},
      {"workers", session.backend->workers()}};
  if (options.protocol == Protocol::images)
    settings["fit"] = to_json(FitTask{}.config);
  else
    settings["shapes"] = enum_names<UseShapes>.name(EvaluationOptions{}.shapes);
  return settings;
}

TrainOptions training_of(const StudyOptions& options, std::uint64_t seed) {
  TrainOptions train = options.train;
  train.training.seed = seed;
  train.overwrite = true;  // a seed without results was interrupted, and begins anew
  train.model = options.out / fmt::format("seed_{}.safetensors", seed);
  if (options.protocol == Protocol::pixels && train.hold_out_pixels == 0)
    train.hold_out_pixels = 0.2;
  if (options.protocol == Protocol::images && train.hold_out_images == 0)
    train.hold_out_images = 0.25;
  return train;
}

/// Scores of a trained model on unseen images, after fitting the model to them.
ordered_json fit_unseen_images(const TrainOptions& trained) {
  FitTask task;
  task.model = trained.model;
  task.data = trained.data;
  task.size = trained.size;
  task.background = trained.background;
  task.out = fs::path(trained.model).replace_extension(".fitted.safetensors");
  task.modulations = true;
  return fit_images(trained.backend, task);
}

/// Scores of a trained model at all sizes, or at one size if only held-out pixels count.
ordered_json evaluate_model(const StudyOptions& options, const TrainOptions& trained) {
  TestData data{.folder = trained.data, .sizes = {}, .background = trained.background};
  if (options.protocol == Protocol::pixels && trained.size) data.sizes = {*trained.size};
  Session session(trained.backend);
  const Model model = load_model(session.memory, trained.model);
  ordered_json result = {{"model", trained.model.string()}};
  result.update(to_json(model, evaluate_sizes(session, model, data)));
  return result;
}

/// The measures of a seed that is finished.
Measures measures_before(const StudyOptions& options, const ordered_json& settings,
                         const fs::path& file) {
  const std::string text = read_file(file);
  try {
    const FinishedSeed seed = parse_finished_seed(text);
    if (seed.settings != settings)
      throw Error(fmt::format("it was made with other settings ({}); choose another --output",
                              differences(seed.settings, settings)));
    return seed_measures(options.protocol, seed.result);
  } catch (const Error& error) {
    throw Error(fmt::format("{}: {}", shown(file), printable(error.what())));
  }
}

/// The measures of a seed, which is trained and evaluated unless it was finished before.
Measures run_seed(const StudyOptions& options, const ordered_json& settings, std::uint64_t seed) {
  const TrainOptions training = training_of(options, seed);
  const fs::path file = fs::path(training.model).replace_extension(".json");
  if (fs::exists(file)) {
    Measures measures = measures_before(options, settings, file);
    fmt::print("Seed {}: finished before\n", seed);
    return measures;
  }
  fmt::print("Seed {}\n", seed);
  train(training);
  const ordered_json result = options.protocol == Protocol::images
                                  ? fit_unseen_images(training)
                                  : evaluate_model(options, training);
  const ordered_json whole = {{"seed", seed}, {"settings", settings}, {"result", result}};
  write_atomically(file, [&](std::ostream& out) {
    out << whole.dump(1, ' ', false, ordered_json::error_handler_t::replace) << "\n";
  });
  return seed_measures(options.protocol, result);
}

/// The 0.975 quantile of Student's t.
double t_quantile(std::size_t degrees_of_freedom) {
  constexpr std::array table = {12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365,
                                2.306,  2.262, 2.228, 2.201, 2.179, 2.160, 2.145,
                                2.131,  2.120, 2.110, 2.101, 2.093, 2.086};
  const auto n = static_cast<double>(degrees_of_freedom);
  if (degrees_of_freedom <= table.size()) return table[degrees_of_freedom - 1];
  return 1.96 + 2.42 / n;  // from here on within 0.006 of the quantile
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

/// A finished seed whose file was edited may have others.
void require_same_measures(const std::vector<Measures>& seeds) {
  using Measure = Measures::value_type;
  for (std::size_t k = 1; k < seeds.size(); ++k)
    if (!std::ranges::equal(seeds[k], seeds.front(), {}, &Measure::first, &Measure::first))
      throw Error(
          fmt::format("seed number {} of the study has other measures than the first one; "
                      "expected the same (remove the file of the one that was edited)",
                      k + 1));
}

void summarize(const StudyOptions& options, const std::vector<Measures>& seeds) {
  require_same_measures(seeds);
  ordered_json list = ordered_json::array();
  fmt::print("\n{} seeds, mean and 95 % interval (Student's t)\n", seeds.size());
  for (std::size_t m = 0; m < seeds.front().size(); ++m) {
    std::vector<double> values;
    values.reserve(seeds.size());
    for (const Measures& seed : seeds) values.push_back(seed[m].second);
    const auto [mean, half_width] = interval(values);
    const std::string& name = seeds.front()[m].first;
    const std::string spread = seeds.size() > 1 ? fmt::format("+- {:.3f}", half_width) : "";
    fmt::print("  {:<44} {:>9.3f} {}\n", name, mean, spread);
    list.push_back({{"measure", name}, {"mean", mean}, {"values", values}});
    if (seeds.size() > 1) list.back()["half_width_95"] = half_width;
  }
  const fs::path file = options.out / "study.json";
  write_atomically(file, [&](std::ostream& out) {
    out << ordered_json{{"protocol", enum_names<Protocol>.name(options.protocol)},
                        {"measures", list}}
               .dump(1)
        << "\n";
  });
  fmt::print("Study: {}\n", shown(file));
}

void study(const StudyOptions& options) {
  make_folder(options.out);
  const ordered_json settings = settings_of(options);
  std::vector<Measures> seeds;
  for (std::size_t k = 0; k < options.seeds; ++k)
    seeds.push_back(run_seed(options, settings, options.train.training.seed + k));
  summarize(options, seeds);
}

}  // namespace

void add_study(CLI::App& program) {
  CLI::App& command = *program.add_subcommand(
      "study", "Train and evaluate with several seeds: mean and 95 % confidence interval");
  const auto options = std::make_shared<StudyOptions>();
  TrainOptions& train = options->train;
  command.add_option("data", train.data, "Folder of images, or of size folders (48/, 256/)")
      ->required();
  command
      .add_option("-o,--output", options->out,
                  "Folder to write models and results to; finished seeds in it are not repeated")
      ->required();
  add_choice(command, "--protocol", options->protocol,
             "What to hold out: pixels, other resolutions, or images");
  command.add_option("--seeds", options->seeds, "Number of seeds, counted from --seed")
      ->capture_default_str()
      ->check(CLI::Range(1, 1000));
  command
      .add_option("--size", train.size,
                  "Size to train on if the data has several (pixels, longer side)")
      ->check(positive_count);
  add_background(command, train.background);
  add_skip_unreadable(command);
  add_limits(command, train);
  add_training(command, train);
  add_backend(command, train.backend);
  command.callback([options] {
    finish_training_flags(options->train);
    study(*options);
  });
}

}  // namespace chorus::app
