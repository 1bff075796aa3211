#include "border_color.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <map>

namespace chorus {

Color border_color(const Image& image) {
  struct Sum {
    std::size_t pixels = 0;
    std::array<std::uint64_t, most_channels> bytes{};
  };
  std::map<std::array<unsigned, most_channels>, Sum> colors;  // keys: bytes in multiples of 17
  for (std::size_t y = 0; y < image.height; ++y)
    for (std::size_t x = 0; x < image.width; ++x) {
      const bool inside = x > 0 && y > 0 && x + 1 < image.width && y + 1 < image.height;
      if (inside) continue;
      std::array<unsigned, most_channels> rounded{};
      const Color color = color_at(image, y * image.width + x);
      for (std::size_t c = 0; c < most_channels; ++c) rounded[c] = (to_byte(color[c]) + 8U) / 17U;
      Sum& sum = colors[rounded];
      ++sum.pixels;
      for (std::size_t c = 0; c < most_channels; ++c) sum.bytes[c] += to_byte(color[c]);
    }
  const auto commonest = std::max_element(
      colors.begin(), colors.end(),
      [](const auto& a, const auto& b) { return a.second.pixels < b.second.pixels; });
  Color mean{};
  for (std::size_t c = 0; c < most_channels; ++c)
    mean[c] = static_cast<float>(static_cast<double>(commonest->second.bytes[c]) /
                                 static_cast<double>(255 * commonest->second.pixels));
  return mean;
}

}  // namespace chorus
