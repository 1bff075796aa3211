#include "resample.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <stdexcept>
#include <vector>

namespace chorus {
namespace {

double sinc(double x) {
  if (x == 0) return 1;
  x *= std::numbers::pi;
  return std::sin(x) / x;
}

/// Keys' cubic with a = -0.5, which reproduces quadratics.
double cubic(double x) {
  constexpr double a = -0.5;
  x = std::abs(x);
  if (x < 1) return ((a + 2) * x - (a + 3)) * x * x + 1;
  if (x < 2) return ((x - 5) * x + 8) * a * x - 4 * a;
  return 0;
}

double weight(Filter filter, double x) {
  switch (filter) {
    case Filter::nearest:
    case Filter::box:
      return x > -0.5 && x <= 0.5 ? 1 : 0;
    case Filter::bilinear:
      return std::max(0.0, 1 - std::abs(x));
    case Filter::bicubic:
      return cubic(x);
    case Filter::lanczos:
      return std::abs(x) < 3 ? sinc(x) * sinc(x / 3) : 0;
  }
  throw std::invalid_argument("resample: unknown filter");
}

/// The radius of a filter in samples of the source, before stretching.
double reach(Filter filter) {
  switch (filter) {
    case Filter::nearest:
    case Filter::box:
      return 0.5;
    case Filter::bilinear:
      return 1;
    case Filter::bicubic:
      return 2;
    case Filter::lanczos:
      return 3;
  }
  throw std::invalid_argument("resample: unknown filter");
}

/// The source samples that make up one target sample.
struct Window {
  std::size_t first = 0;
  std::vector<float> weights;  ///< they sum to 1
};

Window window_at(Filter filter, double centre, double stretch, std::size_t source) {
  const double radius = reach(filter) * stretch;
  const auto clamped = [&](double at) {
    return static_cast<std::size_t>(std::clamp(at, 0.0, static_cast<double>(source)));
  };
  const std::size_t first = clamped(centre - radius + 0.5);
  const std::size_t last = clamped(centre + radius + 0.5);
  std::vector<double> weights;
  double sum = 0;
  for (std::size_t i = first; i < last; ++i) {
    weights.push_back(weight(filter, (static_cast<double>(i) + 0.5 - centre) / stretch));
    sum += weights.back();
  }
  Window window{first, {}};
  for (const double w : weights) window.weights.push_back(static_cast<float>(w / sum));
  return window;
}

std::vector<Window> windows(Filter filter, std::size_t source, std::size_t target) {
  const double scale = static_cast<double>(source) / static_cast<double>(target);
  const double stretch = std::max(scale, 1.0);  // covers the whole width of a target pixel
  std::vector<Window> all;
  all.reserve(target);
  for (std::size_t j = 0; j < target; ++j) {
    if (filter == Filter::nearest)
      all.push_back({(2 * j + 1) * source / (2 * target), {1.0F}});
    else
      all.push_back(window_at(filter, (static_cast<double>(j) + 0.5) * scale, stretch, source));
  }
  return all;
}

Image resample_rows(const Image& image, std::size_t width, Filter filter) {
  const std::vector<Window> columns = windows(filter, image.width, width);
  Image out({width, image.height}, image.channels);
  for (std::size_t y = 0; y < image.height; ++y) {
    for (std::size_t x = 0; x < width; ++x) {
      float* target = out.pixel(x, y);
      const float* source = image.pixel(columns[x].first, y);
      for (const float w : columns[x].weights)
        for (std::size_t c = 0; c < image.channels; ++c) target[c] += w * *source++;
    }
  }
  return out;
}

Image resample_columns(const Image& image, std::size_t height, Filter filter) {
  const std::vector<Window> rows = windows(filter, image.height, height);
  Image out({image.width, height}, image.channels);
  for (std::size_t y = 0; y < height; ++y) {
    float* target = out.pixel(0, y);
    std::size_t source_row = rows[y].first;
    for (const float w : rows[y].weights) {
      const float* source = image.pixel(0, source_row++);
      for (std::size_t i = 0; i < image.width * image.channels; ++i) target[i] += w * source[i];
    }
  }
  return out;
}

/// Clips values to [0, 1], and colours that are multiplied by alpha to at most alpha.
Image clipped(Image image) {
  for (float& value : image.values) value = std::clamp(value, 0.0F, 1.0F);
  for (std::size_t at = 0; image.has_alpha() && at < image.values.size(); at += image.channels)
    for (std::size_t c = 0; c < 3; ++c)
      image.values[at + c] = std::min(image.values[at + c], image.values[at + 3]);
  return image;
}

}  // namespace

Image resample(const Image& image, std::size_t width, std::size_t height, Filter filter) {
  if (image.pixels() == 0 || width == 0 || height == 0)
    throw std::invalid_argument("resample: the image or the target has no pixels");
  // Clips between the passes as well, like programs that keep images in bytes. On noise this
  // changes the result by 20 of 255 levels and more; a baseline should be the customary filter.
  const Image narrow = clipped(resample_rows(image, width, filter));
  return clipped(resample_columns(narrow, height, filter));
}

Image reduced(const Image& image, std::size_t most_px) {
  const std::size_t side = image.size().longer_side();
  if (side <= most_px) return image;
  const auto scaled = [&](std::size_t pixels) {
    return std::max<std::size_t>(1, pixels * most_px / side);
  };
  return resample(image, scaled(image.width), scaled(image.height), Filter::box);
}

std::string_view name(Filter filter) { return enum_names<Filter>.name(filter); }

}  // namespace chorus
