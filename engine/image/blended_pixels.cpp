#include "blended_pixels.hpp"

#include <algorithm>
#include <array>
#include <cstddef>

namespace chorus {

namespace {

/// Whether a colour lies between two that differ visibly, on the line through both.
bool lies_between(const Color& color, const Color& first, const Color& second) {
  constexpr float least_contrast = 0.01F;    // squared distance of the two colours
  constexpr float largest_offset = 0.0012F;  // squared: about 5 of 255 levels per channel
  constexpr float least_share = 0.04F;       // fraction of each of the two colours
  float contrast = 0, along = 0;
  for (std::size_t c = 0; c < most_channels; ++c) {
    contrast += (second[c] - first[c]) * (second[c] - first[c]);
    along += (second[c] - first[c]) * (color[c] - first[c]);
  }
  if (contrast < least_contrast) return false;
  const float share = along / contrast;
  if (share < least_share || share > 1 - least_share) return false;
  float offset = 0;
  for (std::size_t c = 0; c < most_channels; ++c) {
    const float off = first[c] + share * (second[c] - first[c]) - color[c];
    offset += off * off;
  }
  return offset < largest_offset;
}

}  // namespace

std::vector<bool> blended_pixels(const Image& image, const std::vector<bool>& held_out) {
  constexpr std::array<std::array<std::ptrdiff_t, 2>, 4> directions = {
      {{1, 0}, {0, 1}, {1, 1}, {-1, 1}}};
  const auto width = static_cast<std::ptrdiff_t>(image.width);
  const auto height = static_cast<std::ptrdiff_t>(image.height);
  const auto is_seen = [&](std::ptrdiff_t x, std::ptrdiff_t y) {
    return x >= 0 && y >= 0 && x < width && y < height &&
           (held_out.empty() || !held_out[static_cast<std::size_t>(y * width + x)]);
  };
  const auto color = [&](std::ptrdiff_t x, std::ptrdiff_t y) {
    return color_at(image, static_cast<std::size_t>(y * width + x));
  };
  std::vector<bool> blended;
  blended.reserve(image.pixels());
  for (std::ptrdiff_t y = 0; y < height; ++y)
    for (std::ptrdiff_t x = 0; x < width; ++x)
      blended.push_back(
          is_seen(x, y) && std::any_of(directions.begin(), directions.end(), [&](const auto& d) {
            return is_seen(x - d[0], y - d[1]) && is_seen(x + d[0], y + d[1]) &&
                   lies_between(color(x, y), color(x - d[0], y - d[1]), color(x + d[0], y + d[1]));
          }));
  return blended;
}

}  // namespace chorus
