#include "palette.hpp"

#include <algorithm>
#include <stdexcept>

#include "metrics.hpp"
#include "palette_fit.hpp"
#include "ridge_regression.hpp"

namespace chorus {

namespace {

std::vector<float> by_channel(const std::vector<ColorField>& entries, PaletteFields fields,
                              std::size_t channels) {
  std::vector<float> palette;
  for (const auto term : {&ColorField::p, &ColorField::gx, &ColorField::gy}) {
    if (term != &ColorField::p && fields == PaletteFields::constant) break;
    for (std::size_t c = 0; c < channels; ++c)
      for (const ColorField& entry : entries) palette.push_back((entry.*term)[c]);
  }
  return palette;
}

/// Predicted palettes: p is the mean palette, P z the regression of the remainder.
void start_prediction(Model& model, const std::vector<float>& palettes) {
  const std::size_t count = model.images.size(), numbers = palettes.size() / count;
  std::vector<float> mean(numbers);
  for (std::size_t i = 0; i < palettes.size(); ++i)
    mean[i % numbers] += palettes[i] / static_cast<float>(count);
  Table targets{count, numbers, {}};
  for (std::size_t i = 0; i < palettes.size(); ++i)
    targets.values.push_back(double{palettes[i]} - double{mean[i % numbers]});
  const std::vector<float> latents = to_host(model.latents);
  const Table inputs{count, model.latents.cols(), {latents.begin(), latents.end()}};
  for (Parameter& parameter : model.siren.parameters()) {
    if (parameter.role == Role::palette_bias) from_host(mean, parameter.value);
    if (parameter.role == Role::palette_weight)
      from_host(ridge_regression(inputs, targets), parameter.value);
  }
  model.siren.pack();
}

std::vector<bool> mask(const std::vector<NamedImage>& images, std::size_t i, const Split& split) {
  return held_out_pixels(split, i, images[i].image.size());
}

std::vector<ColorField> as_fields(const std::vector<Color>& colors) {
  std::vector<ColorField> constant;
  constant.reserve(colors.size());
  for (const Color& color : colors) constant.push_back({color, {}, {}});
  return constant;
}

std::vector<ColorField> entries_of(const Image& image, const std::vector<bool>& held_out,
                                   std::size_t entries, PaletteFields fields) {
  if (image.pixels() == 0 || entries == 0)
    throw std::invalid_argument("initial_palette: expected at least one pixel and one entry");
  const std::vector<Color> colors = choose_colors(image, held_out, entries);
  if (fields == PaletteFields::affine) return fit_fields(smooth_pixels(image, held_out), colors);
  return as_fields(colors);
}

/// The entries that the fit to the collection has found already, or else newly found ones.
std::vector<ColorField> entries_of(const PaletteFit& fit, const std::vector<NamedImage>& images,
                                   std::size_t i, const Split& split, const SirenConfig& config) {
  const auto found = fit.palettes.find(i);
  if (found != fit.palettes.end() && fit.entries == config.palette_size)
    return config.palette_fields == PaletteFields::affine ? found->second.affine
                                                          : found->second.constant;
  return entries_of(balanced(images[i].image), mask(images, i, split), config.palette_size,
                    config.palette_fields);
}

/// The k-th of `count` images that are evenly spread over all.
std::size_t evenly_spread(std::size_t k, std::size_t count, std::size_t images) {
  return k * images / count;
}

/// A number of entries that gives nearly every image all of its common colours.
std::size_t entries_for(const std::vector<NamedImage>& images, std::size_t count,
                        const Split& split) {
  constexpr std::size_t least_entries = 12, most_entries = 24;
  std::vector<std::size_t> needed;
  for (std::size_t k = 0; k < count; ++k) {
    const std::size_t i = evenly_spread(k, count, images.size());
    needed.push_back(count_common_colors(balanced(images[i].image), mask(images, i, split)));
  }
  std::sort(needed.begin(), needed.end());
  const std::size_t nearly_all = needed[(count - 1) * 9 / 10];
  return std::clamp((nearly_all + 3) / 4 * 4, least_entries, most_entries);
}

}  // namespace

std::vector<float> initial_palette(const Image& image, const std::vector<bool>& held_out,
                                   std::size_t entries, PaletteFields fields,
                                   std::span<const float> like) {
  std::vector<ColorField> palette = entries_of(balanced(image), held_out, entries, fields);
  if (!like.empty()) {
    std::vector<Color> places(entries);
    for (std::size_t k = 0; k < entries; ++k)
      for (std::size_t c = 0; c < image.channels; ++c) places[k][c] = like[c * entries + k];
    order_as(places, palette);
  }
  return by_channel(palette, fields, image.channels);
}

void initialize_palettes(Model& model, const std::vector<NamedImage>& images,
                         const PaletteFit& fit) {
  const SirenConfig& config = model.siren.config();
  if (config.head != Head::palette) return;
  if (images.size() != model.images.size())
    throw std::invalid_argument("initialize_palettes: expected the images of the model");
  std::vector<std::vector<ColorField>> entries;
  for (std::size_t i = 0; i < images.size(); ++i)
    entries.push_back(entries_of(fit, images, i, model.split, config));
  order_alike(entries);
  std::vector<float> palettes;
  for (const std::vector<ColorField>& each : entries) {
    const std::vector<float> palette = by_channel(each, config.palette_fields, config.channels);
    palettes.insert(palettes.end(), palette.begin(), palette.end());
  }
  if (model.palettes)
    from_host(palettes, model.palettes);
  else
    start_prediction(model, palettes);
}

PaletteFit fit_palettes(const std::vector<NamedImage>& images, const Split& split,
                        std::size_t entries) {
  constexpr std::size_t most_images = 64;
  constexpr double constants_db = 48, drawn_db = 28;
  const std::size_t count = std::min(images.size(), most_images);
  if (count == 0) throw std::invalid_argument("fit_palettes: no images");
  PaletteFit fit;
  fit.entries = entries == 0 ? entries_for(images, count, split) : entries;
  for (std::size_t k = 0; k < count; ++k) {
    const std::size_t i = evenly_spread(k, count, images.size());
    const std::vector<bool> held_out = mask(images, i, split);
    const Image image = balanced(images[i].image);
    const std::vector<PlacedColor> pixels = smooth_pixels(image, held_out);
    const std::vector<Color> colors = choose_colors(image, held_out, fit.entries);
    const FoundPalettes& found = fit.palettes[i] = {as_fields(colors), fit_fields(pixels, colors)};
    const double fraction = 1 / static_cast<double>(count);
    if (psnr_db(distance_from(found.constant, pixels)) > constants_db)
      fit.constant_fraction += fraction;
    if (psnr_db(distance_from(found.affine, pixels)) > drawn_db) fit.drawn_fraction += fraction;
  }
  return fit;
}

}  // namespace chorus
