#pragma once

#include <array>
#include <cmath>
#include <cstddef>
#include <functional>

#include "../engine/src/field.hpp"
#include "chorus/image.hpp"
#include "chorus/metrics.hpp"

// Small pictures drawn from formulas, for the tests of morphs.

namespace chorus::test {

using Rgb = std::array<float, 3>;

inline constexpr Rgb white{1, 1, 1}, red{0.9F, 0.1F, 0.1F}, blue{0.1F, 0.2F, 0.8F};

/// A picture from a colour for each point of the plane (x from -1 to 1), with soft edges.
inline Image picture(PixelSize size, const std::function<Rgb(const Point&)>& color_at) {
  constexpr std::size_t samples = 4;
  const chorus::Plane plane{{size.width * samples, size.height * samples}};
  Image image(size.width, size.height);
  for (std::size_t y = 0; y < plane.size.height; ++y)
    for (std::size_t x = 0; x < plane.size.width; ++x)
      for (std::size_t c = 0; c < 3; ++c)
        image.pixel(x / samples, y / samples)[c] +=
            color_at(plane.point(x, y))[c] / (samples * samples);
  return image;
}

inline constexpr PixelSize square{96, 96};

inline double psnr(const Image& a, const Image& b) {
  return chorus::psnr_db(chorus::mean_squared_error(a, b));
}

}  // namespace chorus::test
