#include "support/model_data.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <map>
#include <set>
#include <span>
#include <string_view>
#include <utility>

#include "alpha.hpp"
#include "chorus/error.hpp"
#include "printable.hpp"
#include "split.hpp"
#include "support/fingerprint.hpp"
#include "support/processes.hpp"
#include "support/progress.hpp"

namespace chorus::app {

namespace {

bool skip_unreadable = false;

/// Without repetitions: an evaluation reads a folder several times, and gets its notes each time.
void print_once(const std::string& note) {
  static std::set<std::string> printed;
  if (printed.insert(note).second) print_note(note);
}

void add_pixels(Fingerprint& fingerprint, const Image& image, const Split& split,
                std::size_t place) {
  const std::uint64_t size[2] = {image.width, image.height};
  fingerprint.add(size, sizeof size);
  const Image seen = blacked_out(image, held_out_pixels(split, place, image.size()));
  fingerprint.add(seen.values.data(), seen.values.size() * sizeof(float));
}

std::string pixel_checksum(const Image& image, const Split& split, std::size_t place) {
  Fingerprint fingerprint;
  add_pixels(fingerprint, image, split, place);
  return fingerprint.hex();
}

void check_background(const Model& model, const Rgb& asked) {
  if (model.siren.config().channels == 4)
    throw Error(fmt::format(
        "the model was trained on images with alpha; --background {} suits one trained on opaque "
        "images",
        shown_color(asked)));
  if (model.background && *model.background != asked)
    throw Error(fmt::format("the model was trained over the background {}; --background is {}",
                            shown_color(*model.background), shown_color(asked)));
}

}  // namespace

std::string shown_color(const Rgb& color) {
  return fmt::format("#{:02x}{:02x}{:02x}", to_byte(color[0]), to_byte(color[1]),
                     to_byte(color[2]));
}

void skip_unreadable_files() { skip_unreadable = true; }

Collection load_images(const std::filesystem::path& folder, std::optional<std::size_t> size,
                       const std::optional<Rgb>& background,
                       const std::function<std::vector<bool>(std::size_t)>& keep) {
  return load_collection(folder, {.size = size,
                                  .background = background,
                                  .skip_unreadable = skip_unreadable,
                                  .keep = keep,
                                  .progress = show_fraction("images read"),
                                  .note = print_once});
}

std::vector<std::size_t> offered_sizes(const std::filesystem::path& folder) {
  return available_sizes(folder, skip_unreadable);
}

std::string data_checksum(const Collection& data, const Split& split) {
  Fingerprint fingerprint;
  const auto add = [&] {
    for (std::size_t i = 0; i < data.size(); ++i) {
      fingerprint.add(data[i].name.c_str(), data[i].name.size() + 1);
      add_pixels(fingerprint, data[i].image, split, i);
    }
  };
  // From process to process, since a checksum goes on where another ended.
  Communicator& all = *processes();
  for (std::size_t rank = 0; rank < all.size(); ++rank) {
    if (rank == all.rank()) add();
    all.broadcast(std::as_writable_bytes(std::span(&fingerprint, 1)), rank);
  }
  return fingerprint.hex();
}

void set_checksums(Model& model, const Collection& data) {
  std::map<std::string_view, const Image*> by_name;
  for (const NamedImage& named : data) by_name[named.name] = &named.image;
  for (std::size_t i = 0; i < model.images.size(); ++i)
    if (const auto found = by_name.find(model.images[i].name); found != by_name.end())
      model.images[i].checksum = pixel_checksum(*found->second, model.split, i);
}

void note_other_images(const Model& model, const std::filesystem::path& folder,
                       const std::vector<const Image*>& found) {
  std::vector<std::size_t> others;
  std::size_t compared = 0;
  for (std::size_t i = 0; i < found.size(); ++i) {
    const std::string& trained_on = model.images[i].checksum;
    if (found[i] == nullptr || trained_on.empty()) continue;
    ++compared;
    if (pixel_checksum(*found[i], model.split, i) != trained_on) others.push_back(i);
  }
  if (others.empty()) return;
  const std::string which =
      others.size() == compared ? "the" : fmt::format("{} of {}", others.size(), compared);
  fmt::print(stderr,
             "note: {} images of {} at {} px are not those that the model was trained on, such as "
             "'{}'\n",
             which, shown(folder), model.images[others[0]].size().longer_side(),
             printable(model.images[others[0]].name));
}

Collection load_for(const Model& model, const std::filesystem::path& folder,
                    std::optional<std::size_t> size, const std::optional<Rgb>& background,
                    const std::function<std::vector<bool>(std::size_t)>& keep) {
  if (background) check_background(model, *background);
  const std::optional<Rgb>& ground = background ? background : model.background;
  Collection images = load_images(folder, size, ground, keep);
  const bool with_alpha_channel = model.siren.config().channels == 4;
  if (!with_alpha_channel && !images.empty() && images.front().image.has_alpha())
    print_note(
        fmt::format("the model is opaque, and some images of {} are not; they are compared over "
                    "white",
                    shown(folder)));
  for (NamedImage& each : images)
    if (with_alpha_channel)
      each.image = with_alpha(std::move(each.image));
    else if (each.image.has_alpha())
      each.image = over(each.image, white);
  return images;
}

}  // namespace chorus::app
