#include "palette_fit.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>

#include "blended_pixels.hpp"
#include "bytes.hpp"
#include "flat_pixels.hpp"

namespace chorus {

namespace {

constexpr float distinct = 0.003F;         ///< squared distance of colours that differ visibly
constexpr std::size_t common_share = 400;  ///< a colour is common if one pixel in so many has it

/// Where fewer than one in so many pixels are no edges, all count.
constexpr std::size_t least_smooth_share = 4;

bool held(const std::vector<bool>& held_out, std::size_t pixel) {
  return !held_out.empty() && held_out[pixel];
}

float distance_to_nearest(const Color& color, const std::vector<Color>& others) {
  float least = std::numeric_limits<float>::max();
  for (const Color& other : others) least = std::min(least, squared_distance(color, other));
  return least;
}

std::uint32_t pack(const float* rgb) {
  return std::uint32_t{to_byte(rgb[0])} << 16 | std::uint32_t{to_byte(rgb[1])} << 8 |
         std::uint32_t{to_byte(rgb[2])};
}

Color unpack(std::uint32_t key) {
  const auto channel = [&](unsigned shift) {
    return static_cast<float>(key >> shift & 255U) / 255.0F;
  };
  return {channel(16), channel(8), channel(0)};
}

std::vector<CountedColor> count(std::vector<std::uint32_t> keys) {
  std::sort(keys.begin(), keys.end());
  std::vector<CountedColor> colors;
  for (std::size_t i = 0; i < keys.size();) {
    std::size_t end = i;
    while (end < keys.size() && keys[end] == keys[i]) ++end;
    colors.push_back({unpack(keys[i]), end - i});
    i = end;
  }
  std::stable_sort(colors.begin(), colors.end(),
                   [](const auto& a, const auto& b) { return a.count > b.count; });
  return colors;
}

/// The most common colour of the border; of the image if the whole border is held out. Exact,
/// unlike border_color(), which takes nearly equal ones together: an entry of the palette is a
/// colour that the image has.
Color background(const Image& image, const std::vector<bool>& held_out) {
  std::vector<std::uint32_t> border;
  for (std::size_t y = 0; y < image.height; ++y)
    for (std::size_t x = 0; x < image.width; ++x) {
      const bool inside = x > 0 && y > 0 && x + 1 < image.width && y + 1 < image.height;
      if (!inside && !held(held_out, y * image.width + x))
        border.push_back(pack(image.pixel(x, y)));
    }
  if (border.empty()) return count_colors(image, held_out).front().color;
  return count(std::move(border)).front().color;
}

/// Adds the common colours that are not there yet; counted are sorted, the most common first.
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

/// Adds the colours that are farthest from all before, while there are others.
void add_farthest(std::vector<Color>& chosen, const std::vector<CountedColor>& counted,
                  std::size_t entries) {
  std::vector<float> distance;
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
    for (std::size_t c = 0; c < 3; ++c) sum[c] += each.color[c] * static_cast<float>(each.count);
    pixels += each.count;
  }
  for (float& channel : sum) channel /= static_cast<float>(pixels);
  return sum;
}

Color at(const ColorField& field, float x, float y) {
  Color color;
  for (std::size_t c = 0; c < 3; ++c) color[c] = field.p[c] + x * field.gx[c] + y * field.gy[c];
  return color;
}

struct Nearest {
  std::size_t field;
  float distance;
};

Nearest nearest(const std::vector<ColorField>& fields, const PlacedColor& pixel) {
  Nearest best{0, std::numeric_limits<float>::max()};
  for (std::size_t k = 0; k < fields.size(); ++k) {
    const float distance = squared_distance(at(fields[k], pixel.x, pixel.y), pixel.color);
    if (distance < best.distance) best = {k, distance};
  }
  return best;
}

/// Least squares of a field to some pixels, its slopes held back where they do not spread far.
ColorField fit_field(const std::vector<PlacedColor>& pixels) {
  constexpr double slope_penalty = 0.002;
  const auto n = static_cast<double>(pixels.size());
  double mx = 0, my = 0, xx = slope_penalty, xy = 0, yy = slope_penalty;
  for (const PlacedColor& p : pixels) mx += p.x / n, my += p.y / n;
  for (const PlacedColor& p : pixels) {
    xx += (p.x - mx) * (p.x - mx) / n;
    xy += (p.x - mx) * (p.y - my) / n;
    yy += (p.y - my) * (p.y - my) / n;
  }
  ColorField field;
  for (std::size_t c = 0; c < 3; ++c) {
    double mean = 0, xv = 0, yv = 0;
    for (const PlacedColor& p : pixels) {
      mean += double{p.color[c]} / n;
      xv += (p.x - mx) * double{p.color[c]} / n;
      yv += (p.y - my) * double{p.color[c]} / n;
    }
    const double determinant = xx * yy - xy * xy;
    const double gx = (xv * yy - yv * xy) / determinant, gy = (yv * xx - xv * xy) / determinant;
    field.gx[c] = static_cast<float>(gx);
    field.gy[c] = static_cast<float>(gy);
    field.p[c] = static_cast<float>(mean - gx * mx - gy * my);
  }
  return field;
}

/// Whether the pixels around (x, y) that are not held out are about as it is.
bool is_smooth(const Image& image, const std::vector<bool>& held_out, std::size_t x,
               std::size_t y) {
  constexpr float largest_step = 0.06F;  // of a channel, to a neighbour
  const float* center = image.pixel(x, y);
  for (std::size_t v = y - std::min<std::size_t>(y, 1); v <= std::min(y + 1, image.height - 1); ++v)
    for (std::size_t u = x - std::min<std::size_t>(x, 1); u <= std::min(x + 1, image.width - 1);
         ++u) {
      if (held(held_out, v * image.width + u)) continue;
      const float* other = image.pixel(u, v);
      for (std::size_t c = 0; c < 3; ++c)
        if (std::abs(other[c] - center[c]) > largest_step) return false;
    }
  return true;
}

}  // namespace

std::vector<CountedColor> count_colors(const Image& image, const std::vector<bool>& held_out) {
  std::vector<std::uint32_t> keys;
  for (std::size_t pixel = 0; pixel < image.pixels(); ++pixel)
    if (!held(held_out, pixel)) keys.push_back(pack(&image.rgb[3 * pixel]));
  return count(std::move(keys));
}

std::size_t common_colors(const Image& image, const std::vector<bool>& held_out) {
  // Pixels on edges have blended colours, which need no entries.
  std::vector<bool> skipped = flat_pixels(image, held_out);
  const auto flat = static_cast<std::size_t>(std::count(skipped.begin(), skipped.end(), true));
  skipped.flip();
  if (flat * least_smooth_share < image.pixels()) skipped = held_out;
  std::vector<Color> chosen = {background(image, held_out)};
  add_common(chosen, count_colors(image, skipped), std::numeric_limits<std::size_t>::max());
  return chosen.size();
}

std::vector<Color> choose_colors(const Image& image, const std::vector<bool>& held_out,
                                 std::size_t entries) {
  // What an edge gives to the pixels that it passes through is no colour of the picture.
  std::vector<bool> skipped = blended_pixels(image, held_out);
  for (std::size_t pixel = 0; pixel < held_out.size(); ++pixel)
    if (held_out[pixel]) skipped[pixel] = true;
  const std::vector<CountedColor> all = count_colors(image, held_out);
  std::vector<Color> chosen = {background(image, held_out)};
  const std::vector<CountedColor> own = count_colors(image, skipped);
  add_common(chosen, own, entries);
  add_farthest(chosen, own, entries);
  chosen.resize(entries, mean_color(all));
  return chosen;
}

std::vector<PlacedColor> smooth_pixels(const Image& image, const std::vector<bool>& held_out) {
  std::vector<PlacedColor> smooth, all;
  const auto centre = [](std::size_t j, std::size_t n) {
    return (2 * static_cast<float>(j) + 1) / static_cast<float>(n) - 1;
  };
  for (std::size_t y = 0; y < image.height; ++y)
    for (std::size_t x = 0; x < image.width; ++x) {
      if (held(held_out, y * image.width + x)) continue;
      const float* rgb = image.pixel(x, y);
      all.push_back({centre(x, image.width), centre(y, image.height), {rgb[0], rgb[1], rgb[2]}});
      if (is_smooth(image, held_out, x, y)) smooth.push_back(all.back());
    }
  return smooth.size() * least_smooth_share < all.size() ? all : smooth;
}

std::vector<ColorField> fit_fields(const std::vector<PlacedColor>& pixels,
                                   const std::vector<Color>& start) {
  constexpr int rounds = 6;
  constexpr std::size_t least_pixels = 12;
  std::vector<ColorField> fields;
  for (const Color& color : start) fields.push_back({color, {}, {}});
  for (int round = 0; round < rounds; ++round) {
    std::vector<std::vector<PlacedColor>> clusters(fields.size());
    for (const PlacedColor& pixel : pixels) clusters[nearest(fields, pixel).field].push_back(pixel);
    for (std::size_t k = 0; k < fields.size(); ++k)
      if (clusters[k].size() >= least_pixels) fields[k] = fit_field(clusters[k]);
  }
  return fields;
}

namespace {

/// Centres of as many clusters of colours as asked for (k-means from farthest points).
std::vector<Color> cluster(const std::vector<Color>& colors, std::size_t count) {
  constexpr int rounds = 12;
  std::vector<Color> centres = {colors.front()};
  while (centres.size() < count)
    centres.push_back(
        *std::max_element(colors.begin(), colors.end(), [&](const Color& a, const Color& b) {
          return distance_to_nearest(a, centres) < distance_to_nearest(b, centres);
        }));
  for (int round = 0; round < rounds; ++round) {
    std::vector<Color> sums(count);
    std::vector<float> members(count);
    for (const Color& color : colors) {
      std::size_t best = 0;
      for (std::size_t k = 1; k < count; ++k)
        if (squared_distance(color, centres[k]) < squared_distance(color, centres[best])) best = k;
      for (std::size_t c = 0; c < 3; ++c) sums[best][c] += color[c];
      members[best] += 1;
    }
    for (std::size_t k = 0; k < count; ++k)
      for (std::size_t c = 0; c < 3 && members[k] > 0; ++c) centres[k][c] = sums[k][c] / members[k];
  }
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
  places.insert(places.begin(), Color{});  // of the first entry, which stays
  for (auto& palette : palettes) order_as(places, palette);
}

double distance_from(const std::vector<ColorField>& fields,
                     const std::vector<PlacedColor>& pixels) {
  double sum = 0;
  for (const PlacedColor& pixel : pixels) sum += double{nearest(fields, pixel).distance};
  return sum / (3 * static_cast<double>(pixels.size()));
}

}  // namespace chorus
