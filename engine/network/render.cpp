#include "chorus/render.hpp"

#include <algorithm>
#include <cmath>
#include <span>
#include <stdexcept>
#include <utility>

#include "chorus/error.hpp"
#include "chorus/ops.hpp"
#include "formatted.hpp"
#include "printable.hpp"

namespace chorus {

namespace {

/// Points of [-1, 1] x [-1, 1]: x, y, x, y, ...
using Points = std::vector<float>;

/// A pixel whose centre differs from a neighbour's by more than this is averaged over its points.
constexpr float busy_threshold = 4.0F / 255.0F;

Region whole(PixelSize size) { return {0, 0, size}; }

Points pixel_centres(PixelSize size, const Region& region) {
  Points points;
  points.reserve(2 * region.size.width * region.size.height);
  for (std::size_t y = region.y; y < region.y + region.size.height; ++y)
    for (std::size_t x = region.x; x < region.x + region.size.width; ++x)
      points.insert(points.end(), {pixel_centre(x, size.width), pixel_centre(y, size.height)});
  return points;
}

/// The points of each listed pixel of a region (row-major indices), one pixel after another.
Points points_within(const Raster& raster, const Region& region,
                     const std::vector<std::size_t>& pixels) {
  const std::size_t k = raster.samples_per_axis;
  const auto [width, height] = raster.size;
  Points points;
  points.reserve(2 * k * k * pixels.size());
  for (const std::size_t pixel : pixels) {
    const std::size_t x = region.x + pixel % region.size.width;
    const std::size_t y = region.y + pixel / region.size.width;
    for (std::size_t v = 0; v < k; ++v)
      for (std::size_t u = 0; u < k; ++u)
        points.insert(points.end(),
                      {pixel_centre(x * k + u, width * k), pixel_centre(y * k + v, height * k)});
  }
  return points;
}

/// The region and the pixels around it, as far as the raster reaches.
Region with_margin(const Region& region, PixelSize raster) {
  const std::size_t x = region.x - std::min<std::size_t>(region.x, 1);
  const std::size_t y = region.y - std::min<std::size_t>(region.y, 1);
  return {x,
          y,
          {std::min(region.x + region.size.width + 1, raster.width) - x,
           std::min(region.y + region.size.height + 1, raster.height) - y}};
}

/// The part of an image of the region `from`.
Image part(Image image, const Region& from, const Region& region) {
  if (region.size == from.size) return image;
  Image result(region.size, image.channels);
  for (std::size_t y = 0; y < result.height; ++y)
    std::copy_n(image.pixel(region.x - from.x, region.y - from.y + y),
                result.width * result.channels, result.pixel(0, y));
  return result;
}

/// Whether a pixel of the region `from` lies in the other region.
bool lies_in(const Region& region, const Region& from, std::size_t pixel) {
  const std::size_t x = from.x + pixel % from.size.width, y = from.y + pixel / from.size.width;
  return x >= region.x && x - region.x < region.size.width && y >= region.y &&
         y - region.y < region.size.height;
}

bool differ(const float* a, const float* b, std::size_t channels) {
  for (std::size_t c = 0; c < channels; ++c)
    if (std::abs(a[c] - b[c]) > busy_threshold) return true;
  return false;
}

/// The pixels that differ from one of their eight neighbours.
std::vector<std::size_t> busy_pixels(const Image& image) {
  std::vector<bool> busy(image.pixels());
  const auto compare = [&](std::size_t p, std::size_t q) {
    const std::size_t n = image.channels;
    if (differ(&image.values[n * p], &image.values[n * q], n)) busy[p] = busy[q] = true;
  };
  for (std::size_t y = 0; y < image.height; ++y)
    for (std::size_t x = 0; x < image.width; ++x) {
      const std::size_t p = y * image.width + x;
      const bool right = x + 1 < image.width, below = y + 1 < image.height;
      if (right) compare(p, p + 1);
      if (below) compare(p, p + image.width);
      if (right && below) {
        compare(p, p + image.width + 1);
        compare(p + 1, p + image.width);
      }
    }
  std::vector<std::size_t> pixels;
  for (std::size_t p = 0; p < busy.size(); ++p)
    if (busy[p]) pixels.push_back(p);
  return pixels;
}

/// Gives each listed pixel the mean of its `per_pixel` colours.
void put_means(Image& image, const std::vector<std::size_t>& pixels,
               const std::vector<float>& colors, std::size_t per_pixel) {
  const float share = 1.0F / static_cast<float>(per_pixel);
  const float* color = colors.data();
  for (const std::size_t pixel : pixels) {
    float* mean = &image.values[image.channels * pixel];
    std::fill_n(mean, image.channels, 0.0F);
    for (std::size_t i = 0; i < per_pixel; ++i, color += image.channels)
      for (std::size_t c = 0; c < image.channels; ++c) mean[c] += share * color[c];
  }
}

/// Numbers of a model that are finite and absurd give colours that are not, which would be written
/// as black.
Image require_finite(Image image) {
  const auto is_finite = [](float value) { return std::isfinite(value); };
  if (std::all_of(image.values.begin(), image.values.end(), is_finite)) return image;
  throw Error("its colours are not finite numbers; the model is damaged, or its training failed");
}

/// Constants of the values that another tape computed. The values must outlive `tape`.
Conditioned as_constants(Tape& tape, const Conditioned& images) {
  return images.map([&](const Var& value) { return tape.constant(value.value().non_owning()); });
}

}  // namespace

std::size_t usual_samples(const Model& model, std::size_t trained_side, std::size_t longer_side) {
  const std::size_t as_dense =
      (model.samples_per_axis * trained_side + longer_side - 1) / longer_side;
  return std::max<std::size_t>(as_dense, model.samples_per_axis > 1 ? 2 : 1);
}

Renderer::Renderer(Memory& memory, const Model& model)
    : backend_(memory.backend()),
      model_(model),
      memories_(worker_memories(memory.shared_backend())) {}

ImageCode Renderer::code(std::size_t image) const {
  const std::scoped_lock my_turn(turn_);
  return image_code(model_, image);
}

Conditioned Renderer::condition(Tape& tape, const ImageCode& code) {
  const SirenConfig& config = model_.siren.config();
  Memory& memory = memories_.front();
  const auto row = [&](const std::vector<float>& values) {
    return values.empty() ? Var() : tape.constant(memory.from(values, 1, values.size()));
  };
  Conditioned image =
      model_.siren.condition(model_.siren.on_tape(tape), row(code.latent), row(code.palette));
  for (std::size_t l = 0; !code.shifts.empty() && l <= config.hidden_layers; ++l) {
    const std::span<const float> shift(&code.shifts[l * config.width], config.width);
    Var& sum = image.layers[l].shift;
    sum = sum + tape.constant(memory.from(shift, 1, config.width));
  }
  return image;
}

std::vector<float> Renderer::evaluate(std::span<const float> points, std::size_t columns,
                                      const Conditioned& image, const Formula& formula) {
  const std::size_t rows = points.size() / 2;
  const std::size_t tile = backend_.tile_rows(model_.siren.config().width);
  std::vector<float> result(columns * rows);
  backend_.parallel((rows + tile - 1) / tile, [&](std::size_t t, std::size_t worker) {
    const std::size_t first = t * tile, count = std::min(tile, rows - first);
    Memory& memory = memories_[worker];
    Tape tape(memory, Activations::reduced);
    const Var output =
        formula(tape, tape.constant(memory.from(points.subspan(2 * first, 2 * count), count, 2)),
                as_constants(tape, image));
    const std::vector<float> values = to_host(output.value());
    std::copy(values.begin(), values.end(),
              result.begin() + static_cast<std::ptrdiff_t>(columns * first));
  });
  return result;
}

std::vector<float> Renderer::colors(std::span<const float> points, const Conditioned& image) {
  const Siren& siren = model_.siren;
  return evaluate(points, siren.config().channels, image,
                  [&](Tape& tape, const Var& places, const Conditioned& conditioned) {
                    return siren.decode(siren.on_tape(tape), places, conditioned);
                  });
}

void Renderer::check(const ImageCode& code, const Raster& raster, const Region& region) const {
  const SirenConfig& config = model_.siren.config();
  if (code.latent.size() != config.latent || code.palette.size() != free_palette_numbers(config))
    throw std::invalid_argument("render: the code's latent or palette does not fit the model");
  if (!code.shifts.empty() && code.shifts.size() != shift_numbers(config))
    throw std::invalid_argument("render: the number of the code's shifts does not fit the model");
  const auto& [size, samples] = raster;
  if (size.width == 0 || size.height == 0 || samples == 0)
    throw std::invalid_argument("render: the raster has no pixels or no samples");
  const auto within = [](std::size_t first, std::size_t count, std::size_t all) {
    return count > 0 && count <= all && first <= all - count;
  };
  if (!within(region.x, region.size.width, size.width) ||
      !within(region.y, region.size.height, size.height))
    throw std::invalid_argument("render: the region is empty or not within the raster");
}

EntryScores Renderer::entry_scores(const ImageCode& code, PixelSize size) {
  const Siren& siren = model_.siren;
  const SirenConfig& config = siren.config();
  check(code, {size}, whole(size));
  if (config.head != Head::palette)
    throw std::invalid_argument("entry_scores: the model has no palettes");
  const std::scoped_lock my_turn(turn_);
  Tape tape(memories_.front());
  const Conditioned conditioned = condition(tape, code);
  EntryScores scores;
  scores.logits = evaluate(pixel_centres(size, whole(size)), config.palette_size, conditioned,
                           [&](Tape& tile, const Var& places, const Conditioned& image) {
                             return siren.output(siren.on_tape(tile), places, image);
                           });
  const std::vector<float> palette = to_host(conditioned.palettes.value());
  scores.entries.assign(config.palette_size, Color{});
  for (std::size_t c = 0; c < config.channels; ++c)
    for (std::size_t e = 0; e < config.palette_size; ++e)
      scores.entries[e][c] = palette[c * config.palette_size + e];
  return scores;
}

Image Renderer::render(const ImageCode& code, const Raster& raster) {
  return render(code, raster, whole(raster.size));
}

Image Renderer::render(const ImageCode& code, const Raster& raster, const Region& region) {
  check(code, raster, region);
  const std::size_t samples = raster.samples_per_axis;
  // Whether a pixel is busy depends on its neighbours.
  const Region seen = samples == 1 ? region : with_margin(region, raster.size);
  const std::scoped_lock my_turn(turn_);
  Tape tape(memories_.front());
  const Conditioned conditioned = condition(tape, code);
  Image image(seen.size, model_.siren.config().channels);
  image.values = colors(pixel_centres(raster.size, seen), conditioned);
  if (samples == 1) return require_finite(premultiplied(std::move(image)));
  std::vector<std::size_t> busy = busy_pixels(image);
  std::erase_if(busy, [&](std::size_t pixel) { return !lies_in(region, seen, pixel); });
  put_means(image, busy, colors(points_within(raster, seen, busy), conditioned), samples * samples);
  return require_finite(premultiplied(part(std::move(image), seen, region)));
}

Image Renderer::render(std::size_t image, const Raster& raster) {
  try {
    return render(code(image), raster);
  } catch (const Error& error) {
    throw Error(formatted("image '{}': {}", printable(model_.images[image].name), error.what()));
  }
}

}  // namespace chorus
