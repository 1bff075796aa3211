#include "cli.hpp"

#include <string>

#include "chorus/version.hpp"
#include "printable.hpp"
#include "support/cli_flags.hpp"

namespace chorus::app {

namespace {

void add_evaluate(CLI::App& app, EvaluateOptions& o) {
  CLI::App& command =
      *app.add_subcommand("evaluate", "Compare a model's images with true ones, at any size");
  command.add_option("model", o.model, "Model file")->required();
  command.add_option("data", o.data, "True images: as for train, any sizes")->required();
  command.add_option("--size", o.sizes, "Only these sizes (pixels)")->check(positive_count);
  add_supersample(command, o.supersample);
  add_background(command, o.background);
  CLI::Option* paths = command.add_flag(
      "--paths", o.paths,
      "Judge the paths between images too: of the 8 most similar pairs, of 20 random ones, and of "
      "pairs whose true middle is in DATA/middle");
  add_path(command, o.path);
  add_measure(command, "--pairs-measure", o.pairs_measure);
  command.add_option("--pairs-seed", o.pairs_seed, "Of the random pairs")
      ->capture_default_str()
      ->check(seed_number());
  for (const char* flag : {"--path", "--pairs-measure", "--pairs-seed"})
    command.get_option(flag)->needs(paths);
  command.add_flag("--json", o.json, "Print one JSON object");
  add_backend(command, o.backend);
  command.callback([&o] { evaluate(o); });
}

void add_upsample(CLI::App& app, UpsampleOptions& o) {
  CLI::App& command =
      *app.add_subcommand("upsample", "Write all images of a model at a larger size");
  command.add_option("model", o.model, "Model file")->required();
  command.add_option("--size", o.size, "Longer side (pixels)")
      ->capture_default_str()
      ->check(CLI::Range(1, 16384));
  command.add_option("-o,--output", o.out, "Folder for the PNGs and the contact sheet")->required();
  command.add_option("--data", o.data, "Compare with these images where they have the size");
  command.add_option("--sheet-rows", o.sheet_rows, "Most images on the contact sheet (0: none)")
      ->capture_default_str()
      ->check(CLI::Range(0, 1 << 30));
  add_supersample(command, o.supersample);
  add_background(command, o.background);
  add_backend(command, o.backend);
  command.callback([&o] { upsample(o); });
}

void add_interpolate(CLI::App& app, InterpolateOptions& o) {
  CLI::App& command = *app.add_subcommand("interpolate", "Walk between two images of a model");
  command.add_option("model", o.model, "Model file")->required();
  CLI::Option* names = command.add_option(
      "names", o.names, "Names of two images; of more for a walk over all of them");
  CLI::Option* best =
      command
          .add_option("--best-pairs", o.best_pairs, "Instead of names: the N most similar pairs")
          ->check(positive_count)
          ->excludes(names);
  add_path(command, o.path.kind);
  command.add_flag_callback(
      "--uneven", [&o] { o.path.even = false; },
      "Frames at the path's own pace, not equally far apart");
  command.add_flag("--open", o.open, "The animation ends at the last image and starts anew");
  command.add_option("-o,--output", o.out, "Folder for frames, strip and animation")->required();
  command.add_option("--frames", o.frames, "Frames from one image to the next, both included")
      ->capture_default_str()
      ->check(CLI::Range(2, 10000));
  command.add_option("--size", o.size, "Longer side (pixels)")
      ->capture_default_str()
      ->check(CLI::Range(1, 16384));
  add_supersample(command, o.supersample);
  add_backend(command, o.backend);
  command.callback([&o, best] {
    if (o.names.size() < 2 && best->empty())
      throw CLI::RequiredError("two names of images or more, or --best-pairs N");
    interpolate(o);
  });
}

void add_pairs(CLI::App& app, PairsOptions& o) {
  CLI::App& command =
      *app.add_subcommand("pairs", "Which images of a model are most alike, by several measures");
  command.add_option("model", o.model, "Model file")->required();
  add_measure(command, "--measure", o.measure);
  command.add_option("--count", o.count, "Best pairs, no image in two of them")
      ->capture_default_str()
      ->check(positive_count);
  command.add_option("--ranking", o.ranking, "Closest pairs to list, images may come again")
      ->capture_default_str()
      ->check(CLI::Range(0, 1 << 30));
  CLI::Option* study = command.add_flag(
      "--study", o.study,
      "How well each measure foretells a good path; what takes long is kept beside the model");
  add_path(command, o.path);
  command.add_option("--sample", o.sample, "Pairs of the study, drawn at random (0: all)")
      ->capture_default_str()
      ->check(CLI::Range(0, 1 << 30));
  command.add_option("--seed", o.seed, "Of the study: its halves of the images and its sample")
      ->capture_default_str()
      ->check(seed_number());
  for (const char* flag : {"--path", "--sample", "--seed"}) command.get_option(flag)->needs(study);
  command.add_flag("--json", o.json, "Print one JSON object");
  add_backend(command, o.backend);
  command.callback([&o] { pairs(o); });
}

void add_known_truth(CLI::App& app, KnownTruthOptions& o) {
  CLI::App& command = *app.add_subcommand(
      "known-truth", "Make pairs of images whose true middle is known, to judge paths by");
  command.add_option("data", o.data, "Folder of PNGs; the largest size is used")->required();
  command.add_option("-o,--output", o.out, "Folder for both ends of the pairs; middles in middle/")
      ->required();
  command.add_option("--size", o.sizes, "Sizes to write (pixels, longer side)")
      ->capture_default_str()
      ->check(CLI::Range(1, 16384));
  command.add_option("--per-kind", o.per_kind, "Pairs of each kind")
      ->capture_default_str()
      ->check(CLI::Range(1, 1 << 20));
  command.add_option("--seed", o.seed, "Of the images and what is done to them")
      ->capture_default_str()
      ->check(seed_number());
  add_background(command, o.background);
  command.callback([&o] { known_truth(o); });
}

void add_fit(CLI::App& app, FitOptions& o) {
  CLI::App& command = *app.add_subcommand(
      "fit", "Find latents of images that a model was not trained on, the network frozen");
  command.add_option("model", o.model, "Model file")->required();
  command.add_option("data", o.data, "Images: those that the model does not encode are fitted")
      ->required();
  command.add_option("-o,--output", o.out, "Model file to write: the network with these images")
      ->required();
  command.add_flag("--modulations", o.modulations,
                   "Also free shifts of every layer, for each image");
  command.add_flag("--all", o.all, "Also the images that the model encodes");
  command.add_option("--size", o.size, "Which size to fit, where there are several (pixels)")
      ->check(positive_count);
  command.add_option("--latent-steps", o.fit.latent_steps, "Steps on the latent alone")
      ->capture_default_str()
      ->check(positive_count);
  command.add_option("--shift-steps", o.fit.shift_steps, "Further steps with the modulations")
      ->capture_default_str()
      ->check(positive_count);
  command.add_option("--seed", o.fit.seed, "Of the order of pixels")->capture_default_str();
  add_background(command, o.background);
  command.add_flag("--json", o.json, "Print one JSON object");
  add_backend(command, o.backend);
  command.callback([&o] { fit(o); });
}

void add_report(CLI::App& app, ReportOptions& o) {
  CLI::App& command =
      *app.add_subcommand("report", "One HTML page on a training: scores, curves, pictures");
  command.add_option("run", o.run, "Model file, or a folder that holds one")->required();
  command.add_option("-o,--output", o.out, "Folder for index.html")->required();
  command.add_option("--data", o.data,
                     "True images, any sizes (default: the folder that the training was given)");
  command.add_option_function<std::string>(
      "--background", [&o](const std::string& text) { o.background = parse_color(text); },
      "Color under transparent pixels (default: that of the training)");
  add_backend(command, o.backend);
  command.callback([&o] { report(o); });
}

void add_info(CLI::App& app, InfoOptions& o) {
  CLI::App& command =
      *app.add_subcommand("info", "What a model holds; without one, this program's backends");
  command.add_option("model", o.model, "Model file");
  command.add_flag("--json", o.json, "Print one JSON object");
  command.callback([&o] { info(o); });
}

void add_bench(CLI::App& app, BenchOptions& o) {
  CLI::App& command = *app.add_subcommand(
      "bench", "Speed of training and decoding against the measured peak of this machine");
  command.add_option("--width", o.widths, "Widths of the network")
      ->capture_default_str()
      ->check(CLI::Range(1, 8192));
  command.add_option("--repetitions", o.repetitions, "Of each measurement; the median is shown")
      ->capture_default_str()
      ->check(CLI::Range(1, 1000));
  command
      .add_option("--pixels", o.pixels_per_image,
                  "Of each of 80 images in a training step; GPUs take 1000 and more")
      ->capture_default_str()
      ->check(CLI::Range(1, 1 << 20));
  command.add_flag("--json", o.json, "Print one JSON object");
  add_backend(command, o.backend);
  command.callback([&o] { bench(o); });
}

}  // namespace

int run_command_line(int argc, char** argv) {
  CLI::App app("chorus: a collection of images in one sinusoidal network", "chorus");
  app.set_version_flag("--version", "chorus " CHORUS_VERSION);
  app.require_subcommand(1);
  app.get_formatter()->column_width(34);
  app.failure_message([](const CLI::App* command, const CLI::Error& error) {
    return "chorus: " + printable(error.what()) + " (see chorus " +
           (command->get_subcommands().empty()
                ? ""
                : command->get_subcommands().front()->get_name() + " ") +
           "--help)\n";
  });
  TrainOptions train_options;
  EvaluateOptions evaluate_options;
  UpsampleOptions upsample_options;
  InterpolateOptions interpolate_options;
  PairsOptions pairs_options;
  KnownTruthOptions known_truth_options;
  ReportOptions report_options;
  StudyOptions study_options;
  FitOptions fit_options;
  InfoOptions info_options;
  BenchOptions bench_options;
  add_train(app, train_options);
  add_evaluate(app, evaluate_options);
  add_upsample(app, upsample_options);
  add_interpolate(app, interpolate_options);
  add_pairs(app, pairs_options);
  add_known_truth(app, known_truth_options);
  add_study(app, study_options);
  add_fit(app, fit_options);
  add_report(app, report_options);
  add_info(app, info_options);
  add_bench(app, bench_options);
  try {
    // CLI11 alone would only say that a subcommand is required.
    if (argc > 1 && argv[1][0] != '-' &&
        app.get_subcommands([&](const CLI::App* each) { return each->check_name(argv[1]); })
            .empty())
      throw CLI::ExtrasError({argv[1]});
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    constexpr int wrong_use = 2;
    return app.exit(error) == 0 ? 0 : wrong_use;
  }
  return 0;
}

}  // namespace chorus::app
