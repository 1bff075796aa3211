#include "stored_picture.hpp"

#include <cmath>
#include <utility>

#include "alpha.hpp"

namespace chorus {
namespace {

/// `Sample` reads one channel of a pixel as a value in [0, 1]. Colours are raised to `exponent`.
/// The image has alpha if something shows through and there is no background.
template <class Sample>
Image image_of_samples(const PixelSize& size, double exponent, const std::optional<Rgb>& background,
                       Sample sample) {
  const auto tone = [&](std::size_t i) {
    return exponent == 1 ? sample(i) : std::pow(sample(i), static_cast<float>(exponent));
  };
  bool is_transparent = false;
  for (std::size_t i = 0; !is_transparent && i < size.width * size.height; ++i)
    is_transparent = sample(i * 4 + 3) < 1;
  Image image(size, is_transparent && !background ? 4 : 3);
  const Rgb behind = background.value_or(black);
  for (std::size_t i = 0; i < image.pixels(); ++i) {
    const float alpha = sample(i * 4 + 3);
    Color color = {alpha * tone(i * 4), alpha * tone(i * 4 + 1), alpha * tone(i * 4 + 2), alpha};
    for (std::size_t c = 0; !image.has_alpha() && c < 3; ++c) color[c] += (1 - alpha) * behind[c];
    set_color(image, i, color);
  }
  return image;
}

/// Turns and mirrors a picture as Exif says: where its first row and its first column are shown.
Image oriented(Image stored, unsigned orientation) {
  if (orientation == 1) return stored;
  const bool transposed = orientation >= 5;
  const bool flip_x = orientation == 2 || orientation == 3 || orientation >= 7;
  const bool flip_y = orientation == 3 || orientation == 4 || orientation == 6 || orientation == 7;
  const PixelSize size = transposed ? PixelSize{stored.height, stored.width} : stored.size();
  Image shown(size, stored.channels);
  for (std::size_t y = 0; y < size.height; ++y)
    for (std::size_t x = 0; x < size.width; ++x) {
      const std::size_t column = transposed ? y : x, row = transposed ? x : y;
      set_color(shown, y * size.width + x,
                color_at(stored, (flip_y ? stored.height - 1 - row : row) * stored.width +
                                     (flip_x ? stored.width - 1 - column : column)));
    }
  return shown;
}

}  // namespace

Image image_as_shown(const StoredPicture& picture, const std::optional<Rgb>& background) {
  const std::vector<unsigned char>& rgba = picture.rgba;
  const auto low = [&](std::size_t i) { return rgba[i] / 255.0F; };
  const auto high = [&](std::size_t i) {
    return static_cast<float>(rgba[2 * i] * 256 + rgba[2 * i + 1]) / 65535.0F;
  };
  return oriented(picture.has_16_bits
                      ? image_of_samples(picture.size, picture.exponent, background, high)
                      : image_of_samples(picture.size, picture.exponent, background, low),
                  picture.orientation);
}

}  // namespace chorus
