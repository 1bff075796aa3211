#pragma once

#include <cstddef>
#include <cstdint>
#include <mutex>
#include <span>
#include <vector>

#include "measures.hpp"

// Pairs of images that are most alike, or drawn at random.

namespace chorus {

struct ImagePair {
  std::size_t a = 0;
  std::size_t b = 0;
  double distance = 0;
};

/// Finds the closest pairs of images while their distances are computed. Keeps only what can still
/// be among them, so that its memory grows with the number of images and not with that of pairs.
/// Equally close pairs are in the order of their images.
class PairSelection {
 public:
  /// To find so many disjoint pairs, and so many pairs in which an image may be several times.
  PairSelection(std::size_t images, std::size_t disjoint, std::size_t any);

  /// Takes the distances of an image to the next one, the one behind that, and so on: see
  /// ImageDistances::for_each_image(). To be called once for each image, by any thread. Throws
  /// std::invalid_argument if a distance is negative or no finite number.
  void add(std::size_t image, std::span<const double> distances);

  /// The closest of all pairs (all pairs if there are fewer), closest first.
  std::vector<ImagePair> closest() const;
  /// Pairs with the least sum of distances, closest first, such that no image is in two of them;
  /// fewer if there are not enough images. Exact, except that distances are rounded to 2^-24 of the
  /// largest. This is a maximum-weight matching of the images with additional vertices, one for
  /// each image that stays alone.
  std::vector<ImagePair> closest_disjoint() const;

 private:
  /// The closest of the pairs it is given.
  class Closest {
   public:
    void add(const ImagePair& pair, std::size_t most);
    const std::vector<ImagePair>& pairs() const { return heap_; }

   private:
    std::vector<ImagePair> heap_;  ///< the farthest one first
  };
  std::size_t degree() const { return disjoint_ == 0 ? 0 : 2 * disjoint_ - 1; }
  std::vector<ImagePair> candidates() const;

  std::size_t disjoint_, any_;
  std::mutex mutex_;
  Closest closest_;
  std::vector<Closest> of_image_;  ///< the closest degree() pairs of each image
};

/// PairSelection::closest_disjoint() of a table of distances.
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
