#include "support/cli_flags.hpp"

#include <fmt/format.h>

#include <cstdint>
#include <vector>

namespace chorus::app {

namespace {

constexpr const char* backend_help =
    "Where to compute: auto, cpu, cpu:avx512, cpu:avx2, cpu:base, cpu:amx, cpu:avx512bf16, "
    "reference, cuda, check:A,B (default: CHORUS_BACKEND, or auto)";

}  // namespace

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

void add_backend(CLI::App& command, BackendChoice& choice) {
  command.add_option("--backend", choice.name, backend_help);
  command
      .add_option("--threads", choice.threads,
                  "Of the CPU, at most one per core (default: OMP_NUM_THREADS, or one per core)")
      ->check(CLI::Range(std::size_t{1}, std::size_t{1024}));
  command
      .add_option("--workers", choice.workers,
                  "Shares of the work, for the same bits with any number of threads (default: as "
                  "many as threads); of a GPU, queues served side by side (default: 2)")
      ->check(CLI::Range(std::size_t{1}, std::size_t{1024}));
  command
      .add_option("--precision", choice.precision,
                  "What large products multiply: fp32; bf16 on processors with AMX or AVX512-BF16; "
                  "tf32, fp16, bf16 on GPUs")
      ->capture_default_str()
      ->check(CLI::IsMember({"fp32", "tf32", "fp16", "bf16"}));
}

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
      .add_option(
          "--supersample", supersample,
          "Points per pixel and axis; a pixel is their mean (default: as dense as in training, and "
          "at least 2 for models that were trained on areas)")
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

void add_measure(CLI::App& command, const char* flag, DistanceMeasure& measure) {
  std::vector<std::string> names;
  for (const DistanceMeasure each : all_distance_measures) names.emplace_back(name(each));
  command
      .add_option_function<std::string>(
          flag, [&measure](const std::string& text) { measure = parse_distance_measure(text); },
          fmt::format("How similarity is measured (default: {})", name(measure)))
      ->check(CLI::IsMember(names));
}

}  // namespace chorus::app
