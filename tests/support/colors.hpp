#pragma once

#include <algorithm>
#include <cstddef>

#include "chorus/image.hpp"

// Colours, and the picture of a straight edge.

namespace chorus::test {

inline constexpr Rgb white{1, 1, 1}, red{0.9F, 0.1F, 0.1F}, blue{0.1F, 0.2F, 0.8F};

inline Rgb mix(const Rgb& a, const Rgb& b, float share) {
  Rgb mixed{};
  for (std::size_t c = 0; c < 3; ++c) mixed[c] = (1 - share) * a[c] + share * b[c];
  return mixed;
}

inline void paint(Image& image, std::size_t x, std::size_t y, const Rgb& color) {
  std::copy(color.begin(), color.end(), image.pixel(x, y));
}

/// White, then one column of `rim`, then red.
inline Image edge(const Rgb& rim) {
  Image image(16, 16);
  for (std::size_t y = 0; y < 16; ++y)
    for (std::size_t x = 0; x < 16; ++x) paint(image, x, y, x < 7 ? white : x == 7 ? rim : red);
  return image;
}

}  // namespace chorus::test
