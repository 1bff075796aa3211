#include <memory>
#include <string>
#include <vector>

#include "study/ablation.hpp"
#include "study/capacity.hpp"
#include "study/seed_study.hpp"
#include "support/cli_flags.hpp"
#include "training/train_flags.hpp"

namespace chorus::app {

namespace {

constexpr std::size_t usual_steps = 2000;

bool compares_trainings(const StudyOptions& options) {
  return options.protocol == Protocol::capacity || options.protocol == Protocol::ablation;
}

std::vector<std::string> variant_names() {
  std::vector<std::string> names;
  names.reserve(ablation_variants().size());
  for (const Variant& each : ablation_variants()) names.push_back(each.name);
  return names;
}

/// Flags of the protocols that compare trainings.
void add_ladder(CLI::App& command, LadderOptions& ladder) {
  const auto list = [&](const char* flag, std::vector<std::size_t>& values, const char* help) {
    command.add_option(flag, values, help)->delimiter(',')->check(positive_count);
  };
  list("--images", ladder.images,
       "capacity: how many images to learn together, as 12,25,50,100 (default: up to 80, and "
       "halves of that); ablation: one number");
  list("--numbers", ladder.numbers,
       "capacity: numbers for each image with which one network and separate ones are compared "
       "(default: those of the given network, half of them and twice as many)");
  list("--widths", ladder.widths, "capacity: widths to compare");
  list("--latents", ladder.latents, "capacity: lengths of the latents to compare");
  command.add_flag("--until-plateau", ladder.with_plateau,
                   "capacity: double the steps until that adds less than 0.5 dB on the pixels of "
                   "the training, at most 16-fold");
  command.add_option("--variants", ladder.variants, "ablation: what to change (default: all)")
      ->delimiter(',')
      ->check(CLI::IsMember(variant_names()));
}

/// The protocols that compare trainings count steps, and have no use for some flags.
void finish_comparison(const CLI::App& command, StudyOptions& options) {
  const std::string protocol(enum_names<Protocol>.name(options.protocol));
  for (const char* flag : {"--seconds", "--epochs", "--budget"})
    if (command.count(flag) > 0)
      throw CLI::ValidationError(
          flag, "--protocol " + protocol + " compares trainings of equal steps; expected --steps");
  const bool is_ablation = options.protocol == Protocol::ablation;
  for (const char* flag :
       {"--numbers", "--widths", "--latents", "--until-plateau", "--hold-out-images"})
    if (is_ablation && command.count(flag) > 0)
      throw CLI::ValidationError(flag, "is for --protocol capacity");
  if (is_ablation && options.ladder.images.size() > 1)
    throw CLI::ValidationError("--images", "--protocol ablation takes one number");
  if (!is_ablation && command.count("--variants") > 0)
    throw CLI::ValidationError("--variants", "is for --protocol ablation");
  if (!options.train.steps) options.train.steps = usual_steps;
}

void refuse_ladder(const CLI::App& command) {
  for (const char* flag :
       {"--images", "--numbers", "--widths", "--latents", "--until-plateau", "--variants"})
    if (command.count(flag) > 0)
      throw CLI::ValidationError(flag, "is for --protocol capacity or ablation");
}

void study(const StudyOptions& options) {
  switch (options.protocol) {
    case Protocol::capacity:
      return study_capacity(options);
    case Protocol::ablation:
      return study_ablation(options);
    case Protocol::pixels:
    case Protocol::resolutions:
    case Protocol::images:
      return study_seeds(options);
  }
}

}  // namespace

void add_study(CLI::App& program) {
  CLI::App& command = *program.add_subcommand(
      "study",
      "Train and evaluate with several seeds: generalisation, capacity, ablations, with 95 % "
      "confidence intervals");
  const auto options = std::make_shared<StudyOptions>();
  TrainOptions& train = options->train;
  command.add_option("data", train.data, "Folder of images, or of size folders (48/, 256/)")
      ->required();
  command
      .add_option("-o,--output", options->out,
                  "Folder to write models and results to; what is finished in it is not repeated, "
                  "and several processes may share the work of capacity and ablation")
      ->required();
  add_choice(command, "--protocol", options->protocol,
             "What to hold out: pixels, other resolutions, or images; or what to compare: one "
             "network with separate ones by the number of images (capacity), or the design with "
             "each decision changed (ablation)");
  command.add_option("--seeds", options->seeds, "Number of seeds, counted from --seed")
      ->capture_default_str()
      ->check(CLI::Range(1, 1000));
  command
      .add_option("--size", train.size,
                  "Size to train on if the data has several (pixels, longer side)")
      ->check(positive_count);
  add_ladder(command, options->ladder);
  add_background(command, train.background);
  add_skip_unreadable(command);
  add_limits(command, train);
  add_training(command, train);
  add_backend(command, train.backend);
  command.callback([options, &command] {
    if (compares_trainings(*options))
      finish_comparison(command, *options);
    else
      refuse_ladder(command);
    finish_training_flags(options->train);
    study(*options);
  });
}

}  // namespace chorus::app
