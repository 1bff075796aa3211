#include "reference_paths.hpp"

#include <algorithm>
#include <cmath>

#include "known_truth.hpp"
#include "mix.hpp"
#include "random.hpp"

namespace chorus {

namespace {

/// The picture that shows B with the fraction share(x, y) at each pixel; x and y are from 0 to 1.
template <class Share>
Image mixed_by(const Image& a, const Image& b, const Share& share) {
  Image image(a.size(), a.channels);
  for (std::size_t y = 0; y < a.height; ++y)
    for (std::size_t x = 0; x < a.width; ++x) {
      const double of_b =
          std::clamp(share((static_cast<double>(x) + 0.5) / static_cast<double>(a.width),
                           (static_cast<double>(y) + 0.5) / static_cast<double>(a.height)),
                     0.0, 1.0);
      for (std::size_t c = 0; c < a.channels; ++c)
        image.pixel(x, y)[c] = static_cast<float>((1 - of_b) * double{a.pixel(x, y)[c]} +
                                                  of_b * double{b.pixel(x, y)[c]});
    }
  return image;
}

/// Smooth noise from 0 to 1: random numbers on a grid, and between them bilinear ones.
class Noise {
 public:
  Noise() {
    RandomStream random(1, Stream::reference_paths);
    for (double& value : values_) value = double{random.uniform(0, 1)};
  }
  double at(double x, double y) const {
    const double u = x * cells, v = y * cells;
    const auto i = static_cast<std::size_t>(u), j = static_cast<std::size_t>(v);
    const double right = u - std::floor(u), low = v - std::floor(v);
    const auto value = [&](std::size_t k, std::size_t l) { return values_[l * (cells + 1) + k]; };
    return (1 - low) * ((1 - right) * value(i, j) + right * value(i + 1, j)) +
           low * ((1 - right) * value(i, j + 1) + right * value(i + 1, j + 1));
  }

 private:
  static constexpr std::size_t cells = 10;
  std::vector<double> values_ = std::vector<double>((cells + 1) * (cells + 1));
};

}  // namespace

std::vector<Image> cross_fade(const Image& a, const Image& b, std::size_t frames) {
  return frames_of([&](double t) { return mix(a, b, static_cast<float>(t)); }, frames);
}

std::vector<Image> hard_cut(const Image& a, const Image& b, std::size_t frames) {
  std::vector<Image> path(frames, b);
  for (std::size_t k = 0; 2 * k < frames; ++k) path[k] = a;
  return path;
}

Image wipe(const Image& a, const Image& b, double t) {
  const auto width = static_cast<double>(a.width);
  return mixed_by(a, b, [&](double x, double) { return (t - x) * width + 0.5; });
}

Image iris(const Image& a, const Image& b, double t) {
  const auto side = static_cast<double>(a.size().longer_side());
  return mixed_by(a, b, [&](double x, double y) {
    if (t == 0 || t == 1) return t;
    return (t * std::sqrt(0.5) - std::hypot(x - 0.5, y - 0.5)) * side + 0.5;
  });
}

Image shrink_and_grow(const Image& a, const Image& b, double t) {
  constexpr double smallest = 1e-3;
  const Image& shown = t < 0.5 ? a : b;
  if (t == 0 || t == 1) return shown;
  const double scale = std::max(smallest, std::abs(1 - 2 * t));
  return place(shown, {.scale = scale}, shown.width, shown.height);
}

Image camouflage(const Image& a, const Image& b, double t) {
  const Noise noise;
  constexpr double steepness = 20;
  return mixed_by(a, b, [&](double x, double y) {
    if (t == 0 || t == 1) return t;
    return (t - noise.at(x, y)) * steepness + 0.5;
  });
}

std::vector<Image> frames_of(const std::function<Image(double)>& frame_at, std::size_t frames) {
  std::vector<Image> path;
  path.reserve(frames);
  for (std::size_t k = 0; k < frames; ++k)
    path.push_back(frame_at(static_cast<double>(k) / static_cast<double>(frames - 1)));
  return path;
}

}  // namespace chorus
