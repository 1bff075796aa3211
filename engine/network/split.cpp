#include "split.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <stdexcept>

#include "random.hpp"

namespace chorus {

std::vector<bool> held_out_pixels(std::uint64_t seed, std::size_t image_index, std::size_t width_px,
                                  std::size_t height_px, double fraction) {
  if (!(fraction >= 0 && fraction < 1))
    throw std::invalid_argument("held_out_pixels: the fraction must be in [0, 1)");
  constexpr auto stream = static_cast<std::uint32_t>(Stream::held_out_pixels);
  const std::size_t pixels = width_px * height_px;
  std::vector<bool> held_out(pixels);
  if (fraction == 0) return held_out;
  const double bound = fraction * 0x1p32;
  for (std::size_t pixel = 0; pixel < pixels; ++pixel) {
    const PhiloxBlock words = philox(
        {static_cast<std::uint32_t>(pixel), static_cast<std::uint32_t>(image_index), 0, stream},
        seed);
    held_out[pixel] = static_cast<double>(words[0]) < bound;
  }
  if (std::find(held_out.begin(), held_out.end(), false) == held_out.end())
    held_out.assign(pixels, false);
  return held_out;
}

std::vector<bool> held_out_images(std::uint64_t seed, std::size_t count, double fraction) {
  if (!(fraction >= 0 && fraction < 1))
    throw std::invalid_argument("held_out_images: the fraction must be in [0, 1)");
  std::vector<bool> held_out(count);
  if (count == 0) return held_out;
  const auto rounded = static_cast<std::size_t>(std::lround(fraction * static_cast<double>(count)));
  const std::size_t chosen = std::min(rounded, count - 1);
  std::vector<std::size_t> order(count);
  std::iota(order.begin(), order.end(), std::size_t{0});
  RandomStream random(seed, Stream::held_out_images);
  for (std::size_t k = 0; k < chosen; ++k) {
    const std::size_t from = k + below(random.word(), static_cast<std::uint32_t>(count - k));
    std::swap(order[k], order[from]);
    held_out[order[k]] = true;
  }
  return held_out;
}

std::vector<bool> held_out_pixels(const Split& split, std::size_t image_index,
                                  const PixelSize& size) {
  return held_out_pixels(split.seed, split.first_image + image_index, size.width, size.height,
                         split.pixels);
}

Image blacked_out(Image image, const std::vector<bool>& held_out) {
  for (std::size_t pixel = 0; pixel < held_out.size(); ++pixel)
    if (held_out[pixel]) std::fill_n(&image.values[image.channels * pixel], image.channels, 0.0F);
  return image;
}

}  // namespace chorus
