#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace chorus {

struct PixelSize {
  std::size_t width = 0;   ///< pixels
  std::size_t height = 0;  ///< pixels

  std::size_t longer_side() const { return width > height ? width : height; }
  bool operator==(const PixelSize&) const = default;
};

/// An RGB image. Row-major, interleaved, values in [0, 1] (nominally; a network may overshoot).
struct Image {
  std::size_t width = 0;   ///< pixels
  std::size_t height = 0;  ///< pixels
  std::vector<float> rgb;  ///< height x width x 3

  Image() = default;
  Image(std::size_t width_px, std::size_t height_px, float value = 0.0F)
      : width(width_px), height(height_px), rgb(width_px * height_px * 3, value) {}

  std::size_t pixels() const { return width * height; }
  PixelSize size() const { return {width, height}; }
  float* pixel(std::size_t x, std::size_t y) { return &rgb[(y * width + x) * 3]; }
  const float* pixel(std::size_t x, std::size_t y) const { return &rgb[(y * width + x) * 3]; }
};

/// An image of a collection and the name that identifies it at every size.
struct NamedImage {
  std::string name;
  Image image;
};

}  // namespace chorus
