#pragma once

#include <cstddef>
#include <map>
#include <span>
#include <vector>

#include "chorus/image.hpp"
#include "chorus/model.hpp"
#include "chorus/siren.hpp"
#include "communicator.hpp"
#include "palette_fit.hpp"
#include "split.hpp"

// Initial palettes from training pixels, and the choice of a head that suits a collection. Held-out
// pixels are not read.

namespace chorus {

/// A palette for one image, in the format of palette_numbers(). Entry 0 is the background, the most
/// common colour of the border. Then come exact colours that are common (at least 1 pixel in 400),
/// then colours that are as far as possible from all before them, and copies of the mean if the
/// image has fewer colours. Colours that an edge gives to the pixels it passes through are left
/// out. Affine fields are then fitted to the pixels that are not on edges. `held_out` is a mask, or
/// empty. If `like` is another palette of the same kind, the entries after the first are put into
/// its order: each is near to the one with its index.
std::vector<float> initial_palette(const Image& image, const std::vector<bool>& held_out,
                                   std::size_t entries, PaletteFields fields,
                                   std::span<const float> like = {});

/// Palettes of one image with equally many constant colours or affine fields, before they are
/// ordered.
struct FoundPalettes {
  std::vector<ColorField> constant, affine;
};

/// How well palettes explain a collection.
struct PaletteFit {
  std::size_t entries = 12;      ///< suits the collection: all common colours of nearly every image
  double constant_fraction = 0;  ///< fraction of the images that this many constant colours explain
  double drawn_fraction = 0;     ///< fraction that reaches 28 dB with as many affine fields
  std::map<std::size_t, FoundPalettes> palettes;  ///< by image; only images looked at
};

/// An image is explained if the pixels that are not on edges (or all pixels, if most are on edges)
/// reach 48 dB with constant colours. This holds for drawings in flat colours (51 dB and more
/// for 95 of 100). It does not hold for shaded ones (35 to 47 dB), which palettes of fields still
/// draw better than the rgb head. Noise does not reach 28 dB with fields; photographs were not
/// tried. Up to 64 images, evenly spread, are looked at. With `entries` = 0 the images decide on
/// the number. Where processes share the collection, each has images of its own, from
/// split.first_image on, and all get the same result, but only the palettes of their own.
PaletteFit fit_palettes(const std::vector<NamedImage>& images, const Split& split,
                        std::size_t entries = 0, Communicator& processes = *alone());

/// Initializes the palettes of a new model from its training images. Free palettes are those of
/// initial_palette(); predicted ones are as near to those as a ridge regression on the latents
/// comes. Palettes that `fit` has found already for the same images, with as many entries, are
/// taken from it. Does nothing without the palette head. Processes that share the collection
/// exchange their palettes.
void initialize_palettes(Model& model, const std::vector<NamedImage>& images,
                         const PaletteFit& fit = {}, Communicator& processes = *alone());

}  // namespace chorus
