#include "patches.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <optional>

#include "color_distance.hpp"
#include "gradient_fit.hpp"

namespace chorus::shapes {

namespace {

/// How far a pixel may be from the plane: twice what rounding to 8 bits and fitting leave.
constexpr float off_plane = 2.5F / 255;
/// A patch over which the colour changes by less is flat, as far as classes can tell.
constexpr float least_change = 6.0F / 255;
constexpr std::size_t least_pixels = 12, most_patches = 24;
/// A gradient that is worse is none: bands of planes explain the pixels better.
constexpr double worst_rms = 2.0 / 255, patch_sigma = 1.0 / 255;

/// The centre of a pixel, whose numbers count from 0, from the picture's centre.
Point from_centre(double x, double y, PixelSize picture) {
  return {x + 0.5 - static_cast<double>(picture.width) / 2,
          y + 0.5 - static_cast<double>(picture.height) / 2};
}

class Grower {
 public:
  Grower(const Image& picture, Bends bends)
      : picture_(picture),
        bends_(bends),
        is_taken_(picture.pixels()),
        is_tried_(picture.pixels()) {}

  std::vector<Patch> run() {
    std::vector<Patch> patches;
    for (std::size_t seed = 0; seed < picture_.pixels() && patches.size() < most_patches; ++seed) {
      if (is_tried_[seed] || !is_plane_around(seed)) continue;
      const std::vector<std::size_t> level = grow(seed);
      std::vector<std::size_t> curved;
      std::shared_ptr<const Gradient> gradient;
      if (bends_ == Bends::together) curved = grow_smoothly(seed);
      if (curved.size() > level.size() + level.size() / 10) gradient = gradient_of(curved);
      const std::vector<std::size_t>& pixels = gradient ? curved : level;
      for (const std::size_t p : pixels) is_tried_[p] = 1;
      if (auto patch = patch_of(pixels, std::move(gradient))) patches.push_back(std::move(*patch));
    }
    return patches;
  }

 private:
  static double number(std::size_t count) { return static_cast<double>(count); }

  void add(Moments& moments, std::size_t p) const {
    moments.add(number(p % picture_.width), number(p / picture_.width), color_at(picture_, p));
  }
  template <class Field>
  Color on(const Field& plane, std::size_t p) const {
    return plane.at(number(p % picture_.width), number(p / picture_.width));
  }
  bool is_known(std::size_t p) const { return !std::isnan(picture_.values[p * picture_.channels]); }
  bool fits(const Plane& plane, std::size_t p) const {
    return is_known(p) && largest_difference(on(plane, p), color_at(picture_, p)) <= off_plane;
  }

  /// The 3 x 3 pixels around one; empty at the rim.
  std::vector<std::size_t> around(std::size_t p) const {
    const std::size_t x = p % picture_.width, y = p / picture_.width;
    std::vector<std::size_t> pixels;
    if (x == 0 || y == 0 || x + 1 >= picture_.width || y + 1 >= picture_.height) return pixels;
    for (std::size_t v = y - 1; v <= y + 1; ++v)
      for (std::size_t u = x - 1; u <= x + 1; ++u) pixels.push_back(v * picture_.width + u);
    return pixels;
  }

  bool is_plane_around(std::size_t p) const {
    const std::vector<std::size_t> pixels = around(p);
    if (pixels.empty() ||
        !std::ranges::all_of(pixels, [&](std::size_t q) { return is_known(q) && !is_taken_[q]; }))
      return false;
    Moments moments;
    for (const std::size_t q : pixels) add(moments, q);
    const Plane plane = plane_of(moments);
    return std::ranges::all_of(pixels, [&](std::size_t q) { return fits(plane, q); });
  }

  static bool is_steep(const Plane& plane) {
    const auto steep = [](double slope) { return std::abs(slope) > steepest_gradient; };
    return std::ranges::any_of(plane.slope_x, steep) || std::ranges::any_of(plane.slope_y, steep);
  }

  /// Whether a pixel is on the plane of those in the 5 x 5 pixels around it that are chosen.
  bool continues(const std::vector<char>& is_chosen, std::size_t p) const {
    constexpr std::size_t far = 2;
    constexpr double enough = 5;  // pixels, for a plane
    const std::size_t x = p % picture_.width, y = p / picture_.width;
    Moments moments;
    for (std::size_t v = y - std::min(y, far); v <= std::min(y + far, picture_.height - 1); ++v)
      for (std::size_t u = x - std::min(x, far); u <= std::min(x + far, picture_.width - 1); ++u)
        if (const std::size_t q = v * picture_.width + u; is_chosen[q]) add(moments, q);
    if (moments.n < enough) return false;
    const Plane plane = plane_of(moments);
    return !is_steep(plane) && fits(plane, p);
  }

  /// The connected pixels each of which continues those before.
  std::vector<std::size_t> grow_smoothly(std::size_t seed) const {
    std::vector<std::size_t> pixels = around(seed);
    std::vector<char> is_chosen(picture_.pixels());
    for (const std::size_t p : pixels) is_chosen[p] = 1;
    const auto visit = [&](std::size_t p) {
      if (is_chosen[p] || is_taken_[p] || !continues(is_chosen, p)) return;
      is_chosen[p] = 1;
      pixels.push_back(p);
    };
    for (std::size_t i = 0; i < pixels.size(); ++i) visit_beside(pixels[i], visit);
    return pixels;
  }

  /// The gradient that explains pixels up to a few levels, if there is one.
  std::shared_ptr<const Gradient> gradient_of(const std::vector<std::size_t>& pixels) const {
    ColoredPlaces data;
    for (const std::size_t p : pixels) {
      data.places.push_back(
          from_centre(number(p % picture_.width), number(p / picture_.width), picture_.size()));
      Numbers& color = data.colors.emplace_back();
      for (std::size_t c = 0; c < most_channels; ++c)
        color[c] = static_cast<double>(color_at(picture_, p)[c]);
    }
    const double limit =
        number(pixels.size() * picture_.channels) * square(worst_rms / patch_sigma);
    return fit_gradient(data, {patch_sigma, 0, picture_.channels}, limit, nullptr);
  }

  template <class Visit>
  void visit_beside(std::size_t p, const Visit& visit) const {
    const std::size_t x = p % picture_.width;
    if (x > 0) visit(p - 1);
    if (x + 1 < picture_.width) visit(p + 1);
    if (p >= picture_.width) visit(p - picture_.width);
    if (p + picture_.width < picture_.pixels()) visit(p + picture_.width);
  }

  /// The connected pixels that are on the plane of those before.
  std::vector<std::size_t> grow(std::size_t seed) const {
    std::vector<std::size_t> pixels = around(seed);
    Moments moments;
    for (const std::size_t p : pixels) add(moments, p);
    Plane plane = plane_of(moments);
    std::size_t refit_at = 2 * pixels.size();
    std::vector<char> is_seen(picture_.pixels());
    for (const std::size_t p : pixels) is_seen[p] = 1;
    const auto visit = [&](std::size_t p) {
      if (is_seen[p] || is_taken_[p] || !fits(plane, p)) return;
      is_seen[p] = 1;
      pixels.push_back(p);
      add(moments, p);
      if (pixels.size() < refit_at) return;
      plane = plane_of(moments);
      refit_at += refit_at / 2;
    };
    for (std::size_t i = 0; i < pixels.size(); ++i) visit_beside(pixels[i], visit);
    return pixels;
  }

  std::optional<Patch> patch_of(const std::vector<std::size_t>& pixels,
                                std::shared_ptr<const Gradient> gradient) {
    if (pixels.size() < least_pixels) return std::nullopt;
    Moments moments;
    for (const std::size_t p : pixels) add(moments, p);
    Patch patch{plane_of(moments),
                std::move(gradient),
                {},
                std::vector<char>(picture_.pixels()),
                std::vector<char>(picture_.pixels()),
                picture_.size()};
    if (reach(patch.plane, moments) < least_reach) return std::nullopt;
    Color low, high;
    low.fill(1);
    high.fill(0);
    for (const std::size_t p : pixels)
      for (std::size_t c = 0; c < most_channels; ++c) {
        const float value = on(patch, p)[c];
        low[c] = std::min(low[c], value);
        high[c] = std::max(high[c], value);
      }
    if (largest_difference(low, high) < least_change) return std::nullopt;
    for (std::size_t c = 0; c < most_channels; ++c)
      patch.mean[c] = static_cast<float>(moments.v[c] / moments.n);
    for (const std::size_t p : pixels) {
      patch.pixels[p] = is_taken_[p] = 1;
      mark_near(p, patch.is_near);
    }
    return patch;
  }

  void mark_near(std::size_t p, std::vector<char>& is_near) const {
    constexpr std::size_t far = 2;
    const std::size_t x = p % picture_.width, y = p / picture_.width;
    for (std::size_t v = y - std::min(y, far); v <= std::min(y + far, picture_.height - 1); ++v)
      for (std::size_t u = x - std::min(x, far); u <= std::min(x + far, picture_.width - 1); ++u)
        is_near[v * picture_.width + u] = 1;
  }

  const Image& picture_;
  Bends bends_;
  std::vector<char> is_taken_, is_tried_;
};

}  // namespace

Color Patch::at(double x, double y) const {
  if (!gradient) return plane.at(x, y);
  const Numbers numbers = gradient->at(from_centre(x, y, picture));
  Color color;
  for (std::size_t c = 0; c < most_channels; ++c) color[c] = static_cast<float>(numbers[c]);
  return color;
}

std::vector<Patch> find_patches(const Image& picture, Bends bends) {
  return Grower(picture, bends).run();
}

}  // namespace chorus::shapes
