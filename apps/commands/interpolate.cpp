#include <fmt/format.h>

#include <memory>

#include "chorus/error.hpp"
#include "chorus/path.hpp"
#include "chorus/render.hpp"
#include "files.hpp"
#include "pairs.hpp"
#include "printable.hpp"
#include "sheet.hpp"
#include "support/cli_flags.hpp"
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
};

/// The frames from one image to the next: those that are written, and more for the animation.
struct Leg {
  std::vector<Image> frames, animation;
};

Leg walk(Renderer& renderer, const Model& model, const ImagePair& pair, PixelSize size,
         std::size_t supersample, const InterpolateOptions& options) {
  PathOptions how = options.path;
  how.threads = options.backend.threads;
  Path path(renderer, model, pair.a, pair.b, how);
  return {path.frames(options.frames, {size, supersample}),
          path.frames(animation_frames, {size, supersample})};
}

/// A contact sheet with one row per leg.
Image strip(const std::vector<Leg>& legs) {
  Sheet sheet;
  const std::size_t count = legs.front().frames.size();
  for (std::size_t k = 0; k < count; ++k)
    sheet.column_titles.push_back(
        fmt::format("{:.2f}", static_cast<double>(k) / static_cast<double>(count - 1)));
  for (const Leg& leg : legs) sheet.rows.push_back(leg.frames);
  return draw(sheet);
}

/// The frames of all legs in sequence, with the image at which two legs meet only once.
std::vector<Image> joined(const std::vector<Leg>& legs, std::vector<Image> Leg::*frames) {
  std::vector<Image> all = legs.front().*frames;
  for (std::size_t i = 1; i < legs.size(); ++i)
    all.insert(all.end(), (legs[i].*frames).begin() + 1, (legs[i].*frames).end());
  return all;
}

/// Frames that repeat without a jump. A single leg runs back to its start. Several legs end at the
/// image with which they begin, which is dropped at the end.
std::vector<Image> closed(std::vector<Image> frames, bool one_leg) {
  if (!one_leg) frames.pop_back();
  for (std::size_t k = one_leg ? frames.size() - 1 : 0; k-- > 1;) frames.push_back(frames[k]);
  return frames;
}

/// Writes a walk over pairs, each of which begins with the image with which the previous one ends.
void write_walk(Renderer& renderer, const Model& model, const std::vector<ImagePair>& pairs,
                const std::filesystem::path& folder, const InterpolateOptions& options) {
  const std::size_t first = pairs.front().a;
  const PixelSize size = scaled_size(model.images[first], options.size);
  const std::size_t supersample = supersample_for(model, first, options.size, options.supersample);
  make_folder(folder);
  std::vector<Leg> legs;
  for (const ImagePair& pair : pairs) {
    legs.push_back(walk(renderer, model, pair, size, supersample, options));
    fmt::print("{} -> {} (distance {:.3f}): {}\n", printable(model.images[pair.a].name),
               printable(model.images[pair.b].name), pair.distance, shown(folder));
  }
  const std::vector<Image> frames = joined(legs, &Leg::frames);
  for (std::size_t k = 0; k < frames.size(); ++k)
    write_png(folder / fmt::format("frame_{:03}.png", k), frames[k]);
  write_png(folder / "strip.png", strip(legs));
  const std::vector<Image> animation = joined(legs, &Leg::animation);
  write_animation(folder / "animation.png",
                  options.open ? animation : closed(animation, legs.size() == 1),
                  animation_frame_ms);
}

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

void interpolate(const InterpolateOptions& options) {
  Session session(options.backend);
  const Model model = load_model(session.memory, options.model);
  Renderer renderer(session.memory, model);
  if (options.best_pairs == 0)
    return write_walk(renderer, model, pairs_of_walk(session, model, options), options.out,
                      options);
  if (model.images.size() < 2 * options.best_pairs)
    throw Error(fmt::format("{} disjoint pairs need {} images; the model has {}",
                            options.best_pairs, 2 * options.best_pairs, model.images.size()));
  for (const ImagePair& pair : best_pairs(session.memory, model, options.best_pairs,
                                          default_distance_measure, session.threads))
    write_walk(renderer, model, {pair},
               options.out / (model.images[pair.a].name + "-" + model.images[pair.b].name),
               options);
}

}  // namespace

void add_interpolate(CLI::App& program) {
  CLI::App& command =
      *program.add_subcommand("interpolate", "Write the pictures between images of a model");
  const auto options = std::make_shared<InterpolateOptions>();
  InterpolateOptions& o = *options;
  command.add_option("model", o.model, "Model file")->required();
  CLI::Option* names = command.add_option(
      "names", o.names, "Names of two images, or of more for a walk over all of them");
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
  add_supersample(command, o.supersample);
  add_backend(command, o.backend);
  command.callback([options, best] {
    if (options->names.size() < 2 && best->empty())
      throw CLI::RequiredError("at least two names of images, or --best-pairs N");
    interpolate(*options);
  });
}

}  // namespace chorus::app
