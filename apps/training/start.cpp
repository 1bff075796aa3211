#include "training/start.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "alpha.hpp"
#include "chorus/error.hpp"
#include "chorus/version.hpp"
#include "grow.hpp"
#include "model_file.hpp"
#include "palette.hpp"
#include "precision_names.hpp"
#include "printable.hpp"
#include "shared_model.hpp"
#include "split.hpp"
#include "support/fingerprint.hpp"
#include "support/model_data.hpp"
#include "support/processes.hpp"
#include "training/budget.hpp"
#include "training/extension.hpp"
#include "work_division.hpp"

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
                             const Split& split, std::size_t channels) {
  constexpr double most = 0.8;
  SirenConfig network = options.network;
  network.channels = channels;
  if (options.head && *options.head != Head::palette) {
    network.head = *options.head;
    return {network, {}};
  }
  PaletteFit fit = fit_palettes(images, split, options.palette_size, *processes());
  const bool palettes = options.head || fit.drawn_fraction >= most;
  network.head = palettes ? Head::palette : Head::rgb;
  network.palette_size = fit.entries;
  network.palette_fields = options.palette_fields.value_or(
      fit.constant_fraction >= most ? PaletteFields::constant : PaletteFields::affine);
  return {network, std::move(fit)};
}

/// Which images of the data this process trains on: not the held-out ones, nor those of others.
class OwnImages {
 public:
  OwnImages(const Session& session, const Split& split, const TrainConfig& config)
      : workers_of_(all_of(*processes(), session.backend->workers())),
        split_(split),
        config_(config) {}

  /// Chooses among so many images, sorted by name.
  std::vector<bool> choose(std::size_t images) {
    std::vector<bool> keep = held_out_images(split_.seed, images, split_.images);
    keep.flip();
    const auto trained = static_cast<std::size_t>(std::ranges::count(keep, true));
    range_ = divide_work(workers_of_, processes()->rank(), trained, config_).own;
    std::size_t number = 0;
    for (std::size_t i = 0; i < images; ++i)
      if (keep[i]) {
        keep[i] = number >= range_.first && number < range_.first + range_.count;
        ++number;
      }
    return keep;
  }
  auto chooser() {
    return [this](std::size_t images) { return choose(images); };
  }
  /// Their numbers among all that are trained on.
  const ImageRange& range() const { return range_; }

 private:
  std::vector<std::size_t> workers_of_;
  Split split_;
  TrainConfig config_;
  ImageRange range_;
};

/// One image with alpha gives alpha to those of all processes. Returns the number of channels.
std::size_t give_all_alpha(Collection& images) {
  const bool has_alpha = !images.empty() && images.front().image.has_alpha();
  constexpr std::size_t opaque = 3, with_alpha_channel = 4;
  const std::vector<std::size_t> channels =
      all_of(*processes(), has_alpha ? with_alpha_channel : opaque);
  const std::size_t most = *std::ranges::max_element(channels);
  if (most == with_alpha_channel && !has_alpha)
    for (NamedImage& each : images) each.image = with_alpha(std::move(each.image));
  return most;
}

/// The size that all images of a model have, if the data offers it; empty for flat folders.
std::optional<std::size_t> size_of_training(const Model& model, const std::filesystem::path& data) {
  const std::size_t size = model.images.front().size().longer_side();
  const std::vector<std::size_t> offered = offered_sizes(data);
  return std::ranges::count(offered, size) > 0 ? std::optional(size) : std::nullopt;
}

/// What the images of a process have in common.
struct Alike {
  bool has_images = false;
  bool has_alpha = false;
  bool is_one_color = false;  ///< all pixels have the colour `pixel`
  bool are_equal = false;
  Color pixel{};
  std::uint64_t first_image = 0;  ///< a checksum
};

Alike alike(const Collection& images) {
  if (images.empty()) return {};
  const Image& first = images.front().image;
  Alike found{true, first.has_alpha(), true, true, color_at(first, 0), 0};
  const auto is_everywhere = [&](const Image& image) {
    for (std::size_t i = 0; i < image.pixels(); ++i)
      if (color_at(image, i) != found.pixel) return false;
    return true;
  };
  for (const NamedImage& each : images) {
    found.is_one_color = found.is_one_color && is_everywhere(each.image);
    found.are_equal =
        found.are_equal && each.image.size() == first.size() && each.image.values == first.values;
  }
  const PixelSize size = first.size();
  Fingerprint fingerprint;
  fingerprint.add(&size, sizeof size);
  fingerprint.add(first.values.data(), first.values.size() * sizeof(float));
  found.first_image = fingerprint.value();
  return found;
}

/// The same for the images of all processes.
Alike alike_in_all(const Collection& images) {
  Alike all;
  for (const Alike& each : all_of(*processes(), alike(images))) {
    if (!each.has_images) continue;
    if (!all.has_images) {
      all = each;
      continue;
    }
    all.is_one_color = all.is_one_color && each.is_one_color && each.pixel == all.pixel;
    all.are_equal = all.are_equal && each.are_equal && each.first_image == all.first_image;
  }
  return all;
}

/// Refuses images in which nothing can be seen. Images without any difference would get perfect
/// scores that mean nothing, so a note reports them.
void check_content(const Collection& images, const TrainOptions& options) {
  const std::string data = shown(options.data);
  const Alike found = alike_in_all(images);
  const std::size_t count = sum_of(*processes(), images.size());
  if (found.is_one_color) {
    const Color& pixel = found.pixel;
    if (found.has_alpha && pixel[3] == 0)
      throw SharedError(fmt::format(
          "{}: all pixels of all images are transparent; expected some that can be seen", data));
    print_note(fmt::format("all pixels of all images in {} have the colour {}{}", data,
                           shown_color({pixel[0], pixel[1], pixel[2]}),
                           options.background ? "; another --background may show more" : ""));
    return;
  }
  if (found.are_equal && count > 1)
    print_note(fmt::format("the {} images in {} are all alike", count, data));
}

/// Latents of frames are mixed from those of any two images, so that all must be at hand.
void require_paths_possible(const TrainOptions& options, const Collection& images) {
  if (processes()->size() > 1)
    throw Error(
        "--paths mixes latents of all images, which one process must have; expected no "
        "mpirun");
  if (options.hold_out_pixels > 0)
    throw Error("--paths shows frames between whole images; expected no --hold-out-pixels");
  if (const std::size_t per_step = images_per_step(options.training, images.size());
      per_step < images.size())
    throw Error(
        fmt::format("--paths needs all images in each step; it has {} of {}, expected "
                    "--images-per-step {}",
                    per_step, images.size(), images.size()));
}

/// One frame for three images: fewer teach the paths less, more cost the images more.
std::size_t default_frames_per_step(std::size_t images) {
  constexpr std::size_t images_for_a_frame = 3;
  return (images + images_for_a_frame - 1) / images_for_a_frame;
}

constexpr std::string_view in_one_kernel = ", sine layers in one kernel";

}  // namespace

std::string computed_on(const Session& session) {
  const std::size_t workers = session.all_workers;
  const bool in_one = session.backend->network_path() == NetworkPath::network;
  return fmt::format("{}, {}, {} worker{}{}", session.backend->name(),
                     name(session.backend->precision()), workers, workers == 1 ? "" : "s",
                     in_one ? in_one_kernel : "");
}

std::optional<NetworkPath> path_before(const TrainingState& state) {
  if (!state.computed_on.starts_with("cuda")) return std::nullopt;
  return state.computed_on.ends_with(in_one_kernel) ? NetworkPath::network : NetworkPath::layers;
}

namespace {

/// `first_image` is the number of the first of these images among those of all processes.
Start start_with(Session& session, const TrainOptions& options, Collection images,
                 std::size_t first_image) {
  const Split split{options.training.seed, options.hold_out_pixels, options.hold_out_images,
                    first_image};
  const std::size_t channels = give_all_alpha(images);
  // Refuses what a model file cannot state.
  std::vector<EncodedImage> names = together([&] { return encoded(images); });
  check_content(images, options);
  TrainingState state;
  state.config = options.training;
  state.data_checksum = data_checksum(images, split);
  auto [network, fit] = choose_network(options, images, split, channels);
  if (options.budget) {
    if (processes()->size() > 1)
      throw Error(
          "--budget chooses a network for all images, which one process must see; expected "
          "no mpirun");
    network = network_within(network, names, *options.budget);
  }
  Model model = make_model(session.memory, network, std::move(names), options.training.seed,
                           split.first_image);
  model.split = split;
  model.background = options.background;
  set_checksums(model, images);
  if (options.paths.pairs > 0) {
    require_paths_possible(options, images);
    model.paths = choose_path_pairs(images, options.paths, options.training.seed, session.threads);
    std::size_t& per_step = state.config.paths.frames_per_step;
    if (per_step == 0) per_step = default_frames_per_step(images.size());
  }
  initialize_palettes(model, images, fit, *processes());
  model.notes = {{"program", "chorus " CHORUS_VERSION},
                 {"seed", std::to_string(options.training.seed)},
                 {"backend", session.backend->name()},
                 {"data_checksum", state.data_checksum}};
  if (options.budget) model.notes[budget_note] = std::to_string(*options.budget);
  return {std::move(images), std::move(state), std::move(model), std::nullopt};
}

}  // namespace

Start fresh_start(Session& session, const TrainOptions& options) {
  const Split split{options.training.seed, options.hold_out_pixels, options.hold_out_images};
  OwnImages own(session, split, options.training);
  Collection images = together(
      [&] { return load_images(options.data, options.size, options.background, own.chooser()); });
  return start_with(session, options, std::move(images), own.range().first);
}

Start fresh_start(Session& session, const TrainOptions& options, Collection images) {
  return start_with(session, options, std::move(images), 0);
}

namespace {

/// What a state file holds.
struct Resumed {
  TensorFile file;
  TrainingState state;
  Model model;  ///< of all images
};

Resumed read_resumed(Session& session, const TrainOptions& options, const std::string& origin) {
  TensorFile file = read_safetensors(state_file(options.model));
  TrainingState state = read_state(file, origin);
  lengthen(state, steps_of_state(file, origin), options, origin);
  Model model = from_tensor_file(session.memory, file, origin);
  return {std::move(file), std::move(state), std::move(model)};
}

Start go_on(Session& session, const TrainOptions& options, Resumed resumed, OwnImages& own,
            Collection images) {
  const std::string origin = shown(state_file(options.model));
  const auto fail = [&] {
    throw SharedError(fmt::format("{}: this training was begun on other images than those of {}",
                                  origin, shown(options.data)));
  };
  if (sum_of(*processes(), images.size()) != resumed.model.images.size()) fail();
  Model model = part_of(session.memory, resumed.model, own.range());
  if (resumed.state.data_checksum != data_checksum(images, model.split)) fail();
  return {std::move(images), std::move(resumed.state), std::move(model), std::move(resumed.file)};
}

}  // namespace

Start resumed_start(Session& session, const TrainOptions& options) {
  Resumed resumed =
      together([&] { return read_resumed(session, options, shown(state_file(options.model))); });
  OwnImages own(session, resumed.model.split, resumed.state.config);
  Collection images = together([&] {
    const std::optional<std::size_t> size =
        options.size ? options.size : size_of_training(resumed.model, options.data);
    return load_for(resumed.model, options.data, size, options.background, own.chooser());
  });
  return go_on(session, options, std::move(resumed), own, std::move(images));
}

Start resumed_start(Session& session, const TrainOptions& options, Collection images) {
  Resumed resumed = read_resumed(session, options, shown(state_file(options.model)));
  OwnImages own(session, resumed.model.split, resumed.state.config);
  const std::vector<bool> keep = own.choose(images.size());
  Collection kept;
  for (std::size_t i = 0; i < images.size(); ++i)
    if (keep[i]) kept.push_back(std::move(images[i]));
  return go_on(session, options, std::move(resumed), own, std::move(kept));
}

void go_on_with(const Session& session, TrainingState& state) {
  const std::string before = std::exchange(state.computed_on, computed_on(session));
  if (before.empty() || before == state.computed_on) return;
  print_note(
      fmt::format("the training was computed on {} and continues on {}; its result will differ in "
                  "some bits from that of an uninterrupted one",
                  printable(before), state.computed_on));
}

}  // namespace chorus::app
