#include <fmt/format.h>

#include <memory>
#include <nlohmann/json.hpp>

#include "evaluation/evaluation.hpp"
#include "evaluation/path_evaluation.hpp"
#include "printable.hpp"
#include "support/cli_flags.hpp"
#include "support/print_result.hpp"

namespace chorus::app {

namespace {

using nlohmann::ordered_json;

struct EvaluateOptions {
  BackendChoice backend;
  std::filesystem::path model;
  TestData data;
  EvaluationOptions scores;
  bool paths = false;
  PathSelection path_selection;
  std::filesystem::path pairs_of;  ///< a model whose taught pairs are evaluated; may be empty
  bool json = false;
};

void print_json(Session& session, const Model& model, const PathSelection& selection,
                const EvaluateOptions& options) {
  ordered_json result = {{"model", options.model.string()}};
  EvaluationOptions silent = options.scores;
  silent.with_progress = false;
  result.update(to_json(model, evaluate_sizes(session, model, options.data, silent)));
  if (options.paths)
    result["paths"] = to_json(model, evaluate_paths(session, model, options.data, selection));
  print_result(result);
}

void evaluate(const EvaluateOptions& options) {
  Session session(options.backend);
  const Model model = load_model(session.memory, options.model);
  PathSelection selection = options.path_selection;
  if (!options.pairs_of.empty())
    selection.taught = taught_pairs_of(load_model(session.memory, options.pairs_of), model,
                                       shown(options.pairs_of));
  if (options.json) return print_json(session, model, selection, options);
  print_scores(evaluate_sizes(session, model, options.data, options.scores));
  if (options.paths)
    print_paths(model, evaluate_paths(session, model, options.data, selection, {{}, {}, true}));
}

}  // namespace

void add_evaluate(CLI::App& program) {
  CLI::App& command = *program.add_subcommand(
      "evaluate", "Compare the images of a model with the true ones, at any size");
  const auto options = std::make_shared<EvaluateOptions>();
  command.add_option("model", options->model, "Model file")->required();
  command
      .add_option("data", options->data.folder,
                  "True images of any sizes: a folder of images, or of size folders (48/, 256/)")
      ->required();
  command
      .add_option("--size", options->data.sizes,
                  "Sizes to evaluate (pixels, longer side; default: "
                  "all that the data offers)")
      ->check(positive_count);
  add_supersample(command, options->scores.supersample);
  add_choice(
      command, "--shapes", options->scores.shapes,
      "Also score exact drawings (see vectorize) of the training images, at larger sizes and "
      "on held-out pixels: where the training pixels say that they show shapes, always, or "
      "never");
  add_background(command, options->data.background);
  add_skip_unreadable(command);
  CLI::Option* paths = command.add_flag(
      "--paths", options->paths,
      "Also evaluate paths between images: of the 8 most similar pairs, of 20 random pairs, of the "
      "pairs whose true middle is in DATA/middle, and of pairs that train --paths taught or held "
      "out");
  PathSelection& selection = options->path_selection;
  add_path(command, selection.path);
  add_measure(command, "--pairs-measure", selection.measure);
  add_seed(command, "--pairs-seed", selection.seed, "Random seed for the random pairs");
  command.add_option("--pairs-of", options->pairs_of,
                     "Evaluate lines between the pairs that this model was taught (train --paths), "
                     "instead of the pairs of the model itself");
  for (const char* flag : {"--path", "--pairs-measure", "--pairs-seed", "--pairs-of"})
    command.get_option(flag)->needs(paths);
  command.add_flag("--json", options->json, "Print one JSON object");
  add_backend(command, options->backend);
  command.callback([options] { evaluate(*options); });
}

}  // namespace chorus::app
