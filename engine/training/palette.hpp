#pragma once

#include <cstddef>
#include <map>
#include <span>
#include <vector>

#include "chorus/image.hpp"
#include "chorus/model.hpp"
#include "chorus/siren.hpp"
#include "palette_fit.hpp"
#include "split.hpp"

// Palettes from training pixels, and what those pixels say about which head suits a collection.
// Held-out pixels are not looked at.

namespace chorus {

/// A palette for one image, as palette_numbers describes: entry 0 is the background (the most
/// common colour of the border), then exact colours that are common (at least 1 pixel in 400), then
/// colours as far as possible from those before; copies of the mean if the image has fewer colours.
/// Colours that an edge gives to the pixels it passes through are not among them.
/// Affine fields are then fitted to the pixels that are no edges. `held_out` is a mask, or empty.
/// With another palette to be `like` of the same kind, the entries behind the first come in its
/// order: each near the one of its number.
std::vector<float> initial_palette(const Image& image, const std::vector<bool>& held_out,
                                   std::size_t entries, PaletteFields fields,
                                   std::span<const float> like = {});

/// Palettes of one image, before they are ordered: of as many constant colours or affine fields.
struct FoundPalettes {
  std::vector<ColorField> constant, affine;
};

/// How well palettes explain a collection.
struct PaletteFit {
  std::size_t entries = 12;      ///< a number that suits: all common colours of nearly every image
  double constant_fraction = 0;  ///< of the images are explained by so many constant colours
  double drawn_fraction = 0;     ///< of the images come within 28 dB of as many affine fields
  std::map<std::size_t, FoundPalettes> palettes;  ///< of the images looked at, by their index
};

/// An image is explained if the pixels that are no edges (all pixels, if most are edges) are nearer
/// than 48 dB to constant colours: drawings in flat colours are (51 dB and more in 95 of 100),
/// shaded ones are not (35 to 47), but are still drawn better from palettes of fields than by the
/// rgb head; noise does not come within 28 dB of fields (photographs were not tried). Up to 64
/// images, evenly spread, are looked at. `entries` = 0 lets the images decide.
PaletteFit fit_palettes(const std::vector<NamedImage>& images, const Split& split,
                        std::size_t entries = 0);

/// Starts the palettes of a fresh model from its training images: free palettes as initial_palette
/// gives them, predicted ones as near to those as a ridge regression on the latents comes.
/// Palettes that a fit to the same images has found already, with as many entries, are taken from
/// it. Does nothing without the palette head.
void initialize_palettes(Model& model, const std::vector<NamedImage>& images,
                         const PaletteFit& fit = {});

}  // namespace chorus
