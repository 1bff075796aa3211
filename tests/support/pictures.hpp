#pragma once

#include <array>
#include <cstddef>
#include <functional>

#include "chorus/image.hpp"
#include "colors.hpp"
#include "metrics.hpp"

// Small pictures drawn from formulas, for the tests of morphs.

namespace chorus::test {

using Point = std::array<double, 2>;  ///< x, y

/// A picture from a colour for each point of the plane (x from -1 to 1), with soft edges.
inline Image picture(PixelSize size, const std::function<Rgb(const Point&)>& color_at) {
  constexpr std::size_t samples = 4;
  const std::size_t width = size.width * samples, height = size.height * samples;
  const double unit = static_cast<double>(width) / 2;
  Image image(size.width, size.height);
  for (std::size_t y = 0; y < height; ++y)
    for (std::size_t x = 0; x < width; ++x) {
      const Point p = {(static_cast<double>(x) + 0.5) / unit - 1,
                       (static_cast<double>(y) + 0.5 - static_cast<double>(height) / 2) / unit};
      const Rgb color = color_at(p);
      for (std::size_t c = 0; c < 3; ++c)
        image.pixel(x / samples, y / samples)[c] += color[c] / (samples * samples);
    }
  return image;
}

inline constexpr PixelSize square{96, 96};

inline double psnr(const Image& a, const Image& b) {
  return chorus::psnr_db(chorus::mean_squared_error(a, b));
}

}  // namespace chorus::test
