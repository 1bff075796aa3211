#pragma once

#include <cstddef>
#include <vector>

#include "chorus/image.hpp"
#include "color_field.hpp"

namespace chorus {

// Images with alpha, and the colours found in them, are in balanced numbers (image.hpp).

struct CountedColor {
  Color color;
  std::size_t count;
};

/// A pixel for a fit: its centre in [-1, 1] x [-1, 1] and its colour.
struct PlacedColor {
  float x, y;
  Color color;
};

/// The colours (8 bits per channel) of the pixels that are not held out, most common first.
std::vector<CountedColor> count_colors(const Image& image, const std::vector<bool>& held_out);

/// The number of colours that are common away from edges and differ visibly from each other.
std::size_t count_common_colors(const Image& image, const std::vector<bool>& held_out);

/// The constant entries of a palette, see initial_palette().
std::vector<Color> choose_colors(const Image& image, const std::vector<bool>& held_out,
                                 std::size_t entries);

/// The pixels that are not on edges, or, if these are few, all that are not held out.
std::vector<PlacedColor> smooth_pixels(const Image& image, const std::vector<bool>& held_out);

/// Colour fields for clusters of pixels, by k-means that starts with constant fields.
std::vector<ColorField> fit_fields(const std::vector<PlacedColor>& pixels,
                                   const std::vector<Color>& start);

/// Moves all entries but the first to the places whose colours are nearest, beginning with the
/// nearest pair. There must be as many places as entries.
void order_as(const std::vector<Color>& places, std::vector<ColorField>& palette);

/// Orders all entries but the first so that entries of the same index are similar in all palettes.
/// They are matched with the centres of clusters of the colours of all palettes, beginning with the
/// nearest pair. An output of the shared network then means the same in many images, and a blend of
/// two palettes blends colours that belong together.
void order_alike(std::vector<std::vector<ColorField>>& palettes);

/// The mean squared distance of pixels from the nearest field, divided by three: per colour
/// channel.
double distance_from(const std::vector<ColorField>& fields, const std::vector<PlacedColor>& pixels);

}  // namespace chorus
