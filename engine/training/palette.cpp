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
void start_prediction(Model& model, const std::vector<float>& palettes,
                      const std::vector<float>& latents) {
  const std::size_t count = latents.size() / model.latents.cols();
  const std::size_t numbers = palettes.size() / count;
  std::vector<float> mean(numbers);
  for (std::size_t i = 0; i < palettes.size(); ++i)
    mean[i % numbers] += palettes[i] / static_cast<float>(count);
  Table targets{count, numbers, {}};
  for (std::size_t i = 0; i < palettes.size(); ++i)
    targets.values.push_back(double{palettes[i]} - double{mean[i % numbers]});
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

/// Those of up to 64 images, evenly spread over a collection, that this process has.
class LookedAt {
 public:
  LookedAt(std::size_t own_images, std::size_t first_image, Communicator& processes) {
    constexpr std::size_t most_images = 64;
    const std::size_t all = sum_of(processes, own_images);
    count = std::min(all, most_images);
    for (std::size_t k = 0; k < count; ++k)
      if (const std::size_t i = k * all / count; i >= first_image && i < first_image + own_images)
        own.push_back(i - first_image);
  }
  std::size_t count;             ///< in all processes
  std::vector<std::size_t> own;  ///< numbers of images of this process
};

/// A number of entries that gives nearly every image all of its common colours.
std::size_t entries_for(const std::vector<NamedImage>& images, const LookedAt& looked_at,
                        const Split& split, Communicator& processes) {
  constexpr std::size_t least_entries = 12, most_entries = 24;
  std::vector<std::size_t> own;
  for (const std::size_t i : looked_at.own)
    own.push_back(count_common_colors(balanced(images[i].image), mask(images, i, split)));
  std::vector<std::size_t> needed = gathered_by_all(processes, own);
  std::sort(needed.begin(), needed.end());
  const std::size_t nearly_all = needed[(looked_at.count - 1) * 9 / 10];
  return std::clamp((nearly_all + 3) / 4 * 4, least_entries, most_entries);
}

/// The entries of all processes' palettes, brought into a common order, for the own palettes.
std::vector<std::vector<ColorField>> ordered_alike(const std::vector<std::vector<ColorField>>& own,
                                                   std::size_t entries, std::size_t first_image,
                                                   Communicator& processes) {
  std::vector<ColorField> in_a_row;
  for (const std::vector<ColorField>& each : own)
    in_a_row.insert(in_a_row.end(), each.begin(), each.end());
  const std::vector<ColorField> together = gathered_by_all(processes, in_a_row);
  std::vector<std::vector<ColorField>> all;
  for (auto place = together.begin(); place != together.end();) {
    const auto end = place + static_cast<std::ptrdiff_t>(entries);
    all.emplace_back(place, end);
    place = end;
  }
  order_alike(all);
  const auto first = all.begin() + static_cast<std::ptrdiff_t>(first_image);
  return {first, first + static_cast<std::ptrdiff_t>(own.size())};
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

void initialize_palettes(Model& model, const std::vector<NamedImage>& images, const PaletteFit& fit,
                         Communicator& processes) {
  const SirenConfig& config = model.siren.config();
  if (config.head != Head::palette) return;
  if (images.size() != model.images.size())
    throw std::invalid_argument("initialize_palettes: expected the images of the model");
  std::vector<std::vector<ColorField>> entries;
  for (std::size_t i = 0; i < images.size(); ++i)
    entries.push_back(entries_of(fit, images, i, model.split, config));
  entries = ordered_alike(entries, config.palette_size,
                          images.empty() ? 0 : model.split.first_image, processes);
  std::vector<float> palettes;
  for (const std::vector<ColorField>& each : entries) {
    const std::vector<float> palette = by_channel(each, config.palette_fields, config.channels);
    palettes.insert(palettes.end(), palette.begin(), palette.end());
  }
  if (model.palettes)
    from_host(palettes, model.palettes);
  else
    start_prediction(model, gathered_by_all(processes, palettes),
                     gathered_by_all(processes, to_host(model.latents)));
}

PaletteFit fit_palettes(const std::vector<NamedImage>& images, const Split& split,
                        std::size_t entries, Communicator& processes) {
  constexpr double constants_db = 48, drawn_db = 28;
  const LookedAt looked_at(images.size(), split.first_image, processes);
  if (looked_at.count == 0) throw std::invalid_argument("fit_palettes: no images");
  PaletteFit fit;
  fit.entries = entries == 0 ? entries_for(images, looked_at, split, processes) : entries;
  std::size_t explained = 0, drawn = 0;
  for (const std::size_t i : looked_at.own) {
    const std::vector<bool> held_out = mask(images, i, split);
    const Image image = balanced(images[i].image);
    const std::vector<PlacedColor> pixels = smooth_pixels(image, held_out);
    const std::vector<Color> colors = choose_colors(image, held_out, fit.entries);
    const FoundPalettes& found = fit.palettes[i] = {as_fields(colors), fit_fields(pixels, colors)};
    if (psnr_db(distance_from(found.constant, pixels)) > constants_db) ++explained;
    if (psnr_db(distance_from(found.affine, pixels)) > drawn_db) ++drawn;
  }
  // Added up one by one, since the choice of a head compares with 0.8.
  const auto fraction = [&](std::size_t own) {
    double sum = 0;
    for (std::size_t k = sum_of(processes, own); k > 0; --k)
      sum += 1 / static_cast<double>(looked_at.count);
    return sum;
  };
  fit.constant_fraction = fraction(explained);
  fit.drawn_fraction = fraction(drawn);
  return fit;
}

}  // namespace chorus
