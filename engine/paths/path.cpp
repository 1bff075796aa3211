#include "chorus/path.hpp"

#include <stdexcept>

#include "even_steps.hpp"
#include "path_names.hpp"
#include "path_segment.hpp"

namespace chorus {

std::string_view name(PathKind kind) { return enum_names<PathKind>.name(kind); }
PathKind parse_path_kind(std::string_view text) { return enum_names<PathKind>.parse(text); }

namespace {

constexpr std::size_t steps_of_frame = 16, most_measured_steps = 64;

std::unique_ptr<PathSegment> make_segment(Renderer& renderer, const Model& model, std::size_t from,
                                          std::size_t to, const PathOptions& options) {
  if (from >= model.images.size() || to >= model.images.size())
    throw std::invalid_argument("Path: the model has no such image");
  if (options.kind == PathKind::morph)
    return morph_segment(renderer, model, from, to, options.threads);
  return latent_segment(renderer, model, from, to, options.kind);
}

}  // namespace

Path::Path(Renderer& renderer, const Model& model, std::size_t from, std::size_t to,
           const PathOptions& options)
    : segment_(make_segment(renderer, model, from, to, options)),
      measured_raster_{model.images[from].size(), model.samples_per_axis},
      even_(options.even) {}

Path::Path(Path&&) noexcept = default;
Path& Path::operator=(Path&&) noexcept = default;
Path::~Path() = default;

const std::vector<double>& Path::even_places(std::size_t steps) {
  const auto known = places_.find(steps);
  if (known != places_.end()) return known->second;
  const auto frame_at = [&](double u) { return segment_->at(u, measured_raster_); };
  return places_[steps] = places_of_even_steps(frame_at, steps);
}

Image Path::frame(double t, const Raster& raster) {
  if (!(t >= 0 && t <= 1)) throw std::invalid_argument("Path: t is outside [0, 1]");
  if (raster.size.width == 0 || raster.size.height == 0 || raster.samples_per_axis == 0)
    throw std::invalid_argument("Path: the raster has no pixels or no samples");
  return segment_->at(even_ ? on_polyline(even_places(steps_of_frame), t) : t, raster);
}

Image Path::frame_of(std::size_t k, std::size_t count, const Raster& raster) {
  if (count < 2) throw std::invalid_argument("Path: expected at least 2 frames");
  if (k >= count) throw std::invalid_argument("Path: there is no such frame");
  const std::size_t steps = count - 1;
  if (even_ && steps <= most_measured_steps) return segment_->at(even_places(steps)[k], raster);
  return frame(static_cast<double>(k) / static_cast<double>(steps), raster);
}

std::vector<Image> Path::frames(std::size_t count, const Raster& raster) {
  if (count < 2) throw std::invalid_argument("Path: expected at least 2 frames");
  std::vector<Image> frames;
  for (std::size_t k = 0; k < count; ++k) frames.push_back(frame_of(k, count, raster));
  return frames;
}

}  // namespace chorus
