#include "training/start.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "chorus/error.hpp"
#include "chorus/version.hpp"
#include "grow.hpp"
#include "model_file.hpp"
#include "palette.hpp"
#include "precision_names.hpp"
#include "printable.hpp"
#include "split.hpp"
#include "support/model_data.hpp"
#include "training/extension.hpp"

namespace chorus::app {

namespace {

/// A network's configuration, and the palettes that were found while choosing it.
struct NetworkChoice {
  SirenConfig network;
  PaletteFit fit;
};

/// Decides from the training pixels what the options leave open: palettes of colours if these
/// explain most images, else palettes of affine fields, or RGB if even these do not come near most
/// images. With a head other than the palette head, nothing is left open.
NetworkChoice choose_network(const TrainOptions& options, const Collection& images,
                             const Split& split) {
  constexpr double most = 0.8;
  SirenConfig network = options.network;
  network.channels = images.front().image.channels;
  if (options.head && *options.head != Head::palette) {
    network.head = *options.head;
    return {network, {}};
  }
  PaletteFit fit = fit_palettes(images, split, options.palette_size);
  const bool palettes = options.head || fit.drawn_fraction >= most;
  network.head = palettes ? Head::palette : Head::rgb;
  network.palette_size = fit.entries;
  network.palette_fields = options.palette_fields.value_or(
      fit.constant_fraction >= most ? PaletteFields::constant : PaletteFields::affine);
  return {network, std::move(fit)};
}

void drop_held_out_images(Collection& images, const Split& split) {
  const std::vector<bool> held_out = held_out_images(split.seed, images.size(), split.images);
  Collection kept;
  for (std::size_t i = 0; i < images.size(); ++i)
    if (!held_out[i]) kept.push_back(std::move(images[i]));
  images = std::move(kept);
}

/// The size that all images of a model have, if the data offers it; empty for flat folders.
std::optional<std::size_t> size_of_training(const Model& model, const std::filesystem::path& data) {
  const std::size_t size = model.images.front().size().longer_side();
  const std::vector<std::size_t> offered = offered_sizes(data);
  return std::ranges::count(offered, size) > 0 ? std::optional(size) : std::nullopt;
}

/// Whether all pixels of all images are `pixel`.
bool is_everywhere(const Collection& images, const Color& pixel) {
  return std::ranges::all_of(images, [&](const NamedImage& each) {
    for (std::size_t i = 0; i < each.image.pixels(); ++i)
      if (color_at(each.image, i) != pixel) return false;
    return true;
  });
}

/// Refuses images in which nothing can be seen. Images without any difference would get perfect
/// scores that mean nothing, so a note reports them.
void check_content(const Collection& images, const TrainOptions& options) {
  const std::string data = shown(options.data);
  const Image& first = images.front().image;
  const Color pixel = color_at(first, 0);
  if (is_everywhere(images, pixel)) {
    if (first.has_alpha() && pixel[3] == 0)
      throw Error(fmt::format(
          "{}: all pixels of all images are transparent; expected some that can be seen", data));
    fmt::print(stderr, "note: all pixels of all images in {} have the colour {}{}\n", data,
               shown_color({pixel[0], pixel[1], pixel[2]}),
               options.background ? "; another --background may show more" : "");
    return;
  }
  const bool alike = std::ranges::all_of(images, [&](const NamedImage& each) {
    return each.image.size() == first.size() && each.image.values == first.values;
  });
  if (alike && images.size() > 1)
    fmt::print(stderr, "note: the {} images in {} are all alike\n", images.size(), data);
}

constexpr std::string_view in_one_kernel = ", sine layers in one kernel";

}  // namespace

std::string computed_on(const Session& session) {
  const std::size_t workers = session.backend->workers();
  const bool in_one = session.backend->network_path() == NetworkPath::network;
  return fmt::format("{}, {}, {} worker{}{}", session.backend->name(),
                     name(session.backend->precision()), workers, workers == 1 ? "" : "s",
                     in_one ? in_one_kernel : "");
}

std::optional<NetworkPath> path_before(const TrainingState& state) {
  if (!state.computed_on.starts_with("cuda")) return std::nullopt;
  return state.computed_on.ends_with(in_one_kernel) ? NetworkPath::network : NetworkPath::layers;
}

Start fresh_start(Session& session, const TrainOptions& options) {
  Collection images = load_images(options.data, options.size, options.background);
  const Split split{options.training.seed, options.hold_out_pixels, options.hold_out_images};
  drop_held_out_images(images, split);
  std::vector<EncodedImage> names = encoded(images);  // refuses what a model file cannot state
  check_content(images, options);
  TrainingState state;
  state.config = options.training;
  state.data_checksum = data_checksum(images, split);
  const auto [network, fit] = choose_network(options, images, split);
  Model model = make_model(session.memory, network, std::move(names), options.training.seed);
  model.split = split;
  model.background = options.background;
  initialize_palettes(model, images, fit);
  model.notes = {{"program", "chorus " CHORUS_VERSION},
                 {"seed", std::to_string(options.training.seed)},
                 {"backend", session.backend->name()},
                 {"data_checksum", state.data_checksum}};
  return {std::move(images), std::move(state), std::move(model), std::nullopt};
}

Start resumed_start(Session& session, const TrainOptions& options) {
  return resumed_start(session, options, {});
}

Start resumed_start(Session& session, const TrainOptions& options, Collection images) {
  const std::string origin = shown(state_file(options.model));
  TensorFile file = read_safetensors(state_file(options.model));
  TrainingState state = read_state(file, origin);
  lengthen(state, steps_of_state(file, origin), options, origin);
  Model model = from_tensor_file(session.memory, file, origin);
  if (images.empty()) {
    const std::optional<std::size_t> size =
        options.size ? options.size : size_of_training(model, options.data);
    images = load_for(model, options.data, size, options.background);
  }
  drop_held_out_images(images, model.split);
  if (state.data_checksum != data_checksum(images, model.split))
    throw Error(fmt::format("{}: this training was begun on other images than those of {}", origin,
                            shown(options.data)));
  return {std::move(images), std::move(state), std::move(model), std::move(file)};
}

void go_on_with(const Session& session, TrainingState& state) {
  const std::string before = std::exchange(state.computed_on, computed_on(session));
  if (before.empty() || before == state.computed_on) return;
  fmt::print(stderr,
             "note: the training was computed on {} and continues on {}; its result will differ in "
             "some bits from that of an uninterrupted one\n",
             printable(before), state.computed_on);
}

}  // namespace chorus::app
