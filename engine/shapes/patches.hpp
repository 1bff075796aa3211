#pragma once

#include <memory>
#include <vector>

#include "chorus/image.hpp"
#include "gradient.hpp"
#include "plane_fit.hpp"

namespace chorus::shapes {

/// A part of a picture whose colours change evenly.
struct Patch {
  Plane plane;  ///< at the centres of pixels, whose numbers count from 0
  std::shared_ptr<const Gradient> gradient;  ///< of colours that are on no plane, otherwise null
  Color mean{};                              ///< of its pixels
  std::vector<char> pixels;                  ///< of the picture: whether they belong to it
  std::vector<char> is_near;                 ///< likewise, or are at most 2 pixels away

  /// The colour at a place, as of the plane.
  Color at(double x, double y) const;
  PixelSize picture;
};

/// The gradients of a picture, found by growing from pixels whose neighbourhood is a plane, as far
/// as the pixels are on one plane. Colours that bend are several patches, or one if they are
/// `together` and one gradient of an SVG explains them.
enum class Bends { apart, together };  ///< whether colours that bend are one patch
std::vector<Patch> find_patches(const Image& picture, Bends bends);

}  // namespace chorus::shapes
