#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "measures.hpp"

// Pairs of images that are most alike, or drawn at random.

namespace chorus {

struct ImagePair {
  std::size_t a = 0;
  std::size_t b = 0;
  double distance = 0;
};

/// Returns the `count` closest of all pairs (or all pairs if there are fewer), closest first. An
/// image may be in several of them. Equally close pairs are in the order of their images. Throws
/// std::invalid_argument if a distance is negative or NaN.
std::vector<ImagePair> closest_pairs(const DistanceMatrix& distances, std::size_t count);

/// Returns `count` pairs with the least sum of distances, closest first, such that no image is in
/// two of them; fewer if there are not enough images. Exact, except that distances are rounded to
/// 2^-24 of the largest. This is a maximum-weight matching of the images with additional vertices,
/// one for each image that stays alone. Throws std::invalid_argument if a distance is negative or
/// NaN.
std::vector<ImagePair> closest_disjoint_pairs(const DistanceMatrix& distances, std::size_t count);

/// Up to `count` pairs of a model's images with the least sum of distances, closest first, such
/// that no image is in two of them. Images are compared on `threads` threads, see ImageDistances.
std::vector<ImagePair> best_pairs(Memory& memory, const Model& model, std::size_t count,
                                  DistanceMeasure measure, std::size_t threads,
                                  const DistanceProgress& progress = {});

/// Returns `count` different pairs of different images, drawn from the seed, or all pairs if there
/// are not more. In the result a < b and distances are 0. The words w of RandomStream(seed,
/// Stream::random_pairs) are used in pairs: a = below(w, images), then b = below(w', images - 1),
/// plus 1 if it is not below a. A pair that was drawn before is drawn again.
std::vector<ImagePair> random_pairs(std::size_t images, std::size_t count, std::uint64_t seed);

}  // namespace chorus
