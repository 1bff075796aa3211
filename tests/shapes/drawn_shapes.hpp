#pragma once

#include <array>
#include <cmath>
#include <cstddef>
#include <functional>

#include "chorus/image.hpp"

namespace chorus::test {

/// The colour of a place of a made-up picture; x and y in pixels.
using Painted = std::function<Color(double x, double y)>;

/// The picture of the colours, each pixel the mean of samples x samples points, rounded to 8 bits
/// as in a PNG. Numbers are premultiplied if there are four channels.
inline Image painted(PixelSize size, const Painted& color, std::size_t channels = 3,
                     std::size_t samples = 48) {
  Image image(size, channels);
  for (std::size_t y = 0; y < size.height; ++y)
    for (std::size_t x = 0; x < size.width; ++x) {
      std::array<double, most_channels> sum{};
      for (std::size_t i = 0; i < samples * samples; ++i) {
        const auto place = [&](std::size_t pixel, std::size_t sample) {
          return static_cast<double>(pixel) +
                 (static_cast<double>(sample) + 0.5) / static_cast<double>(samples);
        };
        const Color here = color(place(x, i % samples), place(y, i / samples));
        for (std::size_t c = 0; c < channels; ++c) sum[c] += static_cast<double>(here[c]);
      }
      for (std::size_t c = 0; c < channels; ++c) {
        const double mean = sum[c] / static_cast<double>(samples * samples);
        image.pixel(x, y)[c] = static_cast<float>(std::round(mean * 255) / 255);
      }
    }
  return image;
}

}  // namespace chorus::test
