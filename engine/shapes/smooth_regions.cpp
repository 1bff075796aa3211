#include "smooth_regions.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <map>
#include <optional>
#include <utility>

#include "plane_fit.hpp"

namespace chorus::shapes {

namespace {

/// What a plane may be off on average: over both regions, and over each of them and their border.
constexpr double whole_rms = 2.0 / 255, part_rms = 3.0 / 255;
/// So many pixels have to lie within each region and across their border to tell whether there is
/// an edge.
constexpr double least_within = 4, least_across = 3;

/// The moments of the pixels wholly within each region, and of those across each border of two.
struct Shares {
  std::vector<Moments> of_region;
  std::map<std::pair<int, int>, Moments> across;
};

Shares shares_of(const Image& picture, const ClassMap& map, const NodeLabels& labels) {
  Shares shares;
  shares.of_region.resize(labels.count());
  for (std::size_t y = 0; y < picture.height; ++y)
    for (std::size_t x = 0; x < picture.width; ++x) {
      if (std::isnan(*picture.pixel(x, y))) continue;
      const auto regions = regions_of_pixel(map, labels, x, y);
      if (!regions) continue;
      Moments& into = regions->first == regions->second
                          ? shares.of_region[static_cast<std::size_t>(regions->first)]
                          : shares.across[*regions];
      into.add(static_cast<double>(x), static_cast<double>(y),
               color_at(picture, y * picture.width + x));
    }
  return shares;
}

/// How well one plane explains two regions; nothing if it does not.
std::optional<double> joint_rms(const Moments& a, const Moments& b, const Moments& across) {
  if (std::min(a.n, b.n) < least_within || across.n < least_across) return std::nullopt;
  Moments all = across;
  all += a;
  all += b;
  const Plane plane = plane_of(all);
  const double whole = rms(plane, all);
  if (whole > whole_rms || reach(plane, all) < least_reach) return std::nullopt;
  for (const Moments* part : {&a, &b, &across})
    if (rms(plane, *part) > part_rms) return std::nullopt;
  return whole;
}

}  // namespace

std::optional<std::pair<int, int>> regions_of_pixel(const ClassMap& map, const NodeLabels& labels,
                                                    std::size_t x, std::size_t y) {
  const std::size_t k = map.nodes_per_pixel;
  const std::size_t left = k * (x + 1) - 1, top = k * (y + 1) - 1;
  int a = labels[map.node(left, top)], b = a;
  for (std::size_t v = top; v < top + k + 2; ++v)
    for (std::size_t u = left; u < left + k + 2; ++u) {
      const int label = labels[map.node(u, v)];
      if (label == a || label == b) continue;
      if (a != b) return std::nullopt;
      b = label;
    }
  return std::minmax(a, b);
}

std::vector<int> smooth_partners(const Image& picture, const ClassMap& map,
                                 const NodeLabels& labels) {
  const Shares shares = shares_of(picture, map, labels);
  std::vector<std::pair<double, std::pair<int, int>>> candidates;
  for (const auto& [pair, across] : shares.across)
    if (const auto error =
            joint_rms(shares.of_region[static_cast<std::size_t>(pair.first)],
                      shares.of_region[static_cast<std::size_t>(pair.second)], across))
      candidates.emplace_back(*error, pair);
  std::ranges::sort(candidates);
  std::vector<int> partners(labels.count(), -1);
  for (const auto& [error, pair] : candidates) {
    int& a = partners[static_cast<std::size_t>(pair.first)];
    int& b = partners[static_cast<std::size_t>(pair.second)];
    if (a >= 0 || b >= 0) continue;
    a = pair.second;
    b = pair.first;
  }
  return partners;
}

}  // namespace chorus::shapes
