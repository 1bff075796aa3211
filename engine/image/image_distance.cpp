#include "image_distance.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>
#include <map>
#include <vector>

#include "alpha.hpp"
#include "border_color.hpp"
#include "compared.hpp"
#include "metrics.hpp"

namespace chorus {

namespace {

using PixelSet = std::vector<bool>;  ///< row-major

double one_minus_overlap(const PixelSet& a, const PixelSet& b) {
  std::size_t both = 0, either = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    both += a[i] && b[i] ? 1 : 0;
    either += a[i] || b[i] ? 1 : 0;
  }
  return either == 0 ? 0 : 1 - static_cast<double>(both) / static_cast<double>(either);
}

/// Directions with coordinates of -1, 0 and 1, without their opposites.
std::vector<std::array<int, 3>> thirteen_lines() {
  std::vector<std::array<int, 3>> lines;
  for (int r = -1; r <= 1; ++r)
    for (int g = -1; g <= 1; ++g)
      for (int b = -1; b <= 1; ++b)
        if (r > 0 || (r == 0 && (g > 0 || (g == 0 && b > 0)))) lines.push_back({r, g, b});
  return lines;
}

constexpr int levels_per_channel = 256;

/// For each value of r R + g G + b B, the number of pixels that have it. The least possible value
/// comes first.
std::vector<int> projected_counts(const Image& image, const std::array<int, 3>& line) {
  int lowest = 0, extent = 0;
  for (const int coordinate : line) {
    lowest += std::min(coordinate, 0) * (levels_per_channel - 1);
    extent += std::abs(coordinate) * (levels_per_channel - 1);
  }
  std::vector<int> counts(static_cast<std::size_t>(extent) + 1);
  for (std::size_t p = 0; p < image.pixels(); ++p) {
    int place = -lowest;
    for (std::size_t c = 0; c < 3; ++c) place += line[c] * to_byte(image.values[3 * p + c]);
    ++counts[static_cast<std::size_t>(place)];
  }
  return counts;
}

PixelSet silhouette(const Image& image) {
  constexpr float tolerance = 24.5F / 255;
  PixelSet mask(image.pixels());
  if (image.has_alpha()) {
    for (std::size_t p = 0; p < mask.size(); ++p) mask[p] = color_at(image, p)[3] >= 0.5F;
    return mask;
  }
  const Color background = border_color(image);
  for (std::size_t p = 0; p < mask.size(); ++p)
    for (std::size_t c = 0; c < 3; ++c)
      if (std::abs(image.values[3 * p + c] - background[c]) > tolerance) mask[p] = true;
  return mask;
}

/// The largest Sobel gradient of any channel at a pixel. The border is repeated.
float gradient(const Image& image, std::size_t x, std::size_t y) {
  const std::size_t left = x == 0 ? 0 : x - 1, right = std::min(x + 1, image.width - 1);
  const std::size_t up = y == 0 ? 0 : y - 1, down = std::min(y + 1, image.height - 1);
  float largest = 0;
  for (std::size_t c = 0; c < image.channels; ++c) {
    const auto at = [&](std::size_t u, std::size_t v) { return image.pixel(u, v)[c]; };
    const float dx = at(right, up) - at(left, up) + 2 * (at(right, y) - at(left, y)) +
                     at(right, down) - at(left, down);
    const float dy = at(left, down) - at(left, up) + 2 * (at(x, down) - at(x, up)) +
                     at(right, down) - at(right, up);
    largest = std::max(largest, std::hypot(dx, dy) / 8);
  }
  return largest;
}

/// The edge pixels and their neighbours.
PixelSet wide_edges(const Image& image) {
  constexpr float threshold = 0.1F;
  PixelSet mask(image.pixels());
  for (std::size_t y = 0; y < image.height; ++y)
    for (std::size_t x = 0; x < image.width; ++x) {
      if (gradient(image, x, y) < threshold) continue;
      for (std::size_t v = y == 0 ? 0 : y - 1; v < std::min(y + 2, image.height); ++v)
        for (std::size_t u = x == 0 ? 0 : x - 1; u < std::min(x + 2, image.width); ++u)
          mask[v * image.width + u] = true;
    }
  return mask;
}

}  // namespace

double pixel_distance(const Image& a, const Image& b) {
  return std::sqrt(mean_squared_error(a, b));
}

double palette_distance(const Image& a, const Image& b) {
  check_compared(a, b);
  if (a.has_alpha()) return mean_over_grounds(a, b, palette_distance);
  const std::vector<std::array<int, 3>> lines = thirteen_lines();
  double sum = 0;
  for (const std::array<int, 3>& line : lines) {
    const std::vector<int> counts_a = projected_counts(a, line);
    const std::vector<int> counts_b = projected_counts(b, line);
    double moved = 0;
    int surplus = 0;  // number of pixels to be carried to later values
    for (std::size_t i = 0; i < counts_a.size(); ++i) {
      surplus += counts_a[i] - counts_b[i];
      moved += std::abs(surplus);
    }
    sum += moved / static_cast<double>((counts_a.size() - 1) * a.pixels());
  }
  return sum / static_cast<double>(lines.size());
}

double silhouette_distance(const Image& a, const Image& b) {
  check_compared(a, b);
  return one_minus_overlap(silhouette(a), silhouette(b));
}

double edge_distance(const Image& a, const Image& b) {
  check_compared(a, b);
  if (a.has_alpha()) return one_minus_overlap(wide_edges(balanced(a)), wide_edges(balanced(b)));
  return one_minus_overlap(wide_edges(a), wide_edges(b));
}

}  // namespace chorus
