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

/// The image as an array of height x width x channels, without a copy.
inline auto as_array(const Image& image) {
  const std::array<std::size_t, 3> shape = {image.height, image.width, image.channels};
  return xt::adapt(image.values.data(), image.values.size(), xt::no_ownership(), shape);
}

inline auto as_array(Image& image) {
  const std::array<std::size_t, 3> shape = {image.height, image.width, image.channels};
  return xt::adapt(image.values.data(), image.values.size(), xt::no_ownership(), shape);
}

}  // namespace chorus
