#include "study/seed_study.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

#include "chorus/error.hpp"
#include "evaluation/evaluation.hpp"
#include "evaluation/fitting.hpp"
#include "files.hpp"
#include "printable.hpp"
#include "study/jobs.hpp"
#include "study/settings_json.hpp"
#include "study/statistics.hpp"
#include "support/model_data.hpp"
#include "support/session.hpp"

namespace chorus::app {

namespace {

namespace fs = std::filesystem;
using nlohmann::ordered_json;

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
  ordered_json settings = {
      {"protocol", enum_names<Protocol>.name(options.protocol)},
      {"limit", limit_to_json(train)},
      {"pictures", data_to_json(options)},
      {"size", train.size.value_or(0)},
      {"background", train.background ? ordered_json(*train.background) : ordered_json()},
      {"hold_out_pixels", train.hold_out_pixels},
      {"hold_out_images", train.hold_out_images},
      {"network", network_to_json(train)},
      {"training", training_to_json(train)}};
  settings.update(device_to_json(train.backend));
  if (options.protocol == Protocol::images)
    settings["fit"] = settings_json(FitTask{}.config);
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

/// The measures of a finished result, whose file is named if they cannot be had.
Measures measures_of(Protocol protocol, const ordered_json& result, const fs::path& file) {
  try {
    return seed_measures(protocol, result);
  } catch (const Error& error) {
    throw Error(fmt::format("{}: {}", shown(file), printable(error.what())));
  }
}

/// The measures of a seed, which is trained and evaluated unless it was finished before.
Measures run_seed(const StudyOptions& options, const ordered_json& settings, std::uint64_t seed) {
  const TrainOptions training = training_of(options, seed);
  const fs::path file = fs::path(training.model).replace_extension(".json");
  if (fs::exists(file)) {
    const ordered_json result = finished_result(file, settings);
    fmt::print("Seed {}: finished before\n", seed);
    return measures_of(options.protocol, result, file);
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

void summarize(const StudyOptions& options, std::vector<Measures> seeds) {
  complete_undrawn(seeds);
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

}  // namespace

void study_seeds(const StudyOptions& options) {
  make_folder(options.out);
  const ordered_json settings = settings_of(options);
  std::vector<Measures> seeds;
  for (std::size_t k = 0; k < options.seeds; ++k)
    seeds.push_back(run_seed(options, settings, options.train.training.seed + k));
  summarize(options, std::move(seeds));
}

}  // namespace chorus::app
