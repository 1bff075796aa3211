#include "area_raster.hpp"

namespace chorus::shapes {

namespace {

void add_scaled(Numbers& sum, const Numbers& value, double factor) {
  for (std::size_t c = 0; c < sum.size(); ++c) sum[c] += factor * value[c];
}

}  // namespace

AreaCanvas::Shade* AreaCanvas::shade_of(const Drawing& drawing, int region) {
  const auto& gradient = drawing.paints[static_cast<std::size_t>(region)].gradient;
  if (!gradient) return nullptr;
  for (Shade& shade : shades_)
    if (shade.region == region && shade.gradient == gradient) return &shade;
  return &shades_.emplace_back(Shade{region, gradient, std::vector<double>(bases_.size())});
}

void AreaCanvas::add(const Drawing& drawing, const Chain& chain, double factor) {
  const Paint jump = linear_jump(drawing.paints[static_cast<std::size_t>(chain.left)],
                                 drawing.paints[static_cast<std::size_t>(chain.right)]);
  const bool slopes = !jump.is_flat();
  shade_of(drawing, chain.left);  // the second one may move the first
  Shade* const right = shade_of(drawing, chain.right);
  Shade* const left = shade_of(drawing, chain.left);
  if (left == right && !slopes && jump.base == Numbers{}) return;
  if (slopes && slopes_.empty()) slopes_.resize(bases_.size());
  for (const Segment& segment : chain.segments)
    walk_chords(drawing, segment, [&](Point p, Point q, int, int) {
      walk_pixels(p, q, size_, [&](const Crossed& piece) {
        is_touched_[piece.y] = 1;
        const std::size_t cell = piece.y * (size_.width + 1) + piece.x;
        const double near = factor * piece.rise * (1 - piece.right_share);
        const double far = factor * piece.rise * piece.right_share;
        add_scaled(bases_[cell], jump.base, near);
        add_scaled(bases_[cell + 1], jump.base, far);
        if (slopes) {
          add_scaled(slopes_[cell].x, jump.slope_x, near);
          add_scaled(slopes_[cell].y, jump.slope_y, near);
          add_scaled(slopes_[cell + 1].x, jump.slope_x, far);
          add_scaled(slopes_[cell + 1].y, jump.slope_y, far);
        }
        if (left != nullptr) {
          left->areas[cell] += near;
          left->areas[cell + 1] += far;
        }
        if (right != nullptr) {
          right->areas[cell] -= near;
          right->areas[cell + 1] -= far;
        }
      });
    });
}

void AreaCanvas::resolve(Pixels& pixels) const {
  pixels.resize(size_.width * size_.height);
  for (std::size_t y = 0; y < size_.height; ++y) resolve_row(y, pixels);
}

void AreaCanvas::resolve_row(std::size_t y, Pixels& pixels) const {
  const std::size_t first = y * (size_.width + 1);
  Numbers base{};
  for (std::size_t x = 0; x < size_.width; ++x) {
    add_scaled(base, bases_[first + x], 1);
    pixels[y * size_.width + x] = base;
  }
  add_shades(y, pixels);
  if (slopes_.empty()) return;
  const double half_width = static_cast<double>(size_.width) / 2;
  const double half_height = static_cast<double>(size_.height) / 2;
  Slopes slopes;
  for (std::size_t x = 0; x < size_.width; ++x) {
    add_scaled(slopes.x, slopes_[first + x].x, 1);
    add_scaled(slopes.y, slopes_[first + x].y, 1);
    Numbers& pixel = pixels[y * size_.width + x];
    add_scaled(pixel, slopes.x, static_cast<double>(x) + 0.5 - half_width);
    add_scaled(pixel, slopes.y, static_cast<double>(y) + 0.5 - half_height);
  }
}

void AreaCanvas::add_shades(std::size_t y, Pixels& pixels) const {
  constexpr double nothing = 1e-9;  // what rounding leaves of borders that were taken away
  const std::size_t first = y * (size_.width + 1);
  const Point centre = {static_cast<double>(size_.width) / 2,
                        static_cast<double>(size_.height) / 2};
  for (const Shade& shade : shades_) {
    double area = 0;
    for (std::size_t x = 0; x < size_.width; ++x) {
      area += shade.areas[first + x];
      if (std::abs(area) < nothing) continue;
      const Point middle = {static_cast<double>(x) + 0.5, static_cast<double>(y) + 0.5};
      add_scaled(pixels[y * size_.width + x], shade.gradient->at(middle - centre), area);
    }
  }
}

void AreaCanvas::restore_row(std::size_t y, const AreaCanvas& before) {
  const auto cells = static_cast<std::ptrdiff_t>(size_.width) + 1;
  const std::ptrdiff_t first = static_cast<std::ptrdiff_t>(y) * cells;
  std::copy_n(before.bases_.begin() + first, cells, bases_.begin() + first);
  if (!before.slopes_.empty())
    std::copy_n(before.slopes_.begin() + first, cells, slopes_.begin() + first);
  else if (!slopes_.empty())
    std::fill_n(slopes_.begin() + first, cells, Slopes{});
  // Shades are only added, at the end.
  for (std::size_t i = 0; i < shades_.size(); ++i) {
    const auto to = shades_[i].areas.begin() + first;
    if (i < before.shades_.size())
      std::copy_n(before.shades_[i].areas.begin() + first, cells, to);
    else
      std::fill_n(to, cells, 0.0);
  }
}

void AreaCanvas::restore(const AreaCanvas& before) {
  for (std::size_t y = 0; y < size_.height; ++y)
    if (is_touched(y)) restore_row(y, before);
  forget_touches();
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
