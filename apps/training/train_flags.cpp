#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "support/cli_flags.hpp"

namespace chorus::app {

namespace {

/// "auto" is nothing, a number is itself.
std::size_t parse_palette_size(const std::string& text) {
  if (text == "auto") return 0;
  std::size_t size = 0;
  if (!parse_number(text, size) || size < 2 || size > 256)
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
  add("--learning-rate", o.training.rates.base, "Of the hidden layers at omega 30")
      ->check(number_in(1e-9, 1e3));
  add("--flat-pixels", o.training.pixels.flat_pixels,
      "Drawn per image and step from flat neighbourhoods (0: from all pixels alike)")
      ->check(CLI::Range(0, 1 << 20));
  add("--edge-pixels", o.training.pixels.edge_pixels,
      "Drawn per image and step from the others (0: from all pixels alike)")
      ->check(CLI::Range(0, 1 << 20));
  add("--blended-pixels", o.training.pixels.blended.pixels,
      "Drawn per image and step from those that edges pass through; each is the mean of 4 points "
      "(0: like other edge pixels)")
      ->check(CLI::Range(0, 1 << 20));
  add("--blended-from", o.training.pixels.blended.from,
      "Share of the steps before which such pixels are not drawn")
      ->check(number_in(0, 1));
  add("--area-from", o.training.pixels.areas.from,
      "Share of the steps after which pixels count as areas, not as points (1: never)")
      ->check(number_in(0, 1));
  add("--area-flat-pixels", o.training.pixels.areas.flat_pixels, "As --flat-pixels, for areas")
      ->check(CLI::Range(0, 1 << 20));
  add("--area-edge-pixels", o.training.pixels.areas.edge_pixels,
      "As --edge-pixels, for areas; each is the mean of 9 points")
      ->check(CLI::Range(1, 1 << 20));
  add("--assignment", o.training.assignment.weight,
      "Palette head: weight, at the start, of the loss that assigns pixels to entries (0: none)")
      ->check(number_in(0, 1e3));
  add("--assignment-until", o.training.assignment.until,
      "Share of the steps over which that weight falls to 0")
      ->check(number_in(0, 1));
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

}  // namespace

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
    if (o.training.pixels.flat_pixels + o.training.pixels.edge_pixels == 0)
      throw CLI::ValidationError("--flat-pixels, --edge-pixels",
                                 "both are 0; expected at least one pixel an image");
    if (!o.steps && !o.epochs && !o.seconds) o.seconds = 60;
    train(o);
  });
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

}  // namespace chorus::app
