#pragma once

#include <cstddef>
#include <vector>

#include "chorus/image.hpp"
#include "color_field.hpp"

namespace chorus {

struct CountedColor {
  Rgb color;
  std::size_t count;
};

/// A pixel to fit to: its centre, in [-1, 1] x [-1, 1], and its colour.
struct PlacedColor {
  float x, y;
  Rgb color;
};

/// The colours (8 bits a channel) of the pixels that are not held out, most common first.
std::vector<CountedColor> count_colors(const Image& image, const std::vector<bool>& held_out);

/// How many colours are common away from edges and differ visibly from each other.
std::size_t count_common_colors(const Image& image, const std::vector<bool>& held_out);

/// The constant entries of a palette, see initial_palette.
std::vector<Rgb> choose_colors(const Image& image, const std::vector<bool>& held_out,
                               std::size_t entries);

/// The pixels that are not on edges; if those are few, all that are not held out.
std::vector<PlacedColor> smooth_pixels(const Image& image, const std::vector<bool>& held_out);

/// Colour fields for clusters of pixels, starting from constant ones (k-means with planes).
std::vector<ColorField> fit_fields(const std::vector<PlacedColor>& pixels,
                                   const std::vector<Rgb>& start);

/// Moves all entries but the first to the places whose colours are nearest; the nearest pair
/// chooses first. There must be as many places as entries.
void order_as(const std::vector<Rgb>& places, std::vector<ColorField>& palette);

/// Orders all entries but the first so that entries of the same number are alike in all palettes:
/// they are matched with the centres of clusters of all palettes' colours, the nearest pair first.
/// An output of the shared network then means the same for many images, and a blend of two palettes
/// blends colours that belong together.
void order_alike(std::vector<std::vector<ColorField>>& palettes);

/// Mean squared distance (per channel) of pixels from the nearest field.
double distance_from(const std::vector<ColorField>& fields, const std::vector<PlacedColor>& pixels);

}  // namespace chorus
