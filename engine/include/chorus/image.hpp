#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
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

/// The pixels of an image, and the samples for each of them. A pixel is the mean of
/// samples_per_axis x samples_per_axis points of its square; 1 means its centre alone.
struct Raster {
  PixelSize size;
  std::size_t samples_per_axis = 1;
};

/// A rectangle of a raster's pixels, from its upper left corner on.
struct Region {
  std::size_t x = 0, y = 0;  ///< of its first pixel
  PixelSize size;
};

/// An image with or without transparency. Row-major, interleaved, values in [0, 1] (nominally; a
/// network may overshoot). An opaque image has three channels: red, green and blue. One with alpha
/// has four: red, green and blue multiplied by alpha, then alpha (Porter and Duff 1984). Areas,
/// resampling and mixtures are then means of the values, and invisible colours do not matter.
struct Image {
  std::size_t width = 0;      ///< pixels
  std::size_t height = 0;     ///< pixels
  std::size_t channels = 3;   ///< 3 or 4
  std::vector<float> values;  ///< height x width x channels

  Image() = default;
  Image(std::size_t width_px, std::size_t height_px, float value = 0.0F,
        std::size_t channel_count = 3)
      : width(width_px),
        height(height_px),
        channels(channel_count),
        values(width_px * height_px * channel_count, value) {}
  Image(PixelSize size_px, std::size_t channel_count)
      : Image(size_px.width, size_px.height, 0.0F, channel_count) {}

  std::size_t pixels() const { return width * height; }
  PixelSize size() const { return {width, height}; }
  bool has_alpha() const { return channels == 4; }
  float* pixel(std::size_t x, std::size_t y) { return &values[(y * width + x) * channels]; }
  const float* pixel(std::size_t x, std::size_t y) const {
    return &values[(y * width + x) * channels];
  }
};

/// The largest number of channels that an image can have.
constexpr std::size_t most_channels = 4;

/// The values of a pixel. The fourth is 0 if the image is opaque and so has three channels only.
using Color = std::array<float, most_channels>;

// The error of an image with alpha is the mean of its squared errors over white and over black.
// With p the colour multiplied by alpha, a the alpha, and d for differences, it is
//
//   ((dp + d(1 - a))^2 + dp^2) / 2  =  (dp - da / 2)^2 + (da / 2)^2
//
// for each colour channel. Averaged over the three, this is the plain squared distance of
//
//   g = p + (1 - a) / 2  for each colour channel (the colour over middle grey) and
//   h = a sqrt(3) / 2,
//
// summed over all four and divided by 3. We call these the balanced numbers of a pixel, since black
// and white are equally far from full transparency. The outputs and palettes of a network are
// balanced, so that only input and output have to know of alpha. The balanced numbers of an opaque
// image are its colours.

/// The value of h if alpha is 1.
constexpr float balanced_alpha = 0.866025404F;

inline Color balanced(const Color& premultiplied) {
  const auto [r, g, b, alpha] = premultiplied;
  const float grey = (1 - alpha) / 2;
  return {r + grey, g + grey, b + grey, balanced_alpha * alpha};
}

inline Color premultiplied(const Color& balanced) {
  const auto [r, g, b, h] = balanced;
  const float alpha = h / balanced_alpha, grey = (1 - alpha) / 2;
  return {r - grey, g - grey, b - grey, alpha};
}

/// The values of a pixel, which is given by its row-major number.
inline Color color_at(const Image& image, std::size_t pixel) {
  Color color{};
  for (std::size_t c = 0; c < image.channels; ++c)
    color[c] = image.values[pixel * image.channels + c];
  return color;
}
inline void set_color(Image& image, std::size_t pixel, const Color& color) {
  for (std::size_t c = 0; c < image.channels; ++c)
    image.values[pixel * image.channels + c] = color[c];
}

// These convert images with alpha, and return opaque images as they are.

inline Image balanced(Image image) {
  for (std::size_t pixel = 0; image.has_alpha() && pixel < image.pixels(); ++pixel)
    set_color(image, pixel, balanced(color_at(image, pixel)));
  return image;
}
inline Image premultiplied(Image image) {
  for (std::size_t pixel = 0; image.has_alpha() && pixel < image.pixels(); ++pixel)
    set_color(image, pixel, premultiplied(color_at(image, pixel)));
  return image;
}

/// Converts a value from [0, 1] to 8 bits, rounded. Values outside are clipped, and NaN gives 0.
inline std::uint8_t to_byte(float value) {
  if (!(value > 0.0F)) return 0;
  if (value >= 1.0F) return 255;
  // lround would be a call for each value of an image.
  return static_cast<std::uint8_t>(value * 255.0F + 0.5F);  // NOLINT(bugprone-incorrect-roundings)
}

/// The bytes of a pixel with alpha as files hold them: the colour not multiplied by alpha, then
/// alpha; all 0 where nothing can be seen.
inline std::array<std::uint8_t, 4> straight_bytes(const Color& premultiplied) {
  const auto [r, g, b, a] = premultiplied;
  const std::uint8_t alpha = to_byte(a);
  if (alpha == 0) return {};
  return {to_byte(r / a), to_byte(g / a), to_byte(b / a), alpha};
}

/// An image of a collection and the name that identifies it at every size.
struct NamedImage {
  std::string name;
  Image image;
};

/// Images, sorted by name (byte order). Names are unique and printable UTF-8.
using Collection = std::vector<NamedImage>;

/// The centre of pixel j of n along an axis on which the picture reaches from -1 to 1.
inline float pixel_centre(std::size_t j, std::size_t n) {
  return static_cast<float>((2.0 * static_cast<double>(j) + 1.0) / static_cast<double>(n) - 1.0);
}

}  // namespace chorus
