#include "flat_pixels.hpp"

#include <cstddef>

#include "flatness.hpp"
#include "neighbourhood.hpp"

namespace chorus {

std::vector<bool> flat_pixels(const Image& image, const std::vector<bool>& held_out) {
  std::vector<bool> flat(image.pixels());
  for (std::size_t y = 0; y < image.height; ++y)
    for (std::size_t x = 0; x < image.width; ++x) {
      const std::size_t pixel = y * image.width + x;
      flat[pixel] = (held_out.empty() || !held_out[pixel]) &&
                    neighbourhood_range(image, x, y, held_out) <= flatness::sampled;
    }
  return flat;
}

}  // namespace chorus
