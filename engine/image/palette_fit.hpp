#pragma once

#include <array>
#include <cstddef>
#include <vector>

#include "chorus/image.hpp"

namespace chorus {

using Color = std::array<float, 3>;

/// Summed over the channels.
inline float squared_distance(const Color& a, const Color& b) {
  float sum = 0;
  for (std::size_t c = 0; c < 3; ++c) sum += (a[c] - b[c]) * (a[c] - b[c]);
  return sum;
}

struct CountedColor {
  Color color;
  std::size_t count;
};

/// A colour field p + x gx + y gy over [-1, 1] x [-1, 1].
struct ColorField {
  Color p{}, gx{}, gy{};
};

/// A pixel to fit to: where it is and what it shows.
struct PlacedColor {
  float x, y;
  Color color;
};

/// The colours (8 bits a channel) of the pixels that are not held out, most common first.
std::vector<CountedColor> count_colors(const Image& image, const std::vector<bool>& held_out);

/// The number of common colours, away from edges, that differ visibly.
std::size_t common_colors(const Image& image, const std::vector<bool>& held_out);

/// See initial_palette: constant entries.
std::vector<Color> choose_colors(const Image& image, const std::vector<bool>& held_out,
                                 std::size_t entries);

/// Pixels that are no edges; all that are not held out if those are few.
std::vector<PlacedColor> smooth_pixels(const Image& image, const std::vector<bool>& held_out);

/// Fields for clusters of pixels, starting from constant ones (k-means with planes).
std::vector<ColorField> fit_fields(const std::vector<PlacedColor>& pixels,
                                   const std::vector<Color>& start);

/// Puts the entries behind the first where the places have the nearest colours, the nearest pair
/// first. As many places as entries.
void order_as(const std::vector<Color>& places, std::vector<ColorField>& palette);

/// Puts the entries behind the first in such an order that entries of one number are alike in all
/// palettes: they are matched, the nearest first, with the centres of their clusters over all
/// palettes. The shared network then finds the same meaning behind an output for many images, and a
/// blend of two palettes blends what belongs together.
void order_alike(std::vector<std::vector<ColorField>>& palettes);

/// Mean squared distance (per channel) of pixels from the nearest field.
double distance_from(const std::vector<ColorField>& fields, const std::vector<PlacedColor>& pixels);

}  // namespace chorus
