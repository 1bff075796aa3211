#include "class_map.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <numeric>
#include <stdexcept>

#include "color_distance.hpp"

namespace chorus::shapes {

namespace {

/// Colours nearer than this in each number are not told apart.
constexpr float same_color = 6.0F / 255;
/// More colours than this are no drawing, and would only cost time.
constexpr std::size_t most_colors = 40;

using Levels = std::array<int, most_channels>;

Levels levels_of(const Color& color) {
  Levels levels;
  for (std::size_t c = 0; c < most_channels; ++c)
    levels[c] = static_cast<int>(std::lround(color[c] * 255));
  return levels;
}

/// Counts equal elements; the most common first, and of equally common ones the smallest.
std::vector<std::pair<Levels, std::size_t>> by_count(const std::vector<Levels>& all) {
  std::map<Levels, std::size_t> counts;
  for (const Levels& levels : all) ++counts[levels];
  std::vector<std::pair<Levels, std::size_t>> sorted(counts.begin(), counts.end());
  std::ranges::stable_sort(sorted, std::greater(), &std::pair<Levels, std::size_t>::second);
  return sorted;
}

bool is_surrounded_by_itself(const std::vector<Levels>& all, const Image& picture, std::size_t x,
                             std::size_t y) {
  if (x == 0 || y == 0 || x + 1 == picture.width || y + 1 == picture.height) return false;
  const Levels& own = all[y * picture.width + x];
  for (std::size_t v = y - 1; v <= y + 1; ++v)
    for (std::size_t u = x - 1; u <= x + 1; ++u)
      if (all[v * picture.width + u] != own) return false;
  return true;
}

ClassMap empty_map(PixelSize picture, std::size_t nodes_per_pixel) {
  ClassMap map;
  map.picture = picture;
  map.nodes_per_pixel = nodes_per_pixel;
  map.width = (picture.width + 2) * map.nodes_per_pixel;
  map.height = (picture.height + 2) * map.nodes_per_pixel;
  return map;
}

/// Fills the map from a function that gives the score of a class at a place of the enlarged
/// picture.
template <class Score>
void classify(ClassMap& map, std::size_t classes, const Score& score) {
  const std::size_t k = map.nodes_per_pixel;
  const std::size_t inner_width = map.picture.width * k, inner_height = map.picture.height * k;
  const auto inner = [&](std::size_t node) {
    const auto clamped = [&](std::size_t at, std::size_t size) {
      return std::clamp(at, k, size + k - 1) - k;
    };
    return clamped(node / map.width, inner_height) * inner_width +
           clamped(node % map.width, inner_width);
  };
  map.labels.resize(map.width * map.height);
  for (std::size_t node = 0; node < map.labels.size(); ++node) {
    const std::size_t place = inner(node);
    int best = 0;
    double highest = score(place, 0);
    for (int c = 1; c < static_cast<int>(classes); ++c)
      if (const double other = score(place, c); other > highest) {
        highest = other;
        best = c;
      }
    map.labels[node] = best;
  }
  // Where the scores of the two classes are equal, if scores are linear between the nodes.
  const auto change = [&](std::size_t node, std::size_t next) {
    const int a = map.labels[node], b = map.labels[next];
    if (a == b) return 0.5F;
    const double here = score(inner(node), a) - score(inner(node), b);
    const double there = score(inner(next), a) - score(inner(next), b);
    const double difference = here - there;
    return std::abs(difference) > 1e-9
               ? static_cast<float>(std::clamp(here / difference, 0.02, 0.98))
               : 0.5F;
  };
  map.change_right.assign(map.labels.size(), 0.5F);
  map.change_below.assign(map.labels.size(), 0.5F);
  for (std::size_t y = 0; y < map.height; ++y)
    for (std::size_t x = 0; x < map.width; ++x) {
      const std::size_t node = map.node(x, y);
      if (x + 1 < map.width) map.change_right[node] = change(node, node + 1);
      if (y + 1 < map.height) map.change_below[node] = change(node, node + map.width);
    }
}

}  // namespace

std::size_t nodes_per_pixel(PixelSize picture) {
  constexpr std::size_t most_nodes = 1200;  // along an axis
  return std::clamp<std::size_t>(most_nodes / std::max<std::size_t>(1, picture.longer_side()), 2,
                                 8);
}

std::vector<Color> main_colors(const Image& picture, const std::vector<Patch>& patches) {
  std::vector<Levels> all, flat, outside;
  for (std::size_t p = 0; p < picture.pixels(); ++p) all.push_back(levels_of(color_at(picture, p)));
  for (std::size_t p = 0; p < all.size(); ++p) {
    if (std::ranges::any_of(patches, [&](const Patch& patch) { return patch.pixels[p] != 0; }))
      continue;
    outside.push_back(all[p]);
    if (is_surrounded_by_itself(all, picture, p % picture.width, p / picture.width))
      flat.push_back(all[p]);
  }
  std::vector<Levels> candidates;
  for (const auto& [levels, count] : by_count(flat)) candidates.push_back(levels);
  for (const auto& [levels, count] : by_count(outside))
    if (count >= 6) candidates.push_back(levels);
  std::vector<Color> colors;
  for (const Levels& levels : candidates) {
    Color color;
    for (std::size_t c = 0; c < most_channels; ++c) color[c] = static_cast<float>(levels[c]) / 255;
    const bool is_new = std::ranges::none_of(
        colors, [&](const Color& other) { return largest_difference(color, other) < same_color; });
    if (is_new && colors.size() < most_colors) colors.push_back(color);
  }
  if (colors.empty() && patches.empty() && !all.empty()) colors.push_back(color_at(picture, 0));
  return colors;
}

ClassMap nearest_colors(PixelSize picture, const Image& enlarged, const std::vector<Color>& colors,
                        const std::vector<Patch>& patches) {
  const std::size_t k = enlarged.width / std::max<std::size_t>(1, picture.width);
  ClassMap map = empty_map(picture, k);
  if (k == 0 || enlarged.width != picture.width * k || enlarged.height != picture.height * k ||
      colors.size() + patches.size() == 0)
    throw std::invalid_argument("nearest_colors: the enlarged picture does not fit");
  map.colors = colors;
  for (const Patch& patch : patches) map.colors.push_back(patch.mean);
  constexpr double nowhere = -1e3;  // no distance of colours is so large
  classify(map, map.colors.size(), [&](std::size_t place, int c) {
    const auto i = static_cast<std::size_t>(c);
    const Color here = color_at(enlarged, place);
    if (i < colors.size()) return static_cast<double>(-squared_distance(here, colors[i]));
    const Patch& patch = patches[i - colors.size()];
    const std::size_t u = place % enlarged.width, v = place / enlarged.width;
    if (!patch.is_near[v / k * picture.width + u / k]) return nowhere;
    const auto at = [&](std::size_t node) {
      return (static_cast<double>(node) + 0.5) / static_cast<double>(k) - 0.5;
    };
    return static_cast<double>(-squared_distance(here, patch.at(at(u), at(v))));
  });
  return map;
}

ClassMap highest_scores(PixelSize picture, std::size_t nodes_per_pixel,
                        const std::vector<float>& scores, const std::vector<Color>& colors) {
  ClassMap map = empty_map(picture, nodes_per_pixel);
  const std::size_t entries = colors.size();
  const std::size_t places = picture.width * picture.height * nodes_per_pixel * nodes_per_pixel;
  if (entries == 0 || scores.size() != places * entries)
    throw std::invalid_argument(
        "highest_scores: there must be a score of each colour at each node");
  std::vector<std::size_t> class_of(entries);
  std::iota(class_of.begin(), class_of.end(), 0);
  for (std::size_t a = 0; a < entries; ++a)
    for (std::size_t b = 0; b < a; ++b)
      if (largest_difference(colors[a], colors[b]) < same_color)
        std::ranges::replace(class_of, class_of[a], class_of[b]);
  std::vector<std::size_t> kept;  // the first entry of each class
  for (std::size_t e = 0; e < entries; ++e)
    if (class_of[e] == e) kept.push_back(e);
  std::vector<float> merged(places * kept.size());
  for (std::size_t place = 0; place < places; ++place)
    for (std::size_t k = 0; k < kept.size(); ++k) {
      const float* own = &scores[place * entries];
      const float most = *std::max_element(own, own + entries);
      float sum = 0;
      for (std::size_t e = 0; e < entries; ++e)
        if (class_of[e] == kept[k]) sum += std::exp(own[e] - most);
      merged[place * kept.size() + k] = most + std::log(std::max(sum, 1e-30F));
    }
  for (const std::size_t k : kept) {
    Color mean{};
    float members = 0;
    for (std::size_t e = 0; e < entries; ++e) {
      if (class_of[e] != k) continue;
      for (std::size_t c = 0; c < most_channels; ++c) mean[c] += colors[e][c];
      ++members;
    }
    for (float& number : mean) number /= members;
    map.colors.push_back(mean);
  }
  const std::size_t classes = kept.size();
  classify(map, classes, [&](std::size_t place, int c) {
    return static_cast<double>(merged[place * classes + static_cast<std::size_t>(c)]);
  });
  return map;
}

}  // namespace chorus::shapes
