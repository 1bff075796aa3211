#include "cli.hpp"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <charconv>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "chorus/printable.hpp"
#include "commands.hpp"

// The only file that includes CLI11, which is slow to compile.

namespace chorus::app {

namespace {

constexpr const char* backend_help =
    "Where to compute: auto, cpu, cpu:avx512, cpu:avx2, cpu:base, reference, cuda, check:A,B "
    "(default: CHORUS_BACKEND, or auto)";

const CLI::Range positive_count(std::size_t{1}, std::size_t{1} << 30);

template <class Number>
bool parse_number(const std::string& text, Number& number) {
  const char* end = text.data() + text.size();
  const auto [stop, failure] = std::from_chars(text.data(), end, number);
  return failure == std::errc() && stop == end;
}

/// CLI::Range lets what is not a number pass.
CLI::Validator number_in(double least, double most) {
  const std::string range = fmt::format("{:g} to {:g}", least, most);
  const auto check = [=](const std::string& text) {
    double number = 0;
    const bool good = parse_number(text, number) && number >= least && number <= most;
    return good ? std::string() : fmt::format("Value {} not in range {}", text, range);
  };
  return {check, range};
}

/// CLI11 takes -1 for the largest number and cuts off what is larger.
CLI::Validator seed_number() {
  const auto check = [](const std::string& text) {
    std::uint64_t number = 0;
    return parse_number(text, number)
               ? std::string()
               : fmt::format("Value {} is not a whole number from 0 to 2^64 - 1", text);
  };
  return {check, ""};
}

void add_backend(CLI::App& command, BackendChoice& choice) {
  command.add_option("--backend", choice.name, backend_help);
  command
      .add_option("--threads", choice.threads,
                  "Of the CPU, at most one per core (default: OMP_NUM_THREADS, or one per core)")
      ->check(CLI::Range(std::size_t{1}, std::size_t{1024}));
  command
      .add_option("--workers", choice.workers,
                  "Shares of the work, for the same bits with any number of threads (default: as "
                  "many as threads)")
      ->check(CLI::Range(std::size_t{1}, std::size_t{1024}));
  command
      .add_option("--precision", choice.precision,
                  "What large products multiply: fp32, or on GPUs tf32, fp16, bf16")
      ->capture_default_str()
      ->check(CLI::IsMember({"fp32", "tf32", "fp16", "bf16"}));
}

/// "white", "black" or "RRGGBB".
Rgb parse_color(const std::string& text) {
  if (text == "white") return {1, 1, 1};
  if (text == "black") return {0, 0, 0};
  const bool hex =
      text.size() == 6 && text.find_first_not_of("0123456789abcdefABCDEF") == std::string::npos;
  if (!hex)
    throw CLI::ValidationError("--background",
                               "'" + text + "' is no color; expected white, black or RRGGBB");
  Rgb color{};
  for (std::size_t c = 0; c < 3; ++c)
    color[c] = static_cast<float>(std::stoi(text.substr(2 * c, 2), nullptr, 16)) / 255.0F;
  return color;
}

void add_background(CLI::App& command, Rgb& background) {
  command.add_option_function<std::string>(
      "--background", [&background](const std::string& text) { background = parse_color(text); },
      "Color under transparent pixels: white, black or RRGGBB (default: white)");
}

void add_supersample(CLI::App& command, std::size_t& supersample) {
  command
      .add_option("--supersample", supersample,
                  "Points per pixel and axis; a pixel is their mean (default: 2 for models that "
                  "were trained on areas, else 1; more where pixels are larger than in training)")
      ->check(CLI::Range(std::size_t{1}, std::size_t{64}));
}

void add_path(CLI::App& command, PathKind& kind) {
  command
      .add_option_function<std::string>(
          "--path", [&kind](const std::string& text) { kind = parse_path_kind(text); },
          "What moves between two images: morph (their shapes), linear or spherical (the latent)")
      ->default_str(std::string(name(kind)))
      ->check(CLI::IsMember({"morph", "linear", "spherical"}));
}

/// "auto" is nothing, a number is itself.
std::size_t parse_palette_size(const std::string& text) {
  if (text == "auto") return 0;
  std::size_t size = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), size);
  if (failure != std::errc() || end != text.data() + text.size() || size < 2 || size > 256)
    throw CLI::ValidationError("--palette-size", "'" + text + "'; expected auto or 2 to 256");
  return size;
}

/// What the outputs mean, and palettes.
void add_head(CLI::App& command, TrainOptions& o, std::vector<CLI::Option*>& options) {
  const auto add = [&](const char* flag, const char* help, std::vector<std::string> values,
                       std::function<void(const std::string&)> set) {
    options.push_back(command.add_option_function<std::string>(flag, std::move(set), help));
    if (!values.empty()) options.back()->check(CLI::IsMember(std::move(values)));
  };
  add("--head", "What the network draws: rgb colors, areas of a palette, or what suits (auto)",
      {"auto", "rgb", "palette"}, [&o](const std::string& text) {
        if (text != "auto") o.head = parse_head(text);
      });
  add("--palette-size", "Entries of a palette: a number or auto (default)", {},
      [&o](const std::string& text) { o.palette_size = parse_palette_size(text); });
  add("--palette",
      "free: each image has its own beside its latent (default); predicted: from the latent",
      {"free", "predicted"},
      [&o](const std::string& text) { o.network.palette_source = parse_palette_source(text); });
  add("--palette-fields", "Entries: constant colors, affine color fields, or what suits (auto)",
      {"auto", "constant", "affine"}, [&o](const std::string& text) {
        if (text != "auto") o.palette_fields = parse_palette_fields(text);
      });
}

/// Options that say what to train; they have no place in a training that is resumed.
std::vector<CLI::Option*> add_training(CLI::App& command, TrainOptions& o) {
  std::vector<CLI::Option*> options;
  const auto add = [&](const char* flag, auto& variable, const char* help) {
    options.push_back(command.add_option(flag, variable, help)->capture_default_str());
    return options.back();
  };
  add("--seed", o.training.seed, "Of the initial weights and the order of pixels")
      ->check(seed_number());
  add("--width", o.network.width, "Units of a layer")->check(CLI::Range(1, 8192));
  add("--hidden-layers", o.network.hidden_layers, "Layers behind the first")
      ->check(CLI::Range(1, 64));
  add("--latent", o.network.latent, "Numbers per image")->check(CLI::Range(1, 65536));
  options.push_back(command.add_option_function<std::string>(
      "--conditioning",
      [&o](const std::string& text) { o.network.conditioning = parse_conditioning(text); },
      "How a latent acts: input, shift (default) or film"));
  options.back()->check(CLI::IsMember({"input", "shift", "film"}));
  add("--omega-first", o.network.omega_first, "Frequency range of the first layer")
      ->check(number_in(1e-3, 1e5));
  add("--omega-hidden", o.network.omega_hidden, "Factor of the hidden layers (scales their rate)")
      ->check(number_in(1e-3, 1e5));
  add("--learning-rate", o.training.learning_rate, "Of the hidden layers at omega 30")
      ->check(number_in(1e-9, 1e3));
  add("--flat-pixels", o.training.flat_pixels,
      "Drawn per image and step from flat neighbourhoods (0: from all pixels alike)")
      ->check(CLI::Range(0, 1 << 20));
  add("--edge-pixels", o.training.edge_pixels,
      "Drawn per image and step from the others (0: from all pixels alike)")
      ->check(CLI::Range(0, 1 << 20));
  add("--area-from", o.training.area_from,
      "Share of the training after which pixels count as areas, not as points (1: never)")
      ->check(number_in(0, 1));
  add("--area-flat-pixels", o.training.area_flat_pixels, "As --flat-pixels, for areas")
      ->check(CLI::Range(0, 1 << 20));
  add("--area-edge-pixels", o.training.area_edge_pixels,
      "As --edge-pixels, for areas; each is the mean of 9 points")
      ->check(CLI::Range(1, 1 << 20));
  add_head(command, o, options);
  add("--hold-out-pixels", o.hold_out_pixels,
      "Share of each image's pixels that training never sees, to be judged on; by the seed")
      ->check(number_in(0, 0.99));
  add("--hold-out-images", o.hold_out_images,
      "Share of the images that training never sees, for `fit`; by the seed")
      ->check(number_in(0, 0.99));
  add("--images-per-step", o.training.images_per_step, "0: all, up to 256")
      ->check(CLI::Range(0, 1 << 20));
  return options;
}

/// How long to train.
std::vector<CLI::Option*> add_limits(CLI::App& command, TrainOptions& o) {
  CLI::Option* steps =
      command.add_option("--steps", o.steps, "How long: in steps")->check(positive_count);
  CLI::Option* epochs =
      command.add_option("--epochs", o.epochs, "How long: in passes over all pixels")
          ->check(number_in(1e-6, 1e9));
  CLI::Option* seconds =
      command.add_option("--seconds", o.seconds, "How long: in seconds (default: 60)")
          ->check(number_in(1e-3, 1e9));
  steps->excludes(epochs)->excludes(seconds);
  epochs->excludes(seconds);
  return {steps, epochs, seconds};
}

void add_train(CLI::App& app, TrainOptions& o) {
  CLI::App& command = *app.add_subcommand("train", "Encode a folder of PNGs in one network");
  command.add_option("data", o.data, "Folder of PNGs, or of size folders (48/, 256/)")->required();
  command.add_option("-o,--output", o.model, "Model file to write (.safetensors)")->required();
  command.add_option("--size", o.size, "Which size to train on, where there are several (pixels)")
      ->check(positive_count);
  add_background(command, o.background);

  const std::vector<CLI::Option*> limits = add_limits(command, o);
  std::vector<CLI::Option*> fresh_only = add_training(command, o);
  fresh_only.insert(fresh_only.end(), limits.begin(), limits.end());
  CLI::Option* resume = command.add_flag(
      "--resume", o.resume, "Go on with an interrupted training of this model, exactly");
  for (CLI::Option* option : fresh_only) resume->excludes(option);
  command.add_flag("--profile", o.profile, "Print at the end where the time of a step went");

  command.add_option("--checkpoint-seconds", o.checkpoint_seconds, "Time between checkpoints")
      ->capture_default_str()
      ->check(number_in(0.1, 1e9));
  command.add_option("--track", o.track,
                     "Folder with the images at other sizes: follow how well the network does "
                     "there (only looks, takes no time of the training)");
  command.add_option("--metrics", o.metrics, "Metrics as JSON lines (default: beside the model)");
  add_backend(command, o.backend);
  command.callback([&o] {
    if (o.training.flat_pixels + o.training.edge_pixels == 0)
      throw CLI::ValidationError("--flat-pixels, --edge-pixels",
                                 "both are 0; expected at least one pixel an image");
    if (!o.steps && !o.epochs && !o.seconds) o.seconds = 60;
    train(o);
  });
}

void add_measure(CLI::App& command, const char* flag, Similarity& measure) {
  std::vector<std::string> names;
  for (const Similarity each : all_similarities) names.emplace_back(name(each));
  command
      .add_option_function<std::string>(
          flag, [&measure](const std::string& text) { measure = parse_similarity(text); },
          fmt::format("How similarity is measured (default: {})", name(measure)))
      ->check(CLI::IsMember(names));
}

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

void add_study(CLI::App& app, StudyOptions& o) {
  CLI::App& command = *app.add_subcommand(
      "study", "Train with several seeds and judge them: mean and 95 % interval");
  command.add_option("data", o.train.data, "As for train")->required();
  command.add_option("-o,--output", o.out, "Folder for models and results; a finished seed stays")
      ->required();
  command.add_option("--protocol", o.protocol, "pixels, resolutions or images: what is held out")
      ->capture_default_str()
      ->check(CLI::IsMember({"pixels", "resolutions", "images"}));
  command.add_option("--seeds", o.seeds, "How many, from --seed on")
      ->capture_default_str()
      ->check(CLI::Range(1, 1000));
  command.add_option("--size", o.train.size, "Which size to train on (pixels)")
      ->check(positive_count);
  add_background(command, o.train.background);
  add_limits(command, o.train);
  add_training(command, o.train);
  add_backend(command, o.train.backend);
  command.callback([&o] {
    if (!o.train.steps && !o.train.epochs && !o.train.seconds) o.train.seconds = 60;
    study(o);
  });
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
