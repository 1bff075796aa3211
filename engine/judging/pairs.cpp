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

void PairSelection::Closest::add(const ImagePair& pair, std::size_t most) {
  if (heap_.size() == most) {
    if (most == 0 || !closer(pair, heap_.front())) return;
    std::pop_heap(heap_.begin(), heap_.end(), closer);
    heap_.pop_back();
  }
  heap_.push_back(pair);
  std::push_heap(heap_.begin(), heap_.end(), closer);
}

PairSelection::PairSelection(std::size_t images, std::size_t disjoint, std::size_t any)
    : disjoint_(std::min(disjoint, images / 2)), any_(any), of_image_(images) {}

void PairSelection::add(std::size_t image, std::span<const double> distances) {
  const std::lock_guard lock(mutex_);
  for (std::size_t k = 0; k < distances.size(); ++k) {
    const ImagePair pair{image, image + 1 + k, distances[k]};
    if (!(pair.distance >= 0) || std::isinf(pair.distance))
      throw std::invalid_argument("the distance of two images is negative or not finite");
    closest_.add(pair, any_);
    of_image_[pair.a].add(pair, degree());
    of_image_[pair.b].add(pair, degree());
  }
}

std::vector<ImagePair> PairSelection::closest() const {
  std::vector<ImagePair> pairs = closest_.pairs();
  std::sort(pairs.begin(), pairs.end(), closer);
  return pairs;
}

/// The pairs that may be among the best ones, closest first. A pair whose two images both have
/// other images left can be exchanged for a closer one. So a pair is a candidate only if it is
/// among the degree() closest of each of its images, because the other pairs use up at most so many
/// images. Among such pairs the others block at most twice their number times degree(), so that a
/// later one can be exchanged as well.
std::vector<ImagePair> PairSelection::candidates() const {
  std::vector<ImagePair> of_either;
  for (const Closest& closest : of_image_)
    of_either.insert(of_either.end(), closest.pairs().begin(), closest.pairs().end());
  std::sort(of_either.begin(), of_either.end(), closer);
  // A pair is there twice, one behind the other, if it is among the closest of both.
  const auto same = [](const ImagePair& x, const ImagePair& y) { return x.a == y.a && x.b == y.b; };
  const std::size_t most = (2 * disjoint_ - 2) * degree() + 1;
  std::vector<ImagePair> of_both;
  for (std::size_t k = 1; k < of_either.size() && of_both.size() < most; ++k)
    if (same(of_either[k - 1], of_either[k])) of_both.push_back(of_either[k]);
  return of_both;
}

std::vector<ImagePair> PairSelection::closest_disjoint() const {
  if (disjoint_ == 0) return {};
  const std::vector<ImagePair> pairs = candidates();
  const Numbering numbering(pairs);
  const std::size_t images = numbering.images.size(), alone = images - 2 * disjoint_;
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

std::vector<ImagePair> closest_disjoint_pairs(const DistanceMatrix& distances, std::size_t count) {
  PairSelection selection(distances.size(), count, 0);
  for (std::size_t a = 0; a < distances.size(); ++a)
    selection.add(a, std::span(distances[a]).subspan(a + 1));
  return selection.closest_disjoint();
}

std::vector<ImagePair> best_pairs(Memory& memory, const Model& model, std::size_t count,
                                  DistanceMeasure measure, std::size_t threads,
                                  const DistanceProgress& progress) {
  PairSelection selection(model.images.size(), count, 0);
  ImageDistances(memory, model, threads)
      .for_each_image(
          measure,
          [&](std::size_t image, std::span<const double> row) { selection.add(image, row); },
          progress);
  return selection.closest_disjoint();
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
