#include "steep_bicubic.hpp"

#include <algorithm>

#include "resample.hpp"

namespace chorus {

namespace {

constexpr float slope = 4;

/// The least and greatest value of a channel around a pixel.
struct Range {
  float low, high;
};
Range range_around(const Image& image, std::size_t x, std::size_t y, std::size_t channel) {
  const std::size_t left = x > 0 ? x - 1 : 0, right = std::min(x + 1, image.width - 1);
  const std::size_t top = y > 0 ? y - 1 : 0, bottom = std::min(y + 1, image.height - 1);
  Range range{image.pixel(x, y)[channel], image.pixel(x, y)[channel]};
  for (std::size_t v = top; v <= bottom; ++v)
    for (std::size_t u = left; u <= right; ++u) {
      range.low = std::min(range.low, image.pixel(u, v)[channel]);
      range.high = std::max(range.high, image.pixel(u, v)[channel]);
    }
  return range;
}

}  // namespace

Image steep_bicubic(const Image& image, PixelSize size) {
  if (size.width <= image.width || size.height <= image.height)
    return resample(image, size.width, size.height, Filter::bicubic);
  constexpr std::size_t most_side = 4096;
  const std::size_t factor = std::clamp<std::size_t>(most_side / image.size().longer_side(), 1, 16);
  Image large = resample(image, image.width * factor, image.height * factor, Filter::bicubic);
  for (std::size_t y = 0; y < image.height; ++y)
    for (std::size_t x = 0; x < image.width; ++x)
      for (std::size_t c = 0; c < image.channels; ++c) {
        const auto [low, high] = range_around(image, x, y, c);
        const float middle = (low + high) / 2;
        for (std::size_t v = y * factor; v < (y + 1) * factor; ++v)
          for (std::size_t u = x * factor; u < (x + 1) * factor; ++u) {
            float& value = large.pixel(u, v)[c];
            value = std::clamp(middle + slope * (value - middle), low, high);
          }
      }
  return resample(large, size.width, size.height, Filter::box);
}

}  // namespace chorus
