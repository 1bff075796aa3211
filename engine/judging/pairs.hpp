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

/// The `count` closest pairs of all, or all there are, closest first; an image may be in several.
/// Equally close pairs are in the order of their images. Throws std::invalid_argument if a distance
/// is negative or no number.
std::vector<ImagePair> closest_pairs(const DistanceMatrix& distances, std::size_t count);

/// `count` pairs, no image in two of them, with the least sum of distances; fewer if there are not
/// so many images. Closest first. Exact, but for rounding to a 2^-24th of the largest distance: a
/// maximum-weight matching of the images and as many stand-ins as images shall stay alone.
/// Throws std::invalid_argument if a distance is negative or no number.
std::vector<ImagePair> closest_disjoint_pairs(const DistanceMatrix& distances, std::size_t count);

/// Up to `count` pairs of a model's images, no image in two of them, with the least sum of
/// distances. Closest first. Images are compared on `threads` threads, see ImageDistances.
std::vector<ImagePair> best_pairs(Memory& memory, const Model& model, std::size_t count,
                                  DistanceMeasure measure, std::size_t threads);

/// Different pairs of different images, drawn from the seed; all there are if `count` is not less.
/// Words w of RandomStream(seed, Stream::random_pairs), two for each draw: a = below(w, images), b
/// = below(w', images
/// - 1), one more if it is not below a; a pair that is there is drawn again. a < b in the result;
/// distances are 0.
std::vector<ImagePair> random_pairs(std::size_t images, std::size_t count, std::uint64_t seed);

}  // namespace chorus
