#include <fmt/format.h>
#include <fmt/ranges.h>

#include <cstdlib>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <string>

#include "available_cpus.hpp"
#include "chorus/pictures.hpp"
#include "chorus/version.hpp"
#include "parallel.hpp"
#include "png_file.hpp"
#include "printable.hpp"
#include "support/cli_flags.hpp"
#include "support/model_data.hpp"
#include "support/print_result.hpp"
#include "support/session.hpp"

namespace chorus::app {

namespace {

using nlohmann::ordered_json;

struct InfoOptions {
  std::filesystem::path model;  ///< if empty, the program is described
  std::filesystem::path data;   ///< to compare with PNGs; may be empty
  std::optional<std::size_t> size;
  bool json = false;
};

/// What a collection takes on disk.
struct BytesTaken {
  std::size_t images = 0, model = 0, png = 0;  ///< png: 0 if there is nothing to compare with

  double per_image(std::size_t bytes) const {
    return static_cast<double>(bytes) / static_cast<double>(images);
  }
};

/// The model's images only, as PNGs at the size that was asked for.
BytesTaken bytes_of(const InfoOptions& options, const Model& model) {
  BytesTaken bytes{model.images.size(), std::filesystem::file_size(options.model), 0};
  if (options.data.empty()) return bytes;
  std::set<std::string> names;
  for (const EncodedImage& each : model.images) names.insert(each.name);
  std::size_t found = 0;
  for (const NamedImage& each : load_for(model, options.data, options.size, {}))
    if (names.contains(each.name)) {
      bytes.png += optimized_png_bytes(each.image);
      ++found;
    }
  if (found != model.images.size())
    throw Error(fmt::format("{} holds {} of the model's {} images; expected all, to compare bytes",
                            shown(options.data), found, model.images.size()));
  return bytes;
}

void print_program() {
  fmt::print("chorus " CHORUS_VERSION "\n\nBackends, best first:\n");
  for (const BackendInfo& each : list_backends())
    fmt::print("  {:<14} {}{}\n", each.name, each.description,
               each.unavailable.empty() ? "" : " (not available: " + each.unavailable + ")");
  fmt::print("\nOn this machine auto is {}: {}.\n", make_backend("auto")->name(),
             make_backend("auto")->description());
  const AvailableCpus& cpus = available_cpus();
  fmt::print("Cores that this process may run on: {}; CPU quota of its control groups: {}.\n",
             cpus.cores, cpus.quota ? fmt::format("{:.2f} cores", *cpus.quota) : "none");
  fmt::print("Pictures that are read: {}.\n", fmt::join(readable_formats(), ", "));
  const char* policy = std::getenv("OMP_WAIT_POLICY");
  fmt::print("Threads unless --threads says otherwise: {}; waiting threads: {}.\n",
             usable_threads(0), policy == nullptr ? "as OpenMP decides" : policy);
}

/// The count of a model's numbers, by their purpose.
struct Counts {
  std::size_t shared = 0, latents = 0, palettes = 0, shifts = 0, pixels = 0;
};

Counts count(const Model& model) {
  Counts counts;
  for (const Parameter& parameter : model.siren.parameters())
    counts.shared += parameter.value.size();
  counts.latents = model.latents.size();
  counts.palettes = model.palettes.size();
  counts.shifts = model.shifts.size();
  for (const EncodedImage& image : model.images) counts.pixels += image.width * image.height;
  return counts;
}

ordered_json to_json(const BytesTaken& bytes) {
  ordered_json object = {{"model", bytes.model}, {"model_per_image", bytes.per_image(bytes.model)}};
  if (bytes.png != 0) {
    object["optimized_png"] = bytes.png;
    object["optimized_png_per_image"] = bytes.per_image(bytes.png);
  }
  return object;
}

ordered_json to_json(const Model& model, const BytesTaken& bytes) {
  const SirenConfig& config = model.siren.config();
  const Counts counts = count(model);
  ordered_json images = ordered_json::array();
  for (const EncodedImage& image : model.images)
    images.push_back({{"name", image.name}, {"width", image.width}, {"height", image.height}});
  return {{"network",
           {{"width", config.width},
            {"hidden_layers", config.hidden_layers},
            {"latent", config.latent},
            {"conditioning", std::string(name(config.conditioning))},
            {"omega_first", config.omega_first},
            {"omega_hidden", config.omega_hidden},
            {"head", std::string(name(config.head))},
            {"palette_size", config.head == Head::palette ? config.palette_size : 0}}},
          {"numbers",
           {{"shared", counts.shared},
            {"latents", counts.latents},
            {"palettes", counts.palettes},
            {"shifts", counts.shifts},
            {"pixels", counts.pixels}}},
          {"per_image",
           {{"latent", config.latent},
            {"side_information", free_palette_numbers(config)},
            {"bytes", sizeof(float) * (config.latent + free_palette_numbers(config))}}},
          {"bytes", to_json(bytes)},
          {"notes", model.notes},
          {"images", std::move(images)}};
}

void print_bytes(const BytesTaken& bytes) {
  fmt::print("File      {} bytes = {:.1f} per image\n", bytes.model, bytes.per_image(bytes.model));
  if (bytes.png == 0) return;
  const double times = static_cast<double>(bytes.model) / static_cast<double>(bytes.png);
  fmt::print(
      "          optimised PNGs of these images: {} bytes = {:.1f} per image; the model takes "
      "{:.2f} times as many, and loses a little\n",
      bytes.png, bytes.per_image(bytes.png), times);
}

void print_model(const Model& model, const BytesTaken& bytes) {
  const SirenConfig& config = model.siren.config();
  const Counts counts = count(model);
  const std::size_t palette = free_palette_numbers(config);
  const double per_pixel =
      static_cast<double>(counts.shared + counts.latents + counts.palettes + counts.shifts) /
      static_cast<double>(counts.pixels);
  fmt::print(
      "Network   {} hidden layers of {} units, latent {}, conditioning {}, omega {} and {}\n",
      config.hidden_layers, config.width, config.latent, name(config.conditioning),
      config.omega_first, config.omega_hidden);
  fmt::print("Head      {}\n", describe_head(config));
  fmt::print("Numbers   {} shared + {} in latents + {} in palettes = {:.3f} per training pixel\n",
             counts.shared, counts.latents, counts.palettes, per_pixel);
  fmt::print("Per image {} in its latent + {} in its palette (side information) = {} bytes\n",
             config.latent, palette, sizeof(float) * (config.latent + palette));
  if (model.shifts)
    fmt::print("          and {} free shifts (side information) = {} bytes\n", model.shifts.cols(),
               sizeof(float) * model.shifts.cols());
  print_bytes(bytes);
  for (const auto& [key, value] : model.notes)
    fmt::print("{:<9} {}\n", printable(key), printable(value));
  fmt::print("Images    {}\n", model.images.size());
  for (const EncodedImage& image : model.images)
    fmt::print("  {}x{}  {}\n", image.width, image.height, printable(image.name));
}

void info(const InfoOptions& options) {
  if (options.model.empty()) {
    if (!options.data.empty()) throw Error("--data is to be compared with a model; expected one");
    return print_program();
  }
  Session session({.name = "reference", .threads = 1});  // nothing is computed
  const Model model = load_model(session.memory, options.model);
  const BytesTaken bytes = bytes_of(options, model);
  if (options.json)
    print_result(to_json(model, bytes));
  else
    print_model(model, bytes);
}

}  // namespace

void add_info(CLI::App& program) {
  CLI::App& command =
      *program.add_subcommand("info",
                              "Describe a model; without a model, list the backends of this "
                              "program and the pictures that it reads");
  const auto options = std::make_shared<InfoOptions>();
  command.add_option("model", options->model, "Model file");
  command.add_option(
      "--data", options->data,
      "Folder with the model's images: compare the file with optimised PNGs of them");
  command
      .add_option("--size", options->size,
                  "Size of these if there are several (pixels, longer side)")
      ->check(positive_count);
  command.add_flag("--json", options->json, "Print one JSON object (of a model)");
  command.callback([options] { info(*options); });
}

}  // namespace chorus::app
