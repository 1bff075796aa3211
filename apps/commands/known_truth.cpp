#include "known_truth.hpp"

#include <fmt/format.h>

#include <memory>
#include <nlohmann/json.hpp>
#include <optional>

#include "chorus/error.hpp"
#include "chorus/pictures.hpp"
#include "files.hpp"
#include "printable.hpp"
#include "support/cli_flags.hpp"
#include "support/model_data.hpp"
#include "support/session.hpp"

namespace chorus::app {

namespace {

using nlohmann::ordered_json;

struct KnownTruthOptions {
  std::filesystem::path data;
  std::filesystem::path out;
  std::vector<std::size_t> sizes = {48, 256};  ///< pixels, longer side
  std::size_t per_kind = 8;
  std::uint64_t seed = 1;
  std::optional<Rgb> background = {};  ///< under transparent pixels; if empty, images keep alpha
};

Collection largest_images(const KnownTruthOptions& options) {
  const std::vector<std::size_t> sizes = offered_sizes(options.data);
  const std::optional<std::size_t> largest =
      sizes.empty() ? std::nullopt : std::optional(sizes.back());
  return load_images(options.data, largest, options.background);
}

/// Files that are already in the folder would become part of the collection.
void check_empty(const std::filesystem::path& folder) {
  std::error_code ignored;
  if (std::filesystem::exists(folder, ignored) && !std::filesystem::is_empty(folder, ignored))
    throw Error(fmt::format("{} is not empty; expected a new folder", shown(folder)));
}

const Image& image_named(const Collection& images, const std::string& name) {
  for (const NamedImage& image : images)
    if (image.name == name) return image.image;
  throw Error(fmt::format("the collection has no image '{}'", printable(name)));
}

void write_pair(const KnownPair& pair, const Image& image, const KnownTruthOptions& options) {
  const auto write = [&](const Placement& placement, const std::filesystem::path& folder,
                         const std::string& name) {
    for (const std::size_t side : options.sizes) {
      const PixelSize size = scaled_size({name, image.width, image.height}, side);
      const std::filesystem::path place_of_size = folder / std::to_string(side);
      make_folder(place_of_size);
      write_png(place_of_size / (name + ".png"), place(image, placement, size.width, size.height));
    }
  };
  write(pair.a, options.out, pair.name() + ".a");
  write(pair.b, options.out, pair.name() + ".b");
  write(half_way(pair.a, pair.b), options.out / "middle", pair.name());
}

ordered_json to_json(const Placement& placement) {
  return {{"shift", {placement.shift_x, placement.shift_y}},
          {"turn_degrees", placement.turn_degrees},
          {"scale", placement.scale},
          {"recolor", placement.recolor}};
}

ordered_json index_of(const std::vector<KnownPair>& pairs, const KnownTruthOptions& options) {
  ordered_json list = ordered_json::array();
  for (const KnownPair& pair : pairs)
    list.push_back({{"image", pair.image},
                    {"kind", pair.kind},
                    {"a", pair.name() + ".a"},
                    {"b", pair.name() + ".b"},
                    {"middle", pair.name()},
                    {"placement_a", to_json(pair.a)},
                    {"placement_b", to_json(pair.b)}});
  return {{"seed", options.seed}, {"sizes", options.sizes}, {"pairs", std::move(list)}};
}

void known_truth(const KnownTruthOptions& options) {
  check_empty(options.out);
  const Collection images = largest_images(options);
  const std::vector<KnownPair> pairs = draw_known_pairs(images, options.per_kind, options.seed);
  for (const KnownPair& pair : pairs) write_pair(pair, image_named(images, pair.image), options);
  const std::string index =
      index_of(pairs, options).dump(1, ' ', false, ordered_json::error_handler_t::replace);
  write_atomically(options.out / "known_truth.json",
                   [&](std::ostream& stream) { stream << index << "\n"; });
  fmt::print("{} pairs of {} kinds: {}, their middles: {}\n", pairs.size(), known_kinds.size(),
             shown(options.out), shown(options.out / "middle"));
}

}  // namespace

void add_known_truth(CLI::App& program) {
  CLI::App& command = *program.add_subcommand(
      "known-truth",
      "Make pairs of images whose true middle is known, for the evaluation of paths");
  const auto options = std::make_shared<KnownTruthOptions>();
  command
      .add_option("data", options->data,
                  "Folder of images, or of size folders; the largest size is used")
      ->required();
  command
      .add_option("-o,--output", options->out,
                  "Folder to write both images of each pair to; the middles go to middle/")
      ->required();
  command.add_option("--size", options->sizes, "Sizes to write (pixels, longer side)")
      ->capture_default_str()
      ->check(picture_size_px);
  command.add_option("--per-kind", options->per_kind, "Number of pairs of each kind of motion")
      ->capture_default_str()
      ->check(CLI::Range(1, 1 << 20));
  add_seed(command, "--seed", options->seed, "Random seed for the choice of images and motions");
  add_background(command, options->background);
  add_skip_unreadable(command);
  command.callback([options] { known_truth(*options); });
}

}  // namespace chorus::app
