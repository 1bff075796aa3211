#include "known_truth.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <numeric>
#include <stdexcept>

#include "border_color.hpp"
#include "image_distance.hpp"
#include "random.hpp"
#include "shuffle.hpp"

namespace chorus {

namespace {

/// A pixel is the mean of points. Along each axis there are at least `least_points` of them, and at
/// least `points_per_source_pixel` for each pixel of the source.
constexpr std::size_t least_points = 4, points_per_source_pixel = 2;

/// Maps a place of the result to its place in the source, in units of width and height.
struct InverseMap {
  explicit InverseMap(const Placement& placement, double aspect)
      : placement_(placement),
        aspect_(aspect),
        cosine_(std::cos(placement.turn_degrees * std::numbers::pi / 180)),
        sine_(std::sin(placement.turn_degrees * std::numbers::pi / 180)) {}

  std::array<double, 2> operator()(double x, double y) const {
    const double dx = (x - 0.5 - placement_.shift_x) * aspect_, dy = y - 0.5 - placement_.shift_y;
    return {(cosine_ * dx + sine_ * dy) / placement_.scale / aspect_ + 0.5,
            (cosine_ * dy - sine_ * dx) / placement_.scale + 0.5};
  }

 private:
  const Placement& placement_;
  double aspect_;  ///< width over height
  double cosine_, sine_;
};

Image recolored(Image image, double share) {
  const auto keep = static_cast<float>(1 - share), pass = static_cast<float>(share);
  for (std::size_t p = 0; p < image.pixels(); ++p) {
    const Color old = color_at(image, p);
    Color color = old;
    for (std::size_t c = 0; c < 3; ++c) color[c] = keep * old[c] + pass * old[(c + 2) % 3];
    set_color(image, p, color);
  }
  return image;
}

/// Adds the colour at a place in units of pixels; (0, 0) is the upper left corner of the image.
void add_sample(const Image& image, const Color& outside, double x, double y, float weight,
                float* sum) {
  const double left = std::floor(x - 0.5), top = std::floor(y - 0.5);
  const auto right_share = static_cast<float>(x - 0.5 - left);
  const auto lower_share = static_cast<float>(y - 0.5 - top);
  for (int v = 0; v < 2; ++v)
    for (int u = 0; u < 2; ++u) {
      const double px = left + u, py = top + v;
      const bool inside = px >= 0 && py >= 0 && px < static_cast<double>(image.width) &&
                          py < static_cast<double>(image.height);
      const float* color =
          inside ? image.pixel(static_cast<std::size_t>(px), static_cast<std::size_t>(py))
                 : outside.data();
      const float share =
          (u == 1 ? right_share : 1 - right_share) * (v == 1 ? lower_share : 1 - lower_share);
      for (std::size_t c = 0; c < image.channels; ++c) sum[c] += weight * share * color[c];
    }
}

float either_sign(RandomStream& random) { return below(random.word(), 2) == 0 ? -1.0F : 1.0F; }

/// Draws the ends of a pair. Images shrink a little, so that nothing leaves the frame.
void draw_placements(KnownPair& pair, RandomStream& random) {
  pair.a.scale = pair.b.scale = 0.75;
  if (pair.kind == "turned") {
    pair.a.turn_degrees = random.uniform(-20, 20);
    pair.b.turn_degrees = pair.a.turn_degrees + either_sign(random) * random.uniform(20, 60);
  } else if (pair.kind == "scaled") {
    const float ratio = random.uniform(1.3F, 1.7F);
    pair.a.scale = 0.95;
    pair.b.scale = pair.a.scale / ratio;
    if (below(random.word(), 2) == 0) std::swap(pair.a, pair.b);
  } else if (pair.kind != "recolored") {
    const float angle = random.uniform(0, 2 * std::numbers::pi_v<float>);
    const float length = random.uniform(0.12F, 0.24F);
    pair.b.shift_x = length / 2 * std::cos(angle);
    pair.b.shift_y = length / 2 * std::sin(angle);
    pair.a.shift_x = -pair.b.shift_x;
    pair.a.shift_y = -pair.b.shift_y;
  }
  if (pair.kind == "recolored" || pair.kind == "moved_recolored") pair.b.recolor = 1;
}

bool has_colors(const Image& image) {
  constexpr double least_change = 0.08;
  return pixel_distance(image, recolored(image, 1)) >= least_change;
}

}  // namespace

Placement half_way(const Placement& a, const Placement& b) {
  return {.shift_x = (a.shift_x + b.shift_x) / 2,
          .shift_y = (a.shift_y + b.shift_y) / 2,
          .turn_degrees = (a.turn_degrees + b.turn_degrees) / 2,
          .scale = std::sqrt(a.scale * b.scale),
          .recolor = (a.recolor + b.recolor) / 2};
}

Image place(const Image& image, const Placement& placement, std::size_t width, std::size_t height) {
  if (image.pixels() == 0 || width == 0 || height == 0 || !(placement.scale > 0))
    throw std::invalid_argument("place: expected pixels and a scale above 0");
  const InverseMap source(placement,
                          static_cast<double>(image.width) / static_cast<double>(image.height));
  const Color outside = border_color(image);
  const std::size_t points =
      std::max(least_points, points_per_source_pixel * ((image.width + width - 1) / width));
  const auto columns = static_cast<double>(width * points);
  const auto rows = static_cast<double>(height * points);
  const float weight = 1.0F / static_cast<float>(points * points);
  Image placed({width, height}, image.channels);
  for (std::size_t v = 0; v < height * points; ++v)
    for (std::size_t u = 0; u < width * points; ++u) {
      const auto [x, y] =
          source((static_cast<double>(u) + 0.5) / columns, (static_cast<double>(v) + 0.5) / rows);
      add_sample(image, outside, x * static_cast<double>(image.width),
                 y * static_cast<double>(image.height), weight,
                 placed.pixel(u / points, v / points));
    }
  return recolored(std::move(placed), placement.recolor);
}

std::vector<KnownPair> draw_known_pairs(const Collection& images, std::size_t per_kind,
                                        std::uint64_t seed) {
  RandomStream random(seed, Stream::known_truth);
  std::vector<std::size_t> order(images.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  shuffle(order, random);
  std::vector<KnownPair> pairs;
  std::size_t next = 0;
  for (const std::string_view kind : known_kinds)
    for (std::size_t k = 0; k < per_kind; ++k) {
      if (next == order.size()) next = 0;
      const bool recolors = kind.ends_with("recolored");
      if (recolors) {
        const auto found =
            std::find_if(order.begin() + static_cast<std::ptrdiff_t>(next), order.end(),
                         [&](std::size_t i) { return has_colors(images[i].image); });
        if (found != order.end()) std::swap(*found, order[next]);
      }
      pairs.push_back({images[order[next++]].name, std::string(kind), {}, {}});
      draw_placements(pairs.back(), random);
    }
  return pairs;
}

std::optional<KnownEnd> parse_known_end(const std::string& name) {
  const std::size_t last = name.rfind('.');
  if (last == std::string::npos || last == 0) return {};
  const std::size_t before = name.rfind('.', last - 1);
  if (before == std::string::npos || before == 0 || before + 1 == last) return {};
  const std::string end = name.substr(last + 1);
  if (end != "a" && end != "b") return {};
  const std::string middle = name.substr(0, last);
  return KnownEnd{middle, middle.substr(before + 1), middle + (end == "a" ? ".b" : ".a")};
}

}  // namespace chorus
