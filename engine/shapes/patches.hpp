#pragma once

#include <vector>

#include "chorus/image.hpp"
#include "plane_fit.hpp"

namespace chorus::shapes {

/// A part of a picture whose colours change evenly.
struct Patch {
  Plane plane;                ///< at the centres of pixels, whose numbers count from 0
  Color mean{};               ///< of its pixels
  std::vector<char> pixels;   ///< of the picture: whether they belong to it
  std::vector<char> is_near;  ///< likewise, or are at most 2 pixels away
};

/// The gradients of a picture, found by growing from pixels whose neighbourhood is a plane. A
/// gradient that bends is several patches.
std::vector<Patch> find_patches(const Image& picture);

}  // namespace chorus::shapes
