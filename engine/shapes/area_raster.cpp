#include "area_raster.hpp"

namespace chorus::shapes {

namespace {

void add_scaled(Numbers& sum, const Numbers& value, double factor) {
  for (std::size_t c = 0; c < sum.size(); ++c) sum[c] += factor * value[c];
}

void add_scaled(Paint& sum, const Paint& value, double factor, bool slopes) {
  add_scaled(sum.base, value.base, factor);
  if (!slopes) return;
  add_scaled(sum.slope_x, value.slope_x, factor);
  add_scaled(sum.slope_y, value.slope_y, factor);
}

}  // namespace

void AreaCanvas::add(const Drawing& drawing, const Chain& chain) {
  const Paint jump = drawing.paints[static_cast<std::size_t>(chain.left)] -
                     drawing.paints[static_cast<std::size_t>(chain.right)];
  const bool slopes = !jump.is_flat();
  if (!slopes && jump.base == Numbers{}) return;
  slopes_ = slopes_ || slopes;
  for (const Segment& segment : chain.segments)
    walk_chords(drawing, segment, [&](Point p, Point q, int, int) {
      walk_pixels(p, q, size_, [&](const Crossed& piece) {
        Paint* cell = &cells_[piece.y * (size_.width + 1) + piece.x];
        add_scaled(cell[0], jump, piece.rise * (1 - piece.right_share), slopes);
        add_scaled(cell[1], jump, piece.rise * piece.right_share, slopes);
      });
    });
}

void AreaCanvas::resolve(Pixels& pixels) const {
  pixels.resize(size_.width * size_.height);
  const double half_width = static_cast<double>(size_.width) / 2;
  const double half_height = static_cast<double>(size_.height) / 2;
  for (std::size_t y = 0; y < size_.height; ++y) {
    Paint sum;
    for (std::size_t x = 0; x < size_.width; ++x) {
      add_scaled(sum, cells_[y * (size_.width + 1) + x], 1, slopes_);
      const Point place = {static_cast<double>(x) + 0.5 - half_width,
                           static_cast<double>(y) + 0.5 - half_height};
      pixels[y * size_.width + x] = slopes_ ? sum.at(place) : sum.base;
    }
  }
}

Pixels rasterize(const Drawing& drawing) {
  AreaCanvas canvas(drawing.size);
  for (const Chain& chain : drawing.chains) canvas.add(drawing, chain);
  Pixels pixels;
  canvas.resolve(pixels);
  return pixels;
}

Coverage coverage(const Drawing& drawing) {
  const std::size_t width = drawing.size.width, height = drawing.size.height;
  Coverage result{drawing.size, {}};
  std::vector<std::vector<float>> cells(drawing.paints.size(),
                                        std::vector<float>((width + 1) * height));
  for (const Chain& chain : drawing.chains) {
    float* left = cells[static_cast<std::size_t>(chain.left)].data();
    float* right = cells[static_cast<std::size_t>(chain.right)].data();
    for (const Segment& segment : chain.segments)
      walk_chords(drawing, segment, [&](Point p, Point q, int, int) {
        walk_pixels(p, q, drawing.size, [&](const Crossed& piece) {
          const std::size_t cell = piece.y * (width + 1) + piece.x;
          const auto near = static_cast<float>(piece.rise * (1 - piece.right_share));
          const auto far = static_cast<float>(piece.rise * piece.right_share);
          left[cell] += near;
          left[cell + 1] += far;
          right[cell] -= near;
          right[cell + 1] -= far;
        });
      });
  }
  cells.pop_back();
  for (const std::vector<float>& row_sums : cells) {
    std::vector<float>& shares = result.of_region.emplace_back(width * height);
    for (std::size_t y = 0; y < height; ++y) {
      float sum = 0;
      for (std::size_t x = 0; x < width; ++x)
        shares[y * width + x] = sum += row_sums[y * (width + 1) + x];
    }
  }
  return result;
}

}  // namespace chorus::shapes
