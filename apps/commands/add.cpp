#include <memory>

#include "training/adding.hpp"
#include "training/train_flags.hpp"

namespace chorus::app {

void add_add(CLI::App& program) {
  CLI::App& command = *program.add_subcommand(
      "add", "Train a model on more images without losing those that it encodes");
  const auto options = std::make_shared<AddOptions>();
  TrainOptions& training = options->training;
  command.add_option("model", options->known, "Model file")->required();
  command
      .add_option("data", training.data, "New images, whose names differ from those of the model")
      ->required();
  command.add_option("-o,--output", training.model, "Model file to write (.safetensors)")
      ->required();
  command.add_option("--data", options->known_data,
                     "The model's own images (default: the model draws them for the training)");
  command
      .add_option("--size", training.size,
                  "Size of the new images if the data has several (pixels, longer side)")
      ->check(positive_count);
  add_background(command, training.background);
  add_skip_unreadable(command);
  for (CLI::Option* option : add_limits(command, training)) command.remove_option(option);
  add_seed(command, "--seed", training.training.seed, "Random seed for the pixel order");
  command.add_flag("--resume", training.resume,
                   "Continue an interrupted training; the result is as if it had not stopped");
  command
      .add_option("--checkpoint-seconds", training.checkpoint_seconds,
                  "Seconds between checkpoints")
      ->capture_default_str()
      ->check(number_in(0.1, 1e9));
  command.add_option("--metrics", training.metrics,
                     "File for metrics as JSON lines (default: beside the model)");
  add_backend(command, training.backend);
  command.callback([options] {
    finish_training_flags(options->training);
    add_images(*options);
  });
}

}  // namespace chorus::app
