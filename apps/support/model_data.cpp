#include "support/model_data.hpp"

#include <fmt/format.h>

#include <set>
#include <utility>

#include "alpha.hpp"
#include "bytes.hpp"
#include "chorus/error.hpp"
#include "printable.hpp"

namespace chorus::app {

namespace {

bool skip_unreadable = false;

/// An evaluation reads a folder several times, and each time notes the same.
void print_once(const std::string& note) {
  static std::set<std::string> printed;
  if (printed.insert(note).second) fmt::print(stderr, "note: {}\n", note);
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
                       const std::optional<Rgb>& background) {
  return load_collection(folder, {.size = size,
                                  .background = background,
                                  .skip_unreadable = skip_unreadable,
                                  .note = print_once});
}

std::vector<std::size_t> offered_sizes(const std::filesystem::path& folder) {
  return available_sizes(folder, skip_unreadable);
}

Collection load_for(const Model& model, const std::filesystem::path& folder,
                    std::optional<std::size_t> size, const std::optional<Rgb>& background) {
  if (background) check_background(model, *background);
  const std::optional<Rgb>& ground = background ? background : model.background;
  Collection images = load_images(folder, size, ground);
  const bool with_alpha_channel = model.siren.config().channels == 4;
  if (!with_alpha_channel && !images.empty() && images.front().image.has_alpha())
    fmt::print(stderr,
               "note: the model is opaque, and some images of {} are not; they are compared over "
               "white\n",
               shown(folder));
  for (NamedImage& each : images)
    each.image = with_alpha_channel ? with_alpha(std::move(each.image)) : over(each.image, white);
  return images;
}

}  // namespace chorus::app
