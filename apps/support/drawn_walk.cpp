#include "support/drawn_walk.hpp"

#include <fmt/format.h>

#include <string>
#include <utility>

#include "chorus/error.hpp"
#include "class_map.hpp"
#include "drawn_image.hpp"
#include "even_steps.hpp"
#include "morph.hpp"
#include "printable.hpp"
#include "resample.hpp"
#include "support/drawings.hpp"
#include "support/output_files.hpp"

namespace chorus::app {

namespace {

PixelSize times(std::size_t factor, PixelSize size) {
  return {factor * size.width, factor * size.height};
}

/// Draws all images, whose names are for the message if one is no drawing.
std::vector<shapes::Drawing> drawn(const std::vector<ToDraw>& images, const Proposer& proposer,
                                   std::size_t threads) {
  std::vector<shapes::Drawing> drawings(images.size());
  draw_images(images, proposer, threads, [&](std::size_t i, const DrawnImage& each) {
    if (!each.drawn)
      throw Error(fmt::format("{}: {}; expected flat shapes (leave out --drawings)", images[i].name,
                              each.remark()));
    drawings[i] = each.drawn->drawing;
  });
  return drawings;
}

std::vector<double> places(const Morph& morph, PixelSize size, bool is_even, std::size_t count) {
  if (is_even)
    return places_of_even_steps([&](double t) { return morph.draw(t, size); }, count - 1);
  std::vector<double> equal(count);
  for (std::size_t k = 0; k < count; ++k)
    equal[k] = static_cast<double>(k) / static_cast<double>(count - 1);
  return equal;
}

}  // namespace

const shapes::Drawing& WalkDrawer::drawing_of(std::size_t image) {
  const auto known = drawings_.find(image);
  if (known != drawings_.end()) return known->second;
  ToDraw end = image_to_draw(renderer_, model_, image, trained_.find(image));
  end.name = fmt::format("'{}'", printable(end.name));
  return drawings_.emplace(image, drawn({end}, {&renderer_, &model_}, threads_).front())
      .first->second;
}

std::vector<Image> WalkDrawer::morphed(const ImagePair& pair, PixelSize size, bool is_even,
                                       std::size_t count) {
  constexpr std::size_t finer = 4;  // as in other morphs: borders are known to a part of a pixel
  const std::size_t channels = model_.siren.config().channels;
  const auto end = [&](std::size_t image) {
    return drawn_image(drawing_of(image), times(finer, size), channels);
  };
  const Morph morph(end(pair.a), end(pair.b), threads_);
  std::vector<Image> frames;
  frames.reserve(count);
  for (const double t : places(morph, size, is_even, count))
    frames.push_back(morph.draw_shapes(t, times(shapes::nodes_per_pixel(size), size)));
  return frames;
}

std::vector<Image> WalkDrawer::enlarged_frames(const ImagePair& pair, PixelSize size,
                                               const PathOptions& how, std::size_t count) {
  if (how.kind == PathKind::morph) return morphed(pair, size, how.even, count);
  Path path(renderer_, model_, pair.a, pair.b, how);
  return path.frames(count, {times(shapes::nodes_per_pixel(size), size)});
}

std::vector<shapes::Drawing> WalkDrawer::frames(const ImagePair& pair, PixelSize size,
                                                const PathOptions& how, std::size_t count) {
  const auto has_own_drawing = [&](std::size_t k) {
    return (k == 0 && model_.images[pair.a].size() == size) ||
           (k + 1 == count && model_.images[pair.b].size() == size);
  };
  std::vector<Image> enlarged = enlarged_frames(pair, size, how, count);
  std::vector<ToDraw> others;
  for (std::size_t k = 0; k < count; ++k) {
    if (has_own_drawing(k)) continue;
    ToDraw frame{fmt::format("frame {} of {}", k + 1, count),
                 resample(enlarged[k], size.width, size.height, Filter::box)};
    frame.enlarged = std::move(enlarged[k]);
    others.push_back(std::move(frame));
  }
  std::vector<shapes::Drawing> drawings = drawn(others, {}, threads_);
  if (has_own_drawing(0)) drawings.insert(drawings.begin(), drawing_of(pair.a));
  if (has_own_drawing(count - 1)) drawings.push_back(drawing_of(pair.b));
  return drawings;
}

bool is_own_animation(const std::filesystem::path& file) {
  return begins_with_mark(file, shapes::animation_mark);
}

}  // namespace chorus::app
