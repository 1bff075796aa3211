#pragma once

#include <array>
#include <cstddef>
#include <string>
#include <vector>

namespace chorus {

using Rgb = std::array<float, 3>;  ///< each in [0, 1]

struct PixelSize {
  std::size_t width = 0;   ///< pixels
  std::size_t height = 0;  ///< pixels

  std::size_t longer_side() const { return width > height ? width : height; }
  bool operator==(const PixelSize&) const = default;
};

/// The pixels of an image and how each is found. A pixel is the mean of samples_per_axis x
/// samples_per_axis points of its square; 1 stands for its centre alone.
struct Raster {
  PixelSize size;
  std::size_t samples_per_axis = 1;
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

/// Images of one size, sorted by name (byte order). Names are unique and printable UTF-8.
using Collection = std::vector<NamedImage>;

/// The centre of pixel j of n along an axis on which the picture reaches from -1 to 1.
inline float pixel_centre(std::size_t j, std::size_t n) {
  return static_cast<float>((2.0 * static_cast<double>(j) + 1.0) / static_cast<double>(n) - 1.0);
}

}  // namespace chorus
