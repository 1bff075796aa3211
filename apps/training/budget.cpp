#include "training/budget.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "chorus/error.hpp"

namespace chorus::app {

namespace {

constexpr Storage assumed_storage = Storage::int5;
constexpr std::size_t bits_of_number = 5;
constexpr std::size_t least_width = 8, most_width = 512, width_step = 8;

std::size_t latent_for(std::size_t width, std::size_t images, std::size_t bytes) {
  const std::size_t half = bytes / 2 * 8 / bits_of_number / images;
  return std::max(least_width, std::min({width, images, half / width_step * width_step}));
}

/// The size depends on shapes and names only.
std::size_t bytes_of(const SirenConfig& network, const std::vector<EncodedImage>& images) {
  Memory memory(make_backend("reference"));
  return model_file_bytes(make_model(memory, network, images, 1), assumed_storage);
}

/// The widest that fits; the narrowest if none does.
SirenConfig widest(SirenConfig network, const std::vector<EncodedImage>& images,
                   std::size_t bytes) {
  const auto with_width = [&](std::size_t width) {
    network.width = width;
    network.latent = latent_for(width, images.size(), bytes);
    return network;
  };
  std::size_t width = least_width;
  while (width < most_width && bytes_of(with_width(width + width_step), images) <= bytes)
    width += width_step;
  return with_width(width);
}

}  // namespace

SirenConfig network_within(const SirenConfig& network, const std::vector<EncodedImage>& images,
                           std::size_t bytes) {
  SirenConfig best = widest(network, images, bytes);
  if (free_palette_numbers(network) > 0) {
    SirenConfig predicted = network;
    predicted.palette_source = PaletteSource::predicted;
    predicted = widest(predicted, images, bytes);
    if (predicted.width > best.width || bytes_of(best, images) > bytes) best = predicted;
  }
  if (const std::size_t least = bytes_of(best, images); least > bytes)
    throw Error(fmt::format(
        "--budget {}: the narrowest network for these {} images takes {} bytes; expected "
        "at least that",
        bytes, images.size(), least));
  return best;
}

}  // namespace chorus::app
