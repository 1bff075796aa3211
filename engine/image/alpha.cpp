#include "alpha.hpp"

namespace chorus {

namespace {

/// `ground` maps the row-major number of a pixel to the colour behind it.
template <class Ground>
Image over_each(const Image& image, const Ground& ground) {
  if (!image.has_alpha()) return image;
  Image opaque(image.size(), 3);
  for (std::size_t pixel = 0; pixel < image.pixels(); ++pixel) {
    const Color color = color_at(image, pixel);
    const Rgb behind = ground(pixel);
    for (std::size_t c = 0; c < 3; ++c)
      opaque.values[3 * pixel + c] = color[c] + (1 - color[3]) * behind[c];
  }
  return opaque;
}

}  // namespace

Image over(const Image& image, const Rgb& ground) {
  return over_each(image, [&](std::size_t) { return ground; });
}

Image over_checkerboard(const Image& image) {
  constexpr std::size_t square_px = 8;
  constexpr Rgb light = {0.82F, 0.82F, 0.84F}, dark = {0.68F, 0.68F, 0.70F};
  return over_each(image, [&](std::size_t pixel) {
    const std::size_t column = pixel % image.width / square_px;
    const std::size_t row = pixel / image.width / square_px;
    return (column + row) % 2 == 0 ? light : dark;
  });
}

Image with_alpha(Image image) {
  if (image.has_alpha()) return image;
  Image made(image.size(), 4);
  for (std::size_t pixel = 0; pixel < image.pixels(); ++pixel) {
    Color color = color_at(image, pixel);
    color[3] = 1;
    set_color(made, pixel, color);
  }
  return made;
}

double mean_over_grounds(const Image& a, const Image& b,
                         double (*measure)(const Image&, const Image&)) {
  return (measure(over(a, white), over(b, white)) + measure(over(a, black), over(b, black))) / 2;
}

Image alpha_as_grey(const Image& image) {
  Image grey(image.size(), 3);
  for (std::size_t pixel = 0; pixel < image.pixels(); ++pixel)
    for (std::size_t c = 0; c < 3; ++c)
      grey.values[3 * pixel + c] = image.has_alpha() ? color_at(image, pixel)[3] : 1.0F;
  return grey;
}

}  // namespace chorus
