#include "palette_fit.hpp"

#include <Eigen/Cholesky>
#include <Eigen/Core>
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>

#include "blended_pixels.hpp"
#include "color_distance.hpp"
#include "flat_pixels.hpp"
#include "flatness.hpp"

namespace chorus {

namespace {

constexpr float distinct = 0.003F;         ///< squared distance above which colours differ visibly
constexpr std::size_t common_share = 400;  ///< one of so many pixels makes a colour common

/// If fewer than one of so many pixels is away from edges, all pixels count.
constexpr std::size_t least_smooth_share = 4;

bool held(const std::vector<bool>& held_out, std::size_t pixel) {
  return !held_out.empty() && held_out[pixel];
}

float distance_to_nearest(const Color& color, const std::vector<Color>& others) {
  float least = std::numeric_limits<float>::max();
  for (const Color& other : others) least = std::min(least, squared_distance(color, other));
  return least;
}

/// A colour with 8 bits for each channel of the picture, not for its balanced numbers.
std::uint32_t pack(const Image& image, std::size_t pixel) {
  const Color balance = color_at(image, pixel);
  const Color color = image.has_alpha() ? premultiplied(balance) : balance;
  return std::uint32_t{to_byte(color[3])} << 24 | std::uint32_t{to_byte(color[0])} << 16 |
         std::uint32_t{to_byte(color[1])} << 8 | std::uint32_t{to_byte(color[2])};
}

Color unpack(std::uint32_t key, bool has_alpha) {
  const auto channel = [&](unsigned shift) {
    return static_cast<float>(key >> shift & 255U) / 255.0F;
  };
  const Color color = {channel(16), channel(8), channel(0), channel(24)};
  return has_alpha ? balanced(color) : color;
}

std::vector<CountedColor> count(std::vector<std::uint32_t> keys, bool has_alpha) {
  std::sort(keys.begin(), keys.end());
  std::vector<CountedColor> colors;
  for (std::size_t i = 0; i < keys.size();) {
    std::size_t end = i;
    while (end < keys.size() && keys[end] == keys[i]) ++end;
    colors.push_back({unpack(keys[i], has_alpha), end - i});
    i = end;
  }
  std::stable_sort(colors.begin(), colors.end(),
                   [](const auto& a, const auto& b) { return a.count > b.count; });
  return colors;
}

/// The most common colour of the border, or of the image if the whole border is held out. Exact,
/// because an entry of the palette is a colour that the image has; border_color() takes the mean of
/// nearly equal colours instead.
Color exact_border_color(const Image& image, const std::vector<bool>& held_out) {
  std::vector<std::uint32_t> border;
  for (std::size_t y = 0; y < image.height; ++y)
    for (std::size_t x = 0; x < image.width; ++x) {
      const bool inside = x > 0 && y > 0 && x + 1 < image.width && y + 1 < image.height;
      const std::size_t pixel = y * image.width + x;
      if (!inside && !held(held_out, pixel)) border.push_back(pack(image, pixel));
    }
  if (border.empty()) return count_colors(image, held_out).front().color;
  return count(std::move(border), image.has_alpha()).front().color;
}

/// Adds the common colours that are not chosen yet. `counted` is sorted, most common first.
void add_common(std::vector<Color>& chosen, const std::vector<CountedColor>& counted,
                std::size_t entries) {
  std::size_t pixels = 0;
  for (const CountedColor& each : counted) pixels += each.count;
  const std::size_t least = std::max<std::size_t>(2, (pixels + common_share / 2) / common_share);
  for (const CountedColor& each : counted) {
    if (chosen.size() >= entries || each.count < least) return;
    if (distance_to_nearest(each.color, chosen) > distinct) chosen.push_back(each.color);
  }
}

/// Adds colours one by one while any is left, each time the one farthest from all chosen before.
void add_farthest(std::vector<Color>& chosen, const std::vector<CountedColor>& counted,
                  std::size_t entries) {
  std::vector<float> distance;
  distance.reserve(counted.size());
  for (const CountedColor& each : counted)
    distance.push_back(distance_to_nearest(each.color, chosen));
  while (chosen.size() < entries) {
    const auto farthest = std::max_element(distance.begin(), distance.end());
    if (farthest == distance.end() || *farthest == 0) return;
    chosen.push_back(counted[static_cast<std::size_t>(farthest - distance.begin())].color);
    for (std::size_t i = 0; i < counted.size(); ++i)
      distance[i] = std::min(distance[i], squared_distance(counted[i].color, chosen.back()));
  }
}

Color mean_color(const std::vector<CountedColor>& counted) {
  Color sum{};
  std::size_t pixels = 0;
  for (const CountedColor& each : counted) {
    for (std::size_t c = 0; c < most_channels; ++c)
      sum[c] += each.color[c] * static_cast<float>(each.count);
    pixels += each.count;
  }
  for (float& channel : sum) channel /= static_cast<float>(pixels);
  return sum;
}

struct Nearest {
  std::size_t field;
  float distance;
};

Nearest nearest(const std::vector<ColorField>& fields, const PlacedColor& pixel) {
  Nearest best{0, std::numeric_limits<float>::max()};
  for (std::size_t k = 0; k < fields.size(); ++k) {
    const float distance = squared_distance(fields[k].at(pixel.x, pixel.y), pixel.color);
    if (distance < best.distance) best = {k, distance};
  }
  return best;
}

/// The field that fits some pixels best by least squares. A penalty on its slopes keeps it stable
/// where the pixels lie close together.
template <int channels>
ColorField fit_channels(const std::vector<PlacedColor>& pixels) {
  constexpr double slope_penalty = 0.002;
  const auto n = static_cast<Eigen::Index>(pixels.size());
  Eigen::MatrixX2d places(n, 2);
  Eigen::Matrix<double, Eigen::Dynamic, channels> colors(n, channels);
  for (Eigen::Index i = 0; i < n; ++i) {
    const auto& [x, y, color] = pixels[static_cast<std::size_t>(i)];
    places.row(i) << double{x}, double{y};
    for (Eigen::Index c = 0; c < channels; ++c)
      colors(i, c) = double{color[static_cast<std::size_t>(c)]};
  }
  const Eigen::RowVector2d centre = places.colwise().mean();
  const Eigen::Matrix<double, 1, channels> mean = colors.colwise().mean();
  places.rowwise() -= centre;
  const double weight = 1 / static_cast<double>(n);
  const Eigen::Matrix2d spread =
      weight * places.transpose() * places + slope_penalty * Eigen::Matrix2d::Identity();
  const Eigen::Matrix<double, 2, channels> slopes =
      spread.llt().solve(weight * places.transpose() * colors);
  const Eigen::Matrix<double, 1, channels> at_origin = mean - centre * slopes;
  ColorField field;
  for (Eigen::Index c = 0; c < channels; ++c) {
    const auto channel = static_cast<std::size_t>(c);
    field.p[channel] = static_cast<float>(at_origin[c]);
    field.gx[channel] = static_cast<float>(slopes(0, c));
    field.gy[channel] = static_cast<float>(slopes(1, c));
  }
  return field;
}

ColorField fit_field(const std::vector<PlacedColor>& pixels) {
  const bool opaque = std::all_of(pixels.begin(), pixels.end(),
                                  [](const PlacedColor& pixel) { return pixel.color[3] == 0; });
  return opaque ? fit_channels<3>(pixels) : fit_channels<4>(pixels);
}

/// Whether the pixels around (x, y) that are not held out have nearly the same colour.
bool is_smooth(const Image& image, const std::vector<bool>& held_out, std::size_t x,
               std::size_t y) {
  const float* center = image.pixel(x, y);
  for (std::size_t v = y - std::min<std::size_t>(y, 1); v <= std::min(y + 1, image.height - 1); ++v)
    for (std::size_t u = x - std::min<std::size_t>(x, 1); u <= std::min(x + 1, image.width - 1);
         ++u) {
      if (held(held_out, v * image.width + u)) continue;
      const float* other = image.pixel(u, v);
      for (std::size_t c = 0; c < image.channels; ++c)
        if (std::abs(other[c] - center[c]) > flatness::gradient) return false;
    }
  return true;
}

}  // namespace

std::vector<CountedColor> count_colors(const Image& image, const std::vector<bool>& held_out) {
  std::vector<std::uint32_t> keys;
  for (std::size_t pixel = 0; pixel < image.pixels(); ++pixel)
    if (!held(held_out, pixel)) keys.push_back(pack(image, pixel));
  return count(std::move(keys), image.has_alpha());
}

std::size_t count_common_colors(const Image& image, const std::vector<bool>& held_out) {
  // Pixels on edges have blended colours, which need no entries.
  std::vector<bool> skipped = flat_pixels(image, held_out);
  const auto flat = static_cast<std::size_t>(std::count(skipped.begin(), skipped.end(), true));
  skipped.flip();
  if (flat * least_smooth_share < image.pixels()) skipped = held_out;
  std::vector<Color> chosen = {exact_border_color(image, held_out)};
  add_common(chosen, count_colors(image, skipped), std::numeric_limits<std::size_t>::max());
  return chosen.size();
}

std::vector<Color> choose_colors(const Image& image, const std::vector<bool>& held_out,
                                 std::size_t entries) {
  // The mixture of colours that an edge leaves in a pixel is no colour of the picture.
  std::vector<bool> skipped = blended_pixels(image, held_out);
  for (std::size_t pixel = 0; pixel < held_out.size(); ++pixel)
    if (held_out[pixel]) skipped[pixel] = true;
  const std::vector<CountedColor> all = count_colors(image, held_out);
  std::vector<Color> chosen = {exact_border_color(image, held_out)};
  const std::vector<CountedColor> own = count_colors(image, skipped);
  add_common(chosen, own, entries);
  add_farthest(chosen, own, entries);
  chosen.resize(entries, mean_color(all));
  return chosen;
}

std::vector<PlacedColor> smooth_pixels(const Image& image, const std::vector<bool>& held_out) {
  std::vector<PlacedColor> smooth, all;
  for (std::size_t y = 0; y < image.height; ++y)
    for (std::size_t x = 0; x < image.width; ++x) {
      if (held(held_out, y * image.width + x)) continue;
      all.push_back({pixel_centre(x, image.width), pixel_centre(y, image.height),
                     color_at(image, y * image.width + x)});
      if (is_smooth(image, held_out, x, y)) smooth.push_back(all.back());
    }
  return smooth.size() * least_smooth_share < all.size() ? all : smooth;
}

namespace {

/// Lloyd's k-means. In each of `rounds` rounds it assigns each point to the centre nearest(centres,
/// point) and then moves centre k to fit(members, centre k).
template <class Point, class Centre, class Nearest, class Fit>
void move_centres(const std::vector<Point>& points, int rounds, const Nearest& nearest,
                  const Fit& fit, std::vector<Centre>& centres) {
  for (int round = 0; round < rounds; ++round) {
    std::vector<std::vector<Point>> members(centres.size());
    for (const Point& point : points) members[nearest(centres, point)].push_back(point);
    for (std::size_t k = 0; k < centres.size(); ++k) centres[k] = fit(members[k], centres[k]);
  }
}

}  // namespace

std::vector<ColorField> fit_fields(const std::vector<PlacedColor>& pixels,
                                   const std::vector<Color>& start) {
  constexpr int rounds = 6;
  constexpr std::size_t least_pixels = 12;
  std::vector<ColorField> fields;
  fields.reserve(start.size());
  for (const Color& color : start) fields.push_back({color, {}, {}});
  move_centres(
      pixels, rounds,
      [](const auto& centres, const PlacedColor& pixel) { return nearest(centres, pixel).field; },
      [](const std::vector<PlacedColor>& members, const ColorField& before) {
        return members.size() >= least_pixels ? fit_field(members) : before;
      },
      fields);
  return fields;
}

namespace {

std::size_t nearest_color(const std::vector<Color>& colors, const Color& color) {
  std::size_t best = 0;
  for (std::size_t k = 1; k < colors.size(); ++k)
    if (squared_distance(color, colors[k]) < squared_distance(color, colors[best])) best = k;
  return best;
}

Color mean_of(const std::vector<Color>& colors) {
  Color mean{};
  for (const Color& color : colors)
    for (std::size_t c = 0; c < most_channels; ++c) mean[c] += color[c];
  for (float& channel : mean) channel /= static_cast<float>(colors.size());
  return mean;
}

/// The centres of `count` clusters of colours, by k-means from colours far from each other.
std::vector<Color> cluster(const std::vector<Color>& colors, std::size_t count) {
  constexpr int rounds = 12;
  std::vector<Color> centres = {colors.front()};
  while (centres.size() < count)
    centres.push_back(
        *std::max_element(colors.begin(), colors.end(), [&](const Color& a, const Color& b) {
          return distance_to_nearest(a, centres) < distance_to_nearest(b, centres);
        }));
  move_centres(
      colors, rounds, nearest_color,
      [](const std::vector<Color>& members, const Color& before) {
        return members.empty() ? before : mean_of(members);
      },
      centres);
  return centres;
}

}  // namespace

void order_as(const std::vector<Color>& places, std::vector<ColorField>& palette) {
  struct Match {
    std::size_t entry, place;
    float distance;
  };
  std::vector<Match> matches;
  for (std::size_t k = 1; k < palette.size(); ++k)
    for (std::size_t place = 1; place < palette.size(); ++place)
      matches.push_back({k, place, squared_distance(palette[k].p, places[place])});
  std::stable_sort(matches.begin(), matches.end(),
                   [](const Match& a, const Match& b) { return a.distance < b.distance; });
  std::vector<bool> moved(palette.size()), filled(palette.size());
  std::vector<ColorField> ordered = palette;
  for (const Match& match : matches) {
    if (moved[match.entry] || filled[match.place]) continue;
    moved[match.entry] = filled[match.place] = true;
    ordered[match.place] = palette[match.entry];
  }
  palette = std::move(ordered);
}

void order_alike(std::vector<std::vector<ColorField>>& palettes) {
  if (palettes.empty() || palettes.front().size() < 3) return;
  std::vector<Color> all;
  for (const auto& palette : palettes)
    for (std::size_t k = 1; k < palette.size(); ++k) all.push_back(palette[k].p);
  std::vector<Color> places = cluster(all, palettes.front().size() - 1);
  places.insert(places.begin(), Color{});  // for the first entry, which stays in its place
  for (auto& palette : palettes) order_as(places, palette);
}

double distance_from(const std::vector<ColorField>& fields,
                     const std::vector<PlacedColor>& pixels) {
  double sum = 0;
  for (const PlacedColor& pixel : pixels) sum += double{nearest(fields, pixel).distance};
  return sum / (3 * static_cast<double>(pixels.size()));
}

}  // namespace chorus
