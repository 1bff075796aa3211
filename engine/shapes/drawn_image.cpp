#include "drawn_image.hpp"

#include <memory>

#include "area_raster.hpp"

namespace chorus::shapes {

namespace {

Drawing scaled(Drawing drawing, PixelSize size) {
  const Point factor = {
      static_cast<double>(size.width) / static_cast<double>(drawing.size.width),
      static_cast<double>(size.height) / static_cast<double>(drawing.size.height)};
  for (Point& p : drawing.points) p = {factor.x * p.x, factor.y * p.y};
  for (Paint& paint : drawing.paints) {
    if (paint.gradient)
      paint.gradient = std::make_shared<const Gradient>(stretched(*paint.gradient, factor));
    for (std::size_t c = 0; c < most_channels; ++c) {
      paint.slope_x[c] /= factor.x;
      paint.slope_y[c] /= factor.y;
    }
  }
  drawing.size = size;
  return drawing;
}

}  // namespace

Image drawn_image(const Drawing& drawing, PixelSize size, std::size_t channels) {
  const Pixels pixels = rasterize(scaled(drawing, size));
  Image image(size, channels);
  for (std::size_t p = 0; p < pixels.size(); ++p)
    for (std::size_t c = 0; c < channels; ++c)
      image.values[p * channels + c] = static_cast<float>(pixels[p][c]);
  return premultiplied(std::move(image));
}

}  // namespace chorus::shapes
