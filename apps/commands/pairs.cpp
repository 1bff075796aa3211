#include "pairs.hpp"

#include <fmt/format.h>

#include <functional>
#include <memory>
#include <nlohmann/json.hpp>

#include "chorus/error.hpp"
#include "evaluation/pair_study.hpp"
#include "printable.hpp"
#include "support/cli_flags.hpp"
#include "support/output_files.hpp"
#include "support/print_result.hpp"
#include "support/progress.hpp"
#include "support/session.hpp"

namespace chorus::app {

namespace {

using nlohmann::ordered_json;

struct PairsOptions {
  BackendChoice backend;
  DistanceMeasure measure = default_distance_measure;
  std::size_t count = 3;     ///< pairs, with each image in one of them at most
  std::size_t ranking = 20;  ///< number of closest pairs to list
  bool study = false;
  PairStudySettings study_settings;  ///< also names the model
  bool json = false;
};

ordered_json to_json(const Model& model, const std::vector<ImagePair>& pairs) {
  ordered_json list = ordered_json::array();
  for (const ImagePair& pair : pairs)
    list.push_back({{"a", model.images[pair.a].name},
                    {"b", model.images[pair.b].name},
                    {"distance", pair.distance}});
  return list;
}

void print_pairs(const Model& model, const std::vector<ImagePair>& pairs) {
  for (std::size_t i = 0; i < pairs.size(); ++i)
    fmt::print("{:>4}  {:>10.4f}  {} - {}\n", i + 1, pairs[i].distance,
               printable(model.images[pairs[i].a].name), printable(model.images[pairs[i].b].name));
}

/// Shows progress where the output is not JSON.
std::function<void(double)> progress_of(const PairsOptions& options, const std::string& what) {
  if (options.json) return [](double) {};
  return show_fraction(what);
}

PairStudy study(Session& session, const Model& model, const PairsOptions& options) {
  return study_pairs(session, model, options.study_settings,
                     progress_of(options, "paths evaluated"));
}

void pairs(const PairsOptions& options) {
  // Scores are saved beside the model. That must not fail after the work is done.
  if (options.study) prepare_folder(options.study_settings.model.parent_path());
  Session session(options.backend);
  const Model model = load_model(session.memory, options.study_settings.model);
  if (model.images.size() < 2)
    throw Error(fmt::format("a pair needs two images; the model has {}", model.images.size()));
  PairSelection selection(model.images.size(), options.count, options.ranking);
  ImageDistances(session.memory, model, session.threads)
      .for_each_image(
          options.measure,
          [&](std::size_t image, std::span<const double> row) { selection.add(image, row); },
          progress_of(options, "images compared"));
  const std::vector<ImagePair> best = selection.closest_disjoint();
  const std::vector<ImagePair> ranking = selection.closest();
  if (options.json) {
    ordered_json result = {{"measure", std::string(name(options.measure))},
                           {"pairs", to_json(model, best)},
                           {"ranking", to_json(model, ranking)}};
    if (options.study) result["study"] = to_json(study(session, model, options));
    print_result(result);
    return;
  }
  fmt::print("The best disjoint pairs by {}, which minimize the sum of distances:\n",
             name(options.measure));
  print_pairs(model, best);
  if (!ranking.empty()) fmt::print("\nThe closest pairs of all:\n");
  print_pairs(model, ranking);
  if (!options.study) return;
  fmt::print("\n");
  print_study(study(session, model, options));
}

}  // namespace

void add_pairs(CLI::App& program) {
  CLI::App& command = *program.add_subcommand(
      "pairs", "List the most similar pairs of a model's images, by one of several measures");
  const auto options = std::make_shared<PairsOptions>();
  PairsOptions& o = *options;
  command.add_option("model", o.study_settings.model, "Model file")->required();
  add_measure(command, "--measure", o.measure);
  command
      .add_option("--count", o.count, "Number of best pairs, with each image in one pair at most")
      ->capture_default_str()
      ->check(positive_count);
  command
      .add_option("--ranking", o.ranking,
                  "Number of closest pairs to list, with images in several pairs")
      ->capture_default_str()
      ->check(any_count);
  CLI::Option* study = command.add_flag(
      "--study", o.study,
      "Measure how well each measure predicts good paths; the scores of the paths, which take "
      "long, are kept beside the model");
  add_path(command, o.study_settings.path);
  command
      .add_option("--sample", o.study_settings.sample,
                  "Number of random pairs to study (0: all pairs)")
      ->capture_default_str()
      ->check(any_count);
  add_seed(command, "--seed", o.study_settings.seed,
           "Random seed of the study, for its sample of pairs and for the half of the images that "
           "choose a measure");
  for (const char* flag : {"--path", "--sample", "--seed"}) command.get_option(flag)->needs(study);
  command.add_flag("--json", o.json, "Print one JSON object");
  add_backend(command, o.backend);
  command.callback([options] { pairs(*options); });
}

}  // namespace chorus::app
