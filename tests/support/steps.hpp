#pragma once

#include <algorithm>
#include <cstddef>
#include <vector>

#include "image_distance.hpp"

namespace chorus::test {

/// How uneven the steps of a path are: the largest distance of two neighbouring frames over the
/// mean.
inline double largest_step_over_mean(const std::vector<Image>& frames) {
  double largest = 0, total = 0;
  for (std::size_t k = 0; k + 1 < frames.size(); ++k) {
    const double step = pixel_distance(frames[k], frames[k + 1]);
    largest = std::max(largest, step);
    total += step;
  }
  return largest / (total / static_cast<double>(frames.size() - 1));
}

}  // namespace chorus::test
