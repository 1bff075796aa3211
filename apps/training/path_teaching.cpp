#include "training/path_teaching.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <numeric>
#include <set>

#include "chorus/error.hpp"
#include "pairs.hpp"
#include "parallel.hpp"
#include "picture_morph.hpp"
#include "printable.hpp"
#include "region_distance.hpp"
#include "resample.hpp"
#include "shuffle.hpp"

namespace chorus::app {

namespace {

using Pair = TaughtPairs::Pair;

void require_one_size(const Collection& images) {
  const NamedImage& first = images.front();
  for (const NamedImage& each : images)
    if (each.image.size() != first.image.size())
      throw Error(
          fmt::format("--paths lead between images of one size; '{}' has {} x {} pixels and "
                      "'{}' {} x {}",
                      printable(first.name), first.image.width, first.image.height,
                      printable(each.name), each.image.width, each.image.height));
}

void require_pairs(const Collection& images, const PathTeaching& teaching) {
  const std::size_t all = images.size() * (images.size() - 1) / 2;
  if (teaching.pairs > all)
    throw Error(fmt::format("--paths is {}; the {} images have {} pairs", teaching.pairs,
                            images.size(), all));
}

/// As `pairs` compares decoded images.
DistanceMatrix distances_of(const Collection& images, std::size_t threads) {
  constexpr std::size_t grid_px = 48;
  const std::size_t count = images.size();
  std::vector<SegmentedImage> regions;
  regions.reserve(count);
  for (const NamedImage& each : images)
    regions.emplace_back(resample(each.image, grid_px, grid_px, Filter::bicubic));
  DistanceMatrix distances(count, std::vector<double>(count));
  for_each_index(count, threads, [&](std::size_t a) {
    for (std::size_t b = a + 1; b < count; ++b)
      distances[a][b] = distances[b][a] = region_distance(regions[a], regions[b]);
  });
  return distances;
}

std::vector<Pair> closest(const Collection& images, std::size_t wanted, std::size_t threads) {
  constexpr std::size_t disjoint = 8;
  const DistanceMatrix distances = distances_of(images, threads);
  std::vector<ImagePair> candidates = closest_disjoint_pairs(distances, std::min(disjoint, wanted));
  const std::vector<ImagePair> others = closest_pairs(distances, wanted + disjoint);
  candidates.insert(candidates.end(), others.begin(), others.end());
  std::set<Pair> chosen;
  for (const ImagePair& pair : candidates)
    if (chosen.size() < wanted) chosen.insert({pair.a, pair.b});
  return {chosen.begin(), chosen.end()};
}

/// Neighbours on circles through all images, each in a random order: two partners more by circle.
std::vector<Pair> spread(std::size_t images, std::size_t wanted, std::uint64_t seed) {
  RandomStream random(seed, Stream::path_pairs);
  std::vector<std::size_t> circle(images);
  std::iota(circle.begin(), circle.end(), std::size_t{0});
  std::set<Pair> chosen;
  while (chosen.size() < wanted) {
    shuffle(circle, random);
    for (std::size_t k = 0; k < images && chosen.size() < wanted; ++k) {
      const auto [a, b] = std::minmax(circle[k], circle[(k + 1) % images]);
      if (a != b) chosen.insert({a, b});
    }
  }
  return {chosen.begin(), chosen.end()};
}

}  // namespace

TaughtPairs choose_path_pairs(const Collection& images, const PathTeaching& teaching,
                              std::uint64_t seed, std::size_t threads) {
  require_one_size(images);
  require_pairs(images, teaching);
  std::vector<Pair> pairs = teaching.choice == PathPairs::closest
                                ? closest(images, teaching.pairs, threads)
                                : spread(images.size(), teaching.pairs, seed);
  RandomStream random(seed, Stream::held_out_pairs);
  shuffle(pairs, random);
  const auto held_out = static_cast<std::ptrdiff_t>(
      std::llround(teaching.hold_out * static_cast<double>(pairs.size())));
  if (held_out == std::ssize(pairs))
    throw Error(fmt::format("--hold-out-pairs leaves none of {} pairs to train", pairs.size()));
  TaughtPairs chosen{{pairs.begin() + held_out, pairs.end()},
                     {pairs.begin(), pairs.begin() + held_out},
                     teaching.frames};
  std::sort(chosen.trained.begin(), chosen.trained.end());
  std::sort(chosen.held_out.begin(), chosen.held_out.end());
  return chosen;
}

std::vector<PathFrame> path_frames(const Collection& images, const TaughtPairs& pairs,
                                   std::size_t threads, const std::function<bool()>& stops,
                                   const std::function<void(double)>& progress) {
  const std::size_t count = pairs.trained.size();
  std::vector<std::vector<PathFrame>> of_pair(count);
  std::atomic<std::size_t> done = 0;
  for_each_index(count, threads, [&](std::size_t p) {
    if (stops()) return;
    const auto [from, to] = pairs.trained[p];
    const PictureMorph morph(images[from].image, images[to].image);
    for (std::size_t k = 1; k <= pairs.frames; ++k) {
      const double t = static_cast<double>(k) / static_cast<double>(pairs.frames + 1);
      of_pair[p].push_back({morph.frame(t), from, to, static_cast<float>(t)});
    }
    progress(static_cast<double>(++done) / static_cast<double>(count));
  });
  std::vector<PathFrame> frames;
  frames.reserve(count * pairs.frames);
  for (std::vector<PathFrame>& each : of_pair)
    frames.insert(frames.end(), std::make_move_iterator(each.begin()),
                  std::make_move_iterator(each.end()));
  return frames;
}

}  // namespace chorus::app
