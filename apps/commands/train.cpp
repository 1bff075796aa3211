#include <memory>

#include "support/processes.hpp"
#include "training/train_flags.hpp"

namespace chorus::app {

void add_train(CLI::App& program) {
  CLI::App& command = *program.add_subcommand("train", "Encode a folder of images in one network");
  const auto options = std::make_shared<TrainOptions>();
  TrainOptions& o = *options;
  command.add_option("data", o.data, "Folder of images, or of size folders (48/, 256/)")
      ->required();
  command.add_option("-o,--output", o.model, "Model file to write (.safetensors)")->required();
  command
      .add_option(
          "--size", o.size,
          "Size to train on if the data has several (pixels, longer side; with --resume, that "
          "of the training)")
      ->check(positive_count);
  add_background(command, o.background);
  add_skip_unreadable(command);
  std::vector<CLI::Option*> fresh_only = add_limits(command, o);
  const std::vector<CLI::Option*> training = add_training(command, o);
  const std::vector<CLI::Option*> paths = add_paths(command, o);
  fresh_only.insert(fresh_only.end(), training.begin(), training.end());
  fresh_only.insert(fresh_only.end(), paths.begin(), paths.end());
  CLI::Option* resume = command.add_flag(
      "--resume", o.resume,
      "Continue an interrupted training of this model; the result is as if it had "
      "not stopped. With --steps or --seconds: make a complete training that long in all");
  for (CLI::Option* option : fresh_only) resume->excludes(option);
  command
      .add_flag(
          "--overwrite", o.overwrite,
          "Begin a new training even if there is a model, or the state of a training, already")
      ->excludes(resume);
  command.add_flag("--profile", o.profile, "Print how the time of a step is spent");
  command.add_option("--checkpoint-seconds", o.checkpoint_seconds, "Seconds between checkpoints")
      ->capture_default_str()
      ->check(number_in(0.1, 1e9));
  command.add_option("--track", o.track,
                     "Folder with the images at other sizes, on which the network is evaluated now "
                     "and then; this takes no training time and does not change the model");
  command.add_option("--metrics", o.metrics,
                     "File for metrics as JSON lines (default: beside the model)");
  add_backend(command, o.backend);
  command.callback([options] {
    finish_training_flags(*options);
    join_processes();
    train(*options);
  });
}

}  // namespace chorus::app
