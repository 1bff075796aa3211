#pragma once

// The only file that includes xtensor, because files that include it take 4 to 7 times longer to
// compile, and xtensor's types change with the instruction set of the target.

#include <array>
#include <cstddef>
#include <xtensor/xadapt.hpp>
#include <xtensor/xmath.hpp>
#include <xtensor/xtensor.hpp>
#include <xtensor/xview.hpp>

#include "chorus/image.hpp"

namespace chorus {

/// The image as an array of height x width x 3, without a copy.
inline auto as_array(const Image& image) {
  const std::array<std::size_t, 3> shape = {image.height, image.width, 3};
  return xt::adapt(image.rgb.data(), image.rgb.size(), xt::no_ownership(), shape);
}

inline auto as_array(Image& image) {
  const std::array<std::size_t, 3> shape = {image.height, image.width, 3};
  return xt::adapt(image.rgb.data(), image.rgb.size(), xt::no_ownership(), shape);
}

}  // namespace chorus
