#include "border_color.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <map>

#include "bytes.hpp"

namespace chorus {

Rgb border_color(const Image& image) {
  struct Sum {
    std::size_t pixels = 0;
    std::array<std::uint64_t, 3> bytes{};
  };
  std::map<std::array<unsigned, 3>, Sum> colors;  // keys: bytes rounded to multiples of 17
  for (std::size_t y = 0; y < image.height; ++y)
    for (std::size_t x = 0; x < image.width; ++x) {
      const bool inside = x > 0 && y > 0 && x + 1 < image.width && y + 1 < image.height;
      if (inside) continue;
      std::array<unsigned, 3> rounded{};
      for (std::size_t c = 0; c < 3; ++c) rounded[c] = (to_byte(image.pixel(x, y)[c]) + 8U) / 17U;
      Sum& sum = colors[rounded];
      ++sum.pixels;
      for (std::size_t c = 0; c < 3; ++c) sum.bytes[c] += to_byte(image.pixel(x, y)[c]);
    }
  const auto commonest = std::max_element(
      colors.begin(), colors.end(),
      [](const auto& a, const auto& b) { return a.second.pixels < b.second.pixels; });
  Rgb mean{};
  for (std::size_t c = 0; c < 3; ++c)
    mean[c] = static_cast<float>(static_cast<double>(commonest->second.bytes[c]) /
                                 static_cast<double>(255 * commonest->second.pixels));
  return mean;
}

}  // namespace chorus
