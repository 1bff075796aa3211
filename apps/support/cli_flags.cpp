#include "support/cli_flags.hpp"

#include <fmt/format.h>

#include <cstdint>

#include "path_names.hpp"
#include "precision_names.hpp"
#include "support/model_data.hpp"

namespace chorus::app {

CLI::Validator number_in(double least, double most) {
  const std::string range = fmt::format("{:g} to {:g}", least, most);
  const auto check = [=](const std::string& text) {
    double number = 0;
    const bool good = parse_number(text, number) && number >= least && number <= most;
    return good ? std::string() : fmt::format("Value {} not in range {}", text, range);
  };
  return {check, range};
}

CLI::Validator seed_number() {
  const auto check = [](const std::string& text) {
    std::uint64_t number = 0;
    return parse_number(text, number)
               ? std::string()
               : fmt::format("Value {} is not a whole number from 0 to 2^64 - 1", text);
  };
  return {check, ""};
}

void add_device(CLI::App& command, BackendChoice& choice) {
  const CLI::Range count(std::size_t{1}, std::size_t{1024});
  command.add_option("--backend", choice.name,
                     "Backend to compute on: auto, cpu, one that `chorus info` lists, or check:A,B "
                     "to compare two (default: CHORUS_BACKEND, else auto)");
  command
      .add_option("--threads", choice.threads,
                  "Number of CPU threads, at most one per core (default: OMP_NUM_THREADS, else one "
                  "per core; a CPU quota lowers it)")
      ->check(count);
  command
      .add_option(
          "--workers", choice.workers,
          "Number of workers that share the work; results depend on it, but not "
          "on the number of threads (default: one per thread; on a GPU, 1 to 4 queues by the "
          "size of a step)")
      ->check(count);
}

void add_backend(CLI::App& command, BackendChoice& choice) {
  add_device(command, choice);
  add_choice(command, "--precision", choice.precision,
             "Number format of large products: bf16 needs a processor with AMX or AVX512-BF16, or "
             "a GPU; tf32 and fp16 need a GPU");
  add_choice(command, "--cuda-path", choice.network_path,
             "How a GPU computes the sine layers: one after the other (layers), all in one kernel "
             "(network), or whichever is faster before the first step (measured). Results differ "
             "in their last bits");
}

Rgb parse_color(const std::string& text) {
  const std::string lower = CLI::detail::to_lower(text);
  if (lower == "white") return {1, 1, 1};
  if (lower == "black") return {0, 0, 0};
  const std::string digits = lower.substr(lower.starts_with('#') ? 1 : 0);
  const bool hex = digits.find_first_not_of("0123456789abcdef") == std::string::npos;
  if (!hex || (digits.size() != 6 && digits.size() != 3))
    throw CLI::ValidationError(
        "--background", "'" + text + "' is not a colour; expected white, black, RRGGBB or RGB");
  Rgb color{};
  for (std::size_t c = 0; c < 3; ++c) {
    const std::string value =
        digits.size() == 6 ? digits.substr(2 * c, 2) : std::string(2, digits[c]);
    color[c] = static_cast<float>(std::stoi(value, nullptr, 16)) / 255.0F;
  }
  return color;
}

void add_background(CLI::App& command, std::optional<Rgb>& background) {
  command.add_option_function<std::string>(
      "--background", [&background](const std::string& text) { background = parse_color(text); },
      "Make images opaque, with this colour under transparent pixels: white, black or RRGGBB "
      "(default: transparency stays, unless the model was trained without it)");
}

void add_skip_unreadable(CLI::App& command) {
  command.add_flag_callback("--skip-unreadable", skip_unreadable_files,
                            "Leave out image files that cannot be read, and list them");
}

void add_sheet_rows(CLI::App& command, std::size_t& rows) {
  command
      .add_option("--sheet-rows", rows,
                  "Maximum number of images on the contact sheet (0: no contact sheet)")
      ->capture_default_str()
      ->check(any_count);
}

void add_supersample(CLI::App& command, std::size_t& supersample) {
  command
      .add_option("--supersample", supersample,
                  "Average N x N samples per pixel (default: as dense as in training, and at least "
                  "2 x 2 for models trained on areas of pixels)")
      ->check(CLI::Range(std::size_t{1}, std::size_t{64}));
}

void add_seed(CLI::App& command, const std::string& flag, std::uint64_t& seed, const char* help) {
  command.add_option(flag, seed, help)->capture_default_str()->check(seed_number());
}

void add_path(CLI::App& command, PathKind& kind) {
  add_choice(command, "--path", kind,
             "How one image turns into another: morph moves its shapes, linear and spherical move "
             "through the latent space, learned takes lines that `train --paths` taught");
}

void add_overwrite(CLI::App& command, bool& overwrite) {
  command.add_flag("--overwrite", overwrite,
                   "Replace files in the output folder even if chorus did not write them");
}

void add_measure(CLI::App& command, const char* flag, DistanceMeasure& measure) {
  add_choice(command, flag, measure, "Measure of how similar two images are");
}

}  // namespace chorus::app
