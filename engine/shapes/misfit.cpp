#include "misfit.hpp"

#include <algorithm>

namespace chorus::shapes {

Pixels numbers_of(const Image& balanced) {
  Pixels pixels(balanced.pixels());
  for (std::size_t p = 0; p < pixels.size(); ++p) {
    const Color color = color_at(balanced, p);
    for (std::size_t c = 0; c < most_channels; ++c) pixels[p][c] = static_cast<double>(color[c]);
  }
  return pixels;
}

double misfit(const Numbers& drawn, const Numbers& target, const Noise& noise) {
  if (is_held_out(target)) return 0;
  double sum = 0;
  for (std::size_t c = 0; c < drawn.size(); ++c)
    sum += robust((drawn[c] - target[c]) / noise.sigma, noise.huber);
  return sum;
}

double misfit(const Pixels& drawn, const Pixels& target, const Noise& noise) {
  double sum = 0;
  for (std::size_t p = 0; p < drawn.size(); ++p) sum += misfit(drawn[p], target[p], noise);
  return sum;
}

double largest_error(const Numbers& drawn, const Numbers& target) {
  if (is_held_out(target)) return 0;
  double most = 0;
  for (std::size_t c = 0; c < drawn.size(); ++c)
    most = std::max(most, std::abs(drawn[c] - target[c]));
  return most;
}

double mean_squared(const Pixels& drawn, const Pixels& target) {
  double sum = 0;
  std::size_t seen = 0;
  for (std::size_t p = 0; p < drawn.size(); ++p) {
    if (is_held_out(target[p])) continue;
    ++seen;
    for (std::size_t c = 0; c < drawn[p].size(); ++c)
      sum += (drawn[p][c] - target[p][c]) * (drawn[p][c] - target[p][c]);
  }
  return sum / (3 * static_cast<double>(std::max<std::size_t>(1, seen)));
}

}  // namespace chorus::shapes
