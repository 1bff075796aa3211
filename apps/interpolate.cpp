#include <fmt/format.h>

#include "chorus/error.hpp"
#include "chorus/files.hpp"
#include "chorus/printable.hpp"
#include "chorus/render.hpp"
#include "chorus/sheet.hpp"
#include "chorus/similarity.hpp"
#include "commands.hpp"
#include "session.hpp"

namespace chorus::app {

namespace {

constexpr std::size_t animation_frames = 25;
constexpr unsigned animation_frame_ms = 60;

/// The pictures between two images of a model, both ends included, on the straight line between
/// their latents and palettes; sizes that differ change along with them.
std::vector<Image> path_frames(Renderer& renderer, const Model& model, const ImagePair& pair,
                               std::size_t count, const InterpolateOptions& options) {
  const ImageCode from = renderer.code(pair.a), to = renderer.code(pair.b);
  const PixelSize size = scaled_size(model.images[pair.a], options.size);
  const std::size_t supersample = supersample_for(model, pair.a, options.size, options.supersample);
  std::vector<Image> frames;
  for (std::size_t k = 0; k < count; ++k) {
    const float t = static_cast<float>(k) / static_cast<float>(count - 1);
    frames.push_back(renderer.render(lerp(from, to, t), size.width, size.height, supersample));
  }
  return frames;
}

Image strip(const std::vector<Image>& frames) {
  Sheet sheet;
  for (std::size_t k = 0; k < frames.size(); ++k)
    sheet.column_titles.push_back(
        fmt::format("{:.2f}", static_cast<double>(k) / static_cast<double>(frames.size() - 1)));
  sheet.rows.push_back(frames);
  return draw(sheet);
}

/// There and back, so that the loop has no jump.
std::vector<Image> there_and_back(std::vector<Image> frames) {
  for (std::size_t k = frames.size() - 1; k-- > 1;) frames.push_back(frames[k]);
  return frames;
}

void write_path(Renderer& renderer, const Model& model, const ImagePair& pair,
                const std::filesystem::path& folder, const InterpolateOptions& options) {
  make_folder(folder);
  const std::vector<Image> frames = path_frames(renderer, model, pair, options.frames, options);
  for (std::size_t k = 0; k < frames.size(); ++k)
    write_png(folder / fmt::format("frame_{:03}.png", k), frames[k]);
  write_png(folder / "strip.png", strip(frames));
  write_animation(folder / "animation.png",
                  there_and_back(path_frames(renderer, model, pair, animation_frames, options)),
                  animation_frame_ms);
  fmt::print("{} -> {} (distance {:.3f}): {}\n", printable(model.images[pair.a].name),
             printable(model.images[pair.b].name), pair.distance, shown(folder));
}

}  // namespace

void interpolate(const InterpolateOptions& options) {
  Session session(options.backend);
  const Model model = load_model(session.memory, options.model);
  Renderer renderer(session.memory, model);
  const auto distances = pairwise_distances(modulation_vectors(*session.backend, model));
  if (options.best_pairs == 0) {
    const std::size_t a = find_image(model, options.a), b = find_image(model, options.b);
    return write_path(renderer, model, {a, b, distances[a][b]}, options.out, options);
  }
  if (model.images.size() < 2 * options.best_pairs)
    throw Error(fmt::format("{} disjoint pairs need {} images; the model has {}",
                            options.best_pairs, 2 * options.best_pairs, model.images.size()));
  for (const ImagePair& pair : closest_disjoint_pairs(distances, options.best_pairs))
    write_path(renderer, model, pair,
               options.out / (model.images[pair.a].name + "-" + model.images[pair.b].name),
               options);
}

}  // namespace chorus::app
