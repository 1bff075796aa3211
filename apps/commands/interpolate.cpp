#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <memory>
#include <ostream>

#include "animated_drawing.hpp"
#include "animation.hpp"
#include "chorus/error.hpp"
#include "chorus/path.hpp"
#include "chorus/pictures.hpp"
#include "chorus/render.hpp"
#include "files.hpp"
#include "pairs.hpp"
#include "printable.hpp"
#include "resample.hpp"
#include "sheet.hpp"
#include "support/cli_flags.hpp"
#include "support/drawn_walk.hpp"
#include "support/output_files.hpp"
#include "support/session.hpp"

namespace chorus::app {

namespace {

constexpr std::size_t animation_frames = 25;  // from one image to the next
constexpr unsigned animation_frame_ms = 60;

struct InterpolateOptions {
  BackendChoice backend;
  std::filesystem::path model;
  std::filesystem::path out;
  std::vector<std::string> names;  ///< at least two images, unless best_pairs is given
  std::size_t best_pairs = 0;      ///< number of most similar pairs
  PathOptions path;
  bool open = false;            ///< whether the animation ends without returning to its first image
  std::size_t frames = 9;       ///< from one image to the next, both included
  std::size_t size = 256;       ///< pixels, longer side
  std::size_t supersample = 0;  ///< 0: see supersample_for()
  bool stretch = false;         ///< whether images of a walk may differ in aspect ratio
  bool drawings = false;        ///< whether the walk is drawn as shapes, too
  std::filesystem::path data;   ///< training images, which decide on the drawings; may be empty
  bool overwrite = false;
};

/// The images of a walk's contact sheet, with one row per leg. They are reduced where the sheet
/// would become too large.
class Strip {
 public:
  Strip(std::size_t legs, std::size_t frames) {
    for (std::size_t k = 0; k < frames; ++k)
      sheet_.column_titles.push_back(
          fmt::format("{:.2f}", static_cast<double>(k) / static_cast<double>(frames - 1)));
    const double cells = static_cast<double>(legs * frames);
    most_px_ = std::clamp(static_cast<std::size_t>(std::sqrt(largest_sheet_px / cells)),
                          least_cell_px, largest_cell_px);
  }
  void next_leg() { sheet_.rows.emplace_back(); }
  void add(const Image& frame) { sheet_.rows.back().push_back(reduced(frame, most_px_)); }
  Image drawn() const { return draw(sheet_); }

 private:
  static constexpr double largest_sheet_px = std::size_t{1} << 24U;
  static constexpr std::size_t least_cell_px = 16, largest_cell_px = 512;
  Sheet sheet_;
  std::size_t most_px_ = 0;
};

/// A walk over pairs, each of which begins with the image with which the previous one ends.
class Walk {
 public:
  Walk(const Model& model, std::vector<ImagePair> pairs, std::filesystem::path folder,
       const InterpolateOptions& options)
      : model_(model),
        pairs_(std::move(pairs)),
        folder_(std::move(folder)),
        options_(options),
        raster_{scaled_size(model.images[pairs_.front().a], options.size),
                supersample_for(model, pairs_.front().a, options.size, options.supersample)} {
    for (std::size_t k = 0; k <= pairs_.size() * (options.frames - 1); ++k)
      frames_.push_back(folder_ / fmt::format("frame_{:03}.png", k));
  }

  /// Throws Error if an image differs in aspect ratio from the first one, or if files that chorus
  /// did not write are in the way.
  void check() const {
    for (const ImagePair& pair : pairs_) check_aspects(pair);
    check_replaceable(frames_, options_.overwrite);
    check_replaceable({strip_file(), animation_file()}, options_.overwrite);
    if (options_.drawings)
      check_replaceable({drawn_file(), lottie_file()}, is_own_animation, options_.overwrite);
  }

  /// Writes the frames of both kinds as they are made, so that few of them are in memory.
  void write(Renderer& renderer, WalkDrawer& drawer) const {
    prepare_folder(folder_);
    Strip strip(pairs_.size(), options_.frames);
    write_atomically(animation_file(), [&](std::ostream& out) {
      AnimationWriter animation(out, frames_of_animation(), animation_frame_ms);
      for (std::size_t leg = 0; leg < pairs_.size(); ++leg) {
        Path path(renderer, model_, pairs_[leg].a, pairs_[leg].b, path_options());
        write_frames(path, leg, strip);
        animate(path, leg, animation);
        print(pairs_[leg]);
      }
    });
    write_png(strip_file(), strip.drawn());
    if (options_.drawings)
      write_drawn(drawer);
    else
      remove_drawn();
    remove_stale(folder_, "frame", frames_);
  }

 private:
  std::filesystem::path strip_file() const { return folder_ / "strip.png"; }
  std::filesystem::path animation_file() const { return folder_ / "animation.png"; }
  std::filesystem::path drawn_file() const { return folder_ / "animation.svg"; }
  std::filesystem::path lottie_file() const { return folder_ / "animation.json"; }
  PathOptions path_options() const {
    PathOptions how = options_.path;
    how.threads = options_.backend.threads;
    return how;
  }
  bool is_closed() const { return !options_.open; }

  /// The number of frames of the animation, in which the image at which two legs meet appears once.
  /// A single leg runs back to its start. Several legs end with the image with which they begin,
  /// which is left out.
  std::size_t frames_of_animation() const {
    const std::size_t steps = animation_frames - 1;
    if (!is_closed()) return pairs_.size() * steps + 1;
    return pairs_.size() == 1 ? 2 * steps : pairs_.size() * steps;
  }

  void check_aspects(const ImagePair& pair) const {
    if (options_.stretch) return;
    const EncodedImage &a = model_.images[pairs_.front().a], &b = model_.images[pair.b];
    const PixelSize fitted = scaled_size(b, a.size().longer_side());
    const auto differ = [](std::size_t m, std::size_t n) {
      return std::max(m, n) > std::min(m, n) + 1;
    };
    if (differ(a.width, fitted.width) || differ(a.height, fitted.height))
      throw Error(fmt::format(
          "'{}' has {} x {} pixels and '{}' {} x {}; expected the same aspect ratio, or "
          "--stretch to draw all in that of the first",
          printable(a.name), a.width, a.height, printable(b.name), b.width, b.height));
  }

  void write_frames(Path& path, std::size_t leg, Strip& strip) const {
    strip.next_leg();
    for (std::size_t k = 0; k < options_.frames; ++k) {
      const Image frame = path.frame_of(k, options_.frames, raster_);
      strip.add(frame);
      if (k > 0 || leg == 0) write_png(frames_[leg * (options_.frames - 1) + k], frame);
    }
  }

  void animate(Path& path, std::size_t leg, AnimationWriter& animation) const {
    const bool one_leg = pairs_.size() == 1, last = leg + 1 == pairs_.size();
    const std::size_t end =
        is_closed() && !one_leg && last ? animation_frames - 1 : animation_frames;
    std::vector<AnimationFrame> way_back;  // compressed
    for (std::size_t k = leg == 0 ? 0 : 1; k < end; ++k) {
      AnimationFrame frame = compressed(path.frame_of(k, animation_frames, raster_));
      animation.add(frame);
      if (is_closed() && one_leg && k > 0 && k + 1 < end) way_back.push_back(std::move(frame));
    }
    for (std::size_t k = way_back.size(); k-- > 0;) animation.add(way_back[k]);
  }

  /// The frames of the animation as drawings, in the order in which it shows them.
  void write_drawn(WalkDrawer& drawer) const {
    const EncodedImage& first = model_.images[pairs_.front().a];
    shapes::AnimatedDrawing walk{{}, {}, 1e-3 * animation_frame_ms};
    for (const ImagePair& pair : pairs_) {
      const std::vector<shapes::Drawing> leg =
          drawer.frames(pair, first.size(), path_options(), animation_frames);
      walk.frames.insert(walk.frames.end(), walk.frames.empty() ? leg.begin() : leg.begin() + 1,
                         leg.end());
    }
    // Back to the first frame, which is not repeated where the walk starts again.
    for (std::size_t k = 0; k < frames_of_animation(); ++k) {
      const std::size_t last = walk.frames.size() - 1;
      walk.order.push_back(k <= last ? k : 2 * last - k);
    }
    const std::string name = printable(first.name);
    write_atomically(drawn_file(), [&](std::ostream& out) { out << animated_svg(walk); });
    write_atomically(lottie_file(), [&](std::ostream& out) { out << lottie(walk, name); });
  }

  /// What an earlier run drew does not belong to these frames.
  void remove_drawn() const {
    for (const std::filesystem::path& file : {drawn_file(), lottie_file()})
      if (std::filesystem::is_regular_file(file) && is_own_animation(file))
        std::filesystem::remove(file);
  }

  void print(const ImagePair& pair) const {
    fmt::print("{} -> {} (distance {:.3f}): {}\n", printable(model_.images[pair.a].name),
               printable(model_.images[pair.b].name), pair.distance, shown(folder_));
  }

  const Model& model_;
  std::vector<ImagePair> pairs_;
  std::filesystem::path folder_;
  const InterpolateOptions& options_;
  Raster raster_;
  std::vector<std::filesystem::path> frames_;
};

/// The pairs of a walk over the named images. With more than two images it returns to the first.
std::vector<ImagePair> pairs_of_walk(Session& session, const Model& model,
                                     const InterpolateOptions& options) {
  std::vector<std::size_t> images;
  for (const std::string& name : options.names) images.push_back(find_image(model, name));
  if (images.size() > 2 && !options.open) images.push_back(images.front());
  ImageDistances distances(session.memory, model, session.threads);
  std::vector<ImagePair> pairs;
  for (std::size_t i = 0; i + 1 < images.size(); ++i)
    pairs.push_back({images[i], images[i + 1],
                     distances.distance(images[i], images[i + 1], default_distance_measure)});
  return pairs;
}

/// One walk over the named images, or one for each of the best pairs in a folder of its own.
std::vector<Walk> walks(Session& session, const Model& model, const InterpolateOptions& options) {
  if (options.best_pairs == 0)
    return {Walk(model, pairs_of_walk(session, model, options), options.out, options)};
  if (model.images.size() < 2 * options.best_pairs)
    throw Error(fmt::format("{} disjoint pairs need {} images; the model has {}",
                            options.best_pairs, 2 * options.best_pairs, model.images.size()));
  std::vector<Walk> walks;
  for (const ImagePair& pair : best_pairs(session.memory, model, options.best_pairs,
                                          default_distance_measure, session.threads)) {
    const std::string name = model.images[pair.a].name + "-" + model.images[pair.b].name;
    walks.emplace_back(model, std::vector{pair}, options.out / file_name(name, ""), options);
  }
  return walks;
}

void interpolate(const InterpolateOptions& options) {
  Session session(options.backend);
  const Model model = load_model(session.memory, options.model);
  Renderer renderer(session.memory, model);
  const std::vector<Walk> all = walks(session, model, options);
  for (const Walk& walk : all) walk.check();
  const TrainingImages trained(model, options.data, model.background);
  trained.note_if_other(model, options.data);
  WalkDrawer drawer(renderer, model, trained, session.threads);
  for (const Walk& walk : all) walk.write(renderer, drawer);
}

/// The positional argument "names": any number of texts, each taken as it is. CLI11 takes [a,b] for
/// a list of two where it allows extra arguments. Without them it takes arguments while there are
/// fewer than expected, and with TakeAll it does not miss the rest.
CLI::Option* add_names(CLI::App& command, std::vector<std::string>& names, const char* help) {
  constexpr int any_number = CLI::detail::expected_max_vector_size;
  return command.add_option("names", names, help)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll)
      ->expected(any_number, any_number)
      ->allow_extra_args(false);
}

}  // namespace

void add_interpolate(CLI::App& program) {
  CLI::App& command =
      *program.add_subcommand("interpolate", "Write the pictures between images of a model");
  const auto options = std::make_shared<InterpolateOptions>();
  InterpolateOptions& o = *options;
  command.add_option("model", o.model, "Model file")->required();
  CLI::Option* names = add_names(command, o.names,
                                 "Names of two images, or of more for a walk over all of them; a "
                                 "-- stands before names that begin with -");
  CLI::Option* best = command
                          .add_option("--best-pairs", o.best_pairs,
                                      "Instead of names: take the N most similar pairs of images")
                          ->check(positive_count)
                          ->excludes(names);
  add_path(command, o.path.kind);
  command.add_flag_callback(
      "--uneven", [&o] { o.path.even = false; },
      "Space frames at the path's own pace instead of equally far apart");
  command.add_flag("--open", o.open,
                   "End the animation at the last image instead of returning to the first");
  command
      .add_option("-o,--output", o.out, "Folder to write frames, contact strip and animation to")
      ->required();
  command
      .add_option("--frames", o.frames,
                  "Number of frames from one image to the next, both included")
      ->capture_default_str()
      ->check(CLI::Range(2, 10000));
  command.add_option("--size", o.size, "Longer side of the frames (pixels)")
      ->capture_default_str()
      ->check(picture_size_px);
  command.add_flag("--stretch", o.stretch,
                   "Allow images of different aspect ratios, and draw all in that of the first");
  CLI::Option* drawings = command.add_flag(
      "--drawings", o.drawings,
      "Also draw the walk as shapes (see vectorize), which are sharp at any size: animation.svg, "
      "and animation.json for Lottie players");
  command
      .add_option("--data", o.data,
                  "Training images, whose pixels decide on the drawings (default: the network's)")
      ->needs(drawings);
  add_overwrite(command, o.overwrite);
  add_supersample(command, o.supersample);
  add_backend(command, o.backend);
  command.callback([options, best] {
    if (options->names.size() < 2 && best->empty())
      throw CLI::RequiredError("at least two names of images, or --best-pairs N");
    interpolate(*options);
  });
}

}  // namespace chorus::app
