#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <nlohmann/json.hpp>

#include "evaluation/fitting.hpp"
#include "printable.hpp"
#include "support/cli_flags.hpp"
#include "support/print_result.hpp"

namespace chorus::app {

namespace {

using nlohmann::ordered_json;

struct FitOptions {
  BackendChoice backend;
  FitTask task;
  bool json = false;
};

void print_row(const char* fitted, const ordered_json& scores) {
  const ordered_json& images = scores["images"];
  const auto worst = std::min_element(
      images.begin(), images.end(),
      [](const ordered_json& a, const ordered_json& b) { return a["psnr"] < b["psnr"]; });
  fmt::print("{:<24} {:>8.2f} dB {:>8.2f} dB {:>7.4f} {:>9.2f} s   {} ({:.2f} dB)\n", fitted,
             scores["psnr_mean"].get<double>(), scores["psnr_pooled"].get<double>(),
             scores["ssim_mean"].get<double>(), scores["seconds_per_image"].get<double>(),
             printable((*worst)["name"].get<std::string>()), (*worst)["psnr"].get<double>());
}

void fit(const FitOptions& options) {
  const ordered_json result = fit_images(options.backend, options.task);
  if (const auto left_out = result["left_out"].get<std::size_t>(); left_out > 0)
    fmt::print(stderr,
               "note: {} images of {} were left out, because the model encodes images of these "
               "names; --all fits them too\n",
               left_out, shown(options.task.data));
  if (options.json) {
    print_result(result);
    return;
  }
  fmt::print("{} images fitted, the network unchanged\n{:<24} {:>11} {:>11} {:>7} {:>11}   {}\n",
             result["count"].get<std::size_t>(), "fitted numbers", "PSNR mean", "pooled", "SSIM",
             "per image", "worst image");
  print_row("latent", result["latent"]);
  if (options.task.modulations) print_row("latent and modulations", result["modulations"]);
  fmt::print("Model: {} ({} images)\n", shown(options.task.out),
             result["images_of_model"].get<std::size_t>());
}

}  // namespace

void add_fit(CLI::App& program) {
  CLI::App& command = *program.add_subcommand(
      "fit", "Find latents for images that a model was not trained on, with the network unchanged");
  const auto options = std::make_shared<FitOptions>();
  FitTask& task = options->task;
  command.add_option("model", task.model, "Model file")->required();
  command.add_option("data", task.data, "Images; those that the model does not encode are fitted")
      ->required();
  command
      .add_option(
          "-o,--output", task.out,
          "Model file to write: the network with the fitted images (and with --keep, its own)")
      ->required();
  command.add_flag("--modulations", task.modulations,
                   "Also fit shifts of every layer, separately for each image");
  CLI::Option* all =
      command.add_flag("--all", task.all, "Also fit the images that the model encodes");
  command.add_flag("--keep", task.keep, "Write the images that the model encodes, too, unchanged")
      ->excludes(all);
  command
      .add_option("--size", task.size, "Size to fit if the data has several (pixels, longer side)")
      ->check(positive_count);
  command.add_option("--latent-steps", task.config.latent_steps, "Steps that fit the latent alone")
      ->capture_default_str()
      ->check(positive_count);
  command
      .add_option("--shift-steps", task.config.shift_steps,
                  "Further steps that fit the latent and the shifts (with --modulations)")
      ->capture_default_str()
      ->check(positive_count);
  add_seed(command, "--seed", task.config.seed, "Random seed for the pixel order");
  add_background(command, task.background);
  add_skip_unreadable(command);
  command.add_flag("--json", options->json, "Print one JSON object");
  add_backend(command, options->backend);
  command.callback([options] { fit(*options); });
}

}  // namespace chorus::app
