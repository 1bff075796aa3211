#include "training/train_flags.hpp"

#include <string>

#include "siren_names.hpp"
#include "support/cli_flags.hpp"

namespace chorus::app {

namespace {

/// "auto" gives 0.
std::size_t parse_palette_size(const std::string& text) {
  if (text == "auto") return 0;
  std::size_t size = 0;
  if (!parse_number(text, size) || size < 2 || size > 256)
    throw CLI::ValidationError("--palette-size",
                               "'" + text + "'; expected auto or a number from 2 to 256");
  return size;
}

/// Flags for the meaning of the network's outputs, and for palettes.
std::vector<CLI::Option*> add_head(CLI::App& command, TrainOptions& o) {
  return {
      add_choice_or_auto(command, "--head", o.head,
                         "What the network outputs: rgb colours, or areas of an image's palette"),
      command.add_option_function<std::string>(
          "--palette-size",
          [&o](const std::string& text) { o.palette_size = parse_palette_size(text); },
          "Number of palette entries, 2 to 256, or auto (default)"),
      add_choice(command, "--palette", o.network.palette_source,
                 "Where palettes come from: free numbers of each image beside its latent, or "
                 "predicted from the latent"),
      add_choice_or_auto(command, "--palette-fields", o.palette_fields,
                         "What a palette entry is: a constant colour or an affine colour field")};
}

}  // namespace

std::vector<CLI::Option*> add_training(CLI::App& command, TrainOptions& o) {
  std::vector<CLI::Option*> options;
  const auto add = [&](const char* flag, auto& variable, const char* help) {
    options.push_back(command.add_option(flag, variable, help)->capture_default_str());
    return options.back();
  };
  const CLI::Range pixel_count(0, 1 << 20);
  add("--seed", o.training.seed, "Random seed for initial weights and pixel order")
      ->check(seed_number());
  CLI::Option* width = add("--width", o.network.width, "Units per layer");
  width->check(CLI::Range(1, 8192));
  add("--hidden-layers", o.network.hidden_layers, "Number of layers after the first")
      ->check(CLI::Range(1, 64));
  CLI::Option* latent =
      add("--latent", o.network.latent, "Number of values in the latent of each image");
  latent->check(CLI::Range(1, 65536));
  options.push_back(command
                        .add_option("--budget", o.budget,
                                    "Choose --width, --latent and --palette for a file of at most "
                                    "so many bytes, which `export` then writes")
                        ->check(positive_count)
                        ->excludes(width)
                        ->excludes(latent));
  options.push_back(add_choice(command, "--conditioning", o.network.conditioning,
                               "How a latent acts: on the input, or as a shift, or as a shift and "
                               "gain (film) of every layer"));
  add("--omega-first", o.network.omega_first, "Frequency range of the first layer")
      ->check(number_in(1e-3, 1e5));
  add("--omega-hidden", o.network.omega_hidden,
      "Frequency factor of the hidden layers (scales their learning rate)")
      ->check(number_in(1e-3, 1e5));
  add("--learning-rate", o.training.rates.base,
      "Learning rate of the hidden layers (at --omega-hidden 30)")
      ->check(number_in(1e-9, 1e3));
  add("--flat-pixels", o.training.pixels.flat_pixels,
      "Pixels sampled per image and step from flat neighbourhoods (0: sample from all pixels "
      "alike)")
      ->check(pixel_count);
  add("--edge-pixels", o.training.pixels.edge_pixels,
      "Pixels sampled per image and step from all others (0: sample from all pixels alike)")
      ->check(pixel_count);
  add("--blended-pixels", o.training.pixels.blended.pixels,
      "Pixels sampled per image and step from those that edges pass through, as means of 4 points "
      "(0: treat them like other edge pixels)")
      ->check(pixel_count);
  add("--blended-from", o.training.pixels.blended.from,
      "Fraction of the steps after which blended pixels are sampled")
      ->check(number_in(0, 1));
  add("--area-from", o.training.pixels.areas.from,
      "Fraction of the steps after which pixels count as areas instead of points (1: never)")
      ->check(number_in(0, 1));
  add("--area-flat-pixels", o.training.pixels.areas.flat_pixels,
      "Like --flat-pixels, while pixels count as areas")
      ->check(pixel_count);
  add("--area-edge-pixels", o.training.pixels.areas.edge_pixels,
      "Like --edge-pixels, while pixels count as areas; each is the mean of 9 points")
      ->check(CLI::Range(1, 1 << 20));
  options.push_back(
      command
          .add_option(
              "--taught-from", o.taught_from,
              "Fraction of the steps after which exact drawings of the images (see "
              "vectorize) show the network what lies between the pixels (1: never; default: "
              "0.5 in trainings of 10,000 steps and more, and where drawing takes at most a "
              "quarter of --seconds)")
          ->check(number_in(0, 1)));
  add("--taught-flat-pixels", o.training.taught.flat_pixels,
      "Like --flat-pixels, of the pictures of these drawings")
      ->check(pixel_count);
  add("--taught-edge-pixels", o.training.taught.edge_pixels,
      "Like --edge-pixels, of the pictures of these drawings")
      ->check(CLI::Range(1, 1 << 20));
  add("--taught-samples", o.training.taught.samples_per_axis,
      "Points per axis of each of these edge pixels")
      ->check(CLI::Range(1, 64));
  add("--assignment", o.training.assignment.weight,
      "Initial weight of the loss that assigns pixels to palette entries (0: none)")
      ->check(number_in(0, 1e3));
  add("--assignment-until", o.training.assignment.until,
      "Fraction of the steps over which that weight falls to 0")
      ->check(number_in(0, 1));
  const std::vector<CLI::Option*> head = add_head(command, o);
  options.insert(options.end(), head.begin(), head.end());
  add("--hold-out-pixels", o.hold_out_pixels,
      "Fraction of each image's pixels that training never sees, chosen by the seed; `evaluate` "
      "scores them separately")
      ->check(number_in(0, 0.99));
  add("--hold-out-images", o.hold_out_images,
      "Fraction of the images that training never sees, chosen by the seed; `fit` can add them")
      ->check(number_in(0, 0.99));
  add("--images-per-step", o.training.images_per_step,
      "Number of images that each step samples from (0: all, up to 256)")
      ->check(pixel_count);
  return options;
}

std::vector<CLI::Option*> add_paths(CLI::App& command, TrainOptions& o) {
  const CLI::Range any_number(0, 1 << 20);
  CLI::Option* pairs = command.add_option(
      "--paths", o.paths.pairs,
      "Teach the network the way between this many pairs of images: at t from 0 to 1, latent and "
      "palette on the straight line from one to the other draw the morph of the two images "
      "(0: none)");
  pairs->capture_default_str()->check(any_number);
  std::vector<CLI::Option*> options = {pairs};
  const auto add = [&](CLI::Option* option) {
    options.push_back(option->needs(pairs));
    return option;
  };
  add(add_choice(command, "--path-pairs", o.paths.choice,
                 "The pairs of --paths: closest by the regions of the images, or spread over all "
                 "of them at random"));
  add(command.add_option("--hold-out-pairs", o.paths.hold_out,
                         "Fraction of these pairs that training never sees, chosen by the seed; "
                         "`evaluate --paths` scores them separately"))
      ->capture_default_str()
      ->check(number_in(0, 0.99));
  add(command.add_option("--path-frames", o.paths.frames,
                         "Frames of each pair that are taught, at equal steps of t"))
      ->capture_default_str()
      ->check(CLI::Range(1, 1024));
  add(command.add_option("--path-frames-per-step", o.training.paths.frames_per_step,
                         "Number of frames that each step samples from (0: one for three images)"))
      ->capture_default_str()
      ->check(any_number);
  add(command.add_option("--path-weight", o.training.paths.weight,
                         "Weight of a frame's error, relative to an image's"))
      ->capture_default_str()
      ->check(number_in(0, 1e3));
  return options;
}

std::vector<CLI::Option*> add_limits(CLI::App& command, TrainOptions& o) {
  CLI::Option* steps =
      command.add_option("--steps", o.steps, "Train for this many steps")->check(positive_count);
  CLI::Option* epochs =
      command.add_option("--epochs", o.epochs, "Train for this many passes over all pixels")
          ->check(number_in(1e-6, 1e9));
  CLI::Option* seconds =
      command.add_option("--seconds", o.seconds, "Train for this many seconds (default: 60)")
          ->check(number_in(1e-3, 1e9));
  steps->excludes(epochs)->excludes(seconds);
  epochs->excludes(seconds);
  return {epochs};
}

void finish_training_flags(TrainOptions& o) {
  constexpr std::uint64_t steps_worth_drawing = 10'000;
  constexpr double half_way = 0.5, seconds_worth_drawing = 20;
  if (o.training.pixels.flat_pixels + o.training.pixels.edge_pixels == 0)
    throw CLI::ValidationError("--flat-pixels, --edge-pixels",
                               "both are 0; expected at least one pixel per image");
  if (!o.resume && !o.steps && !o.epochs && !o.seconds) o.seconds = 60;
  const bool is_worth_it = (o.seconds && *o.seconds >= seconds_worth_drawing) ||
                           (o.steps && *o.steps >= steps_worth_drawing);
  o.training.taught.from = o.taught_from.value_or(is_worth_it ? half_way : 1);
}

}  // namespace chorus::app
