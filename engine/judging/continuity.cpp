#include "continuity.hpp"

#include <algorithm>
#include <cmath>

#include "border_color.hpp"

namespace chorus {

namespace {

constexpr float equal = 16.5F / 255, different = 64.5F / 255;

float difference(const float* a, const float* b, std::size_t channels) {
  float most = 0;
  for (std::size_t c = 0; c < channels; ++c) most = std::max(most, std::abs(a[c] - b[c]));
  return most;
}

/// Whether no pixel near (x, y) in `before` has the colour of the pixel there in `now`.
bool is_new(const Image& before, const Image& now, std::size_t x, std::size_t y,
            std::size_t reach) {
  const std::size_t x0 = x - std::min(x, reach), x1 = std::min(now.width - 1, x + reach);
  const std::size_t y0 = y - std::min(y, reach), y1 = std::min(now.height - 1, y + reach);
  for (std::size_t v = y0; v <= y1; ++v)
    for (std::size_t u = x0; u <= x1; ++u)
      if (difference(before.pixel(u, v), now.pixel(x, y), now.channels) <= different) return false;
  return true;
}

}  // namespace

double permanence(const std::vector<Image>& frames) {
  const Image &a = frames.front(), &b = frames.back();
  const Color ground = border_color(a);
  std::vector<std::size_t> stays;
  for (std::size_t p = 0; p < a.pixels(); ++p) {
    const float *in_a = &a.values[p * a.channels], *in_b = &b.values[p * a.channels];
    if (difference(in_a, in_b, a.channels) <= equal &&
        difference(in_a, ground.data(), a.channels) > different)
      stays.push_back(p);
  }
  if (stays.empty()) return 1;
  std::size_t most_gone = 0;
  for (const Image& frame : frames) {
    const auto gone =
        static_cast<std::size_t>(std::count_if(stays.begin(), stays.end(), [&](std::size_t p) {
          return difference(&frame.values[p * a.channels], &a.values[p * a.channels], a.channels) >
                 different;
        }));
    most_gone = std::max(most_gone, gone);
  }
  return 1 - static_cast<double>(most_gone) / static_cast<double>(stays.size());
}

double popped(const std::vector<Image>& frames) {
  const Image &a = frames.front(), &b = frames.back();
  std::size_t changed = 0, popped = 0;
  for (std::size_t p = 0; p < a.pixels(); ++p)
    changed +=
        difference(&a.values[p * a.channels], &b.values[p * a.channels], a.channels) > different
            ? 1
            : 0;
  if (changed == 0) return 0;
  const std::size_t reach = std::max<std::size_t>(1, a.size().longer_side() / 20);
  for (std::size_t k = 1; k < frames.size(); ++k)
    for (std::size_t y = 0; y < a.height; ++y)
      for (std::size_t x = 0; x < a.width; ++x)
        popped += is_new(frames[k - 1], frames[k], x, y, reach) ? 1 : 0;
  return static_cast<double>(popped) / static_cast<double>(changed);
}

double edge_contrast(const Image& image) {
  double sum = 0, squares = 0;
  const auto add = [&](const float* a, const float* b) {
    const auto step = double{difference(a, b, image.channels)};
    sum += step;
    squares += step * step;
  };
  for (std::size_t y = 0; y < image.height; ++y)
    for (std::size_t x = 0; x < image.width; ++x) {
      if (x + 1 < image.width) add(image.pixel(x, y), image.pixel(x + 1, y));
      if (y + 1 < image.height) add(image.pixel(x, y), image.pixel(x, y + 1));
    }
  return sum > 0 ? squares / sum : 0;
}

}  // namespace chorus
