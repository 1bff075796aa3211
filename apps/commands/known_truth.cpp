#include "known_truth.hpp"

#include <fmt/format.h>

#include <memory>
#include <nlohmann/json.hpp>
#include <optional>

#include "chorus/error.hpp"
#include "chorus/pictures.hpp"
#include "enum_names.hpp"
#include "files.hpp"
#include "part_design.hpp"
#include "printable.hpp"
#include "support/cli_flags.hpp"
#include "support/model_data.hpp"
#include "support/session.hpp"

namespace chorus {

namespace app {
/// What moves between the two ends of a pair.
enum class Movement { similarities, parts };
}  // namespace app

template <>
inline constexpr auto enum_names<app::Movement> = enum_table<app::Movement>(
    "kind", {{app::Movement::similarities, "similarities"}, {app::Movement::parts, "parts"}});

namespace app {

namespace {

using nlohmann::ordered_json;

struct KnownTruthOptions {
  std::filesystem::path data;
  std::filesystem::path out;
  Movement movement = Movement::similarities;
  std::size_t compositions = 16;               ///< of designs with moving parts
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

void write_index(const ordered_json& index, const KnownTruthOptions& options) {
  const std::string text = index.dump(1, ' ', false, ordered_json::error_handler_t::replace);
  write_atomically(options.out / "known_truth.json",
                   [&](std::ostream& stream) { stream << text << "\n"; });
}

void write_similarities(const KnownTruthOptions& options) {
  if (options.data.empty())
    throw Error("expected a folder of images that can be moved, turned, scaled and recoloured");
  const Collection images = largest_images(options);
  const std::vector<KnownPair> pairs = draw_known_pairs(images, options.per_kind, options.seed);
  for (const KnownPair& pair : pairs) write_pair(pair, image_named(images, pair.image), options);
  write_index(index_of(pairs, options), options);
  fmt::print("{} pairs of {} kinds: {}, their middles: {}\n", pairs.size(), known_kinds.size(),
             shown(options.out), shown(options.out / "middle"));
}

std::string name_of(const PartDesign& design) {
  return fmt::format("{}.{}", design.name, design.kind);
}

void write_design(const PartDesign& design, const KnownTruthOptions& options) {
  const auto write = [&](double t, const std::filesystem::path& folder, const std::string& name) {
    for (const std::size_t side : options.sizes) {
      const std::filesystem::path folder_of_size = folder / std::to_string(side);
      make_folder(folder_of_size);
      write_png(folder_of_size / (name + ".png"), draw_parts(design, t, side));
    }
  };
  write(0, options.out, name_of(design) + ".a");
  write(1, options.out, name_of(design) + ".b");
  for (const TruthMoment& moment : truth_moments)
    write(moment.t, options.out / moment.folder, name_of(design));
}

void write_parts(const KnownTruthOptions& options) {
  if (!options.data.empty())
    throw Error(
        fmt::format("{}: pairs of the kind 'parts' are not made of images", shown(options.data)));
  std::vector<PartDesign> designs = part_designs();
  for (PartDesign& composed : composed_part_designs(options.compositions, options.seed))
    designs.push_back(std::move(composed));
  ordered_json list = ordered_json::array();
  for (const PartDesign& design : designs) {
    write_design(design, options);
    const std::string name = name_of(design);
    list.push_back(
        {{"kind", design.kind}, {"a", name + ".a"}, {"b", name + ".b"}, {"middle", name}});
  }
  write_index({{"seed", options.seed}, {"sizes", options.sizes}, {"pairs", std::move(list)}},
              options);
  fmt::print(
      "{} pairs with moving parts: {}; true frames at t = 1/4, 1/2, 3/4: quarter, middle, "
      "three_quarters in it\n",
      designs.size(), shown(options.out));
}

void known_truth(const KnownTruthOptions& options) {
  check_empty(options.out);
  if (options.movement == Movement::parts)
    write_parts(options);
  else
    write_similarities(options);
}

}  // namespace

void add_known_truth(CLI::App& program) {
  CLI::App& command = *program.add_subcommand(
      "known-truth",
      "Make pairs of images whose true middle is known, for the evaluation of paths");
  const auto options = std::make_shared<KnownTruthOptions>();
  command.add_option("data", options->data,
                     "Folder of images, or of size folders; the largest size is used (not for "
                     "--kind parts)");
  command
      .add_option("-o,--output", options->out,
                  "Folder to write both images of each pair to; the middles go to middle/")
      ->required();
  add_choice(command, "--kind", options->movement,
             "similarities: images moved, turned, scaled and recoloured as a whole; parts: drawn "
             "designs whose parts slide, turn, grow, open, swap and appear");
  command
      .add_option("--compositions", options->compositions,
                  "With --kind parts: number of random compositions of the designs")
      ->capture_default_str()
      ->check(CLI::Range(0, 1 << 20));
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

}  // namespace app

}  // namespace chorus
