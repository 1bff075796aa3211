#include "pairs.hpp"

#include <algorithm>
#include <cmath>
#include <set>
#include <stdexcept>
#include <tuple>

#include "blossom_matching.hpp"
#include "random.hpp"

namespace chorus {

namespace {

/// A total order: pairs that are equally far apart are taken in the order of their images.
bool closer(const ImagePair& x, const ImagePair& y) {
  return std::tie(x.distance, x.a, x.b) < std::tie(y.distance, y.a, y.b);
}

std::vector<ImagePair> all_pairs(const DistanceMatrix& distances) {
  std::vector<ImagePair> all;
  for (std::size_t a = 0; a < distances.size(); ++a)
    for (std::size_t b = a + 1; b < distances.size(); ++b) {
      if (!(distances[a][b] >= 0) || std::isinf(distances[a][b]))
        throw std::invalid_argument("the distance of two images is negative or not finite");
      all.push_back({a, b, distances[a][b]});
    }
  std::sort(all.begin(), all.end(), closer);
  return all;
}

/// The pairs that may be among the best `count`, closest first. A pair whose two images both have
/// other images left can be exchanged for a closer one. So a pair is a candidate only if it is
/// among the 2 count - 1 closest of each of its images, because the other count - 1 pairs use up
/// at most twice as many images. Among such pairs the others block at most
/// (2 count - 2)(2 count - 1), so that a later one can be exchanged as well.
std::vector<ImagePair> candidates(const DistanceMatrix& distances, std::size_t count) {
  const std::size_t degree = 2 * count - 1, most = (2 * count - 2) * degree + 1;
  const std::vector<ImagePair> all = all_pairs(distances);
  std::vector<std::size_t> rank(distances.size());
  std::vector<ImagePair> kept;
  for (const ImagePair& pair : all) {
    const bool near = rank[pair.a] < degree && rank[pair.b] < degree;
    ++rank[pair.a];
    ++rank[pair.b];
    if (near && kept.size() < most) kept.push_back(pair);
  }
  return kept;
}

/// The images of some pairs, and the number of each image among them.
struct Numbering {
  explicit Numbering(const std::vector<ImagePair>& pairs) {
    std::set<std::size_t> seen;
    for (const ImagePair& pair : pairs) seen.insert({pair.a, pair.b});
    images.assign(seen.begin(), seen.end());
  }
  std::size_t place(std::size_t image) const {
    return static_cast<std::size_t>(std::lower_bound(images.begin(), images.end(), image) -
                                    images.begin());
  }
  std::vector<std::size_t> images;
};

/// Weights above all distances together, so that as many vertices as possible are matched.
struct Weights {
  Weights(double largest_distance, std::size_t vertices)
      : scale(largest_distance > 0 ? 0x1p24 / largest_distance : 0),
        base(static_cast<std::int64_t>(vertices + 2) << 24U) {}
  std::int64_t of(double distance) const { return base - std::llround(scale * distance); }
  double scale;
  std::int64_t base;
};

}  // namespace

std::vector<ImagePair> closest_pairs(const DistanceMatrix& distances, std::size_t count) {
  std::vector<ImagePair> closest = all_pairs(distances);
  closest.resize(std::min(count, closest.size()));
  return closest;
}

std::vector<ImagePair> closest_disjoint_pairs(const DistanceMatrix& distances, std::size_t count) {
  count = std::min(count, distances.size() / 2);
  if (count == 0) return {};
  const std::vector<ImagePair> pairs = candidates(distances, count);
  const Numbering numbering(pairs);
  const std::size_t images = numbering.images.size(), alone = images - 2 * count;
  const Weights weights(pairs.back().distance, images + alone);
  std::vector<WeightedEdge> edges;
  edges.reserve(pairs.size() + images * alone);
  for (const ImagePair& pair : pairs)
    edges.push_back({numbering.place(pair.a), numbering.place(pair.b), weights.of(pair.distance)});
  for (std::size_t image = 0; image < images; ++image)
    for (std::size_t k = 0; k < alone; ++k) edges.push_back({image, images + k, weights.of(0)});
  const std::vector<std::size_t> partner = maximum_weight_matching(images + alone, edges);
  std::vector<ImagePair> chosen;
  for (const ImagePair& pair : pairs)
    if (partner[numbering.place(pair.a)] == numbering.place(pair.b)) chosen.push_back(pair);
  return chosen;
}

std::vector<ImagePair> best_pairs(Memory& memory, const Model& model, std::size_t count,
                                  DistanceMeasure measure, std::size_t threads,
                                  const DistanceProgress& progress) {
  return closest_disjoint_pairs(image_distances(memory, model, measure, threads, progress), count);
}

std::vector<ImagePair> random_pairs(std::size_t images, std::size_t count, std::uint64_t seed) {
  RandomStream random(seed, Stream::random_pairs);
  if (images < 2) return {};
  std::set<std::pair<std::size_t, std::size_t>> drawn;
  std::vector<ImagePair> pairs;
  while (pairs.size() < std::min(count, images * (images - 1) / 2)) {
    const std::size_t a = below(random.word(), static_cast<std::uint32_t>(images));
    std::size_t b = below(random.word(), static_cast<std::uint32_t>(images - 1));
    if (b >= a) ++b;
    if (drawn.insert(std::minmax(a, b)).second)
      pairs.push_back({std::min(a, b), std::max(a, b), 0});
  }
  return pairs;
}

}  // namespace chorus
