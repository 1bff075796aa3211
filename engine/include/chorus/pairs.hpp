#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include "chorus/model.hpp"
#include "chorus/render.hpp"
#include "chorus/similarity.hpp"

// How alike the images of a model are, in several ways, and the pairs that are most alike.

namespace chorus {

struct SegmentedImage;

/// Measures of how far apart the representations of two images are. docs/interpolation.md defines
/// them and tells how well each foretells a good path.
enum class Similarity {
  latent_cosine,  ///< 1 - cosine of the latents
  latent_l2,      ///< Euclidean distance of the latents
  modulation,     ///< Euclidean distance of the shifts they cause, see modulation_vectors()
  pull_back,      ///< length in pixel values of the straight latent path, decoded
  pixel,          ///< pixel_distance() of the decoded images, as those below
  ssim,           ///< 1 - structural similarity
  palette,        ///< palette_distance()
  silhouette,     ///< silhouette_distance()
  edges,          ///< edge_distance()
  regions,        ///< region_distance()
};
inline constexpr std::array all_similarities = {Similarity::latent_cosine, Similarity::latent_l2,
                                                Similarity::modulation,    Similarity::pull_back,
                                                Similarity::pixel,         Similarity::ssim,
                                                Similarity::palette,       Similarity::silhouette,
                                                Similarity::edges,         Similarity::regions};

/// What pairs are chosen by unless another measure is asked for: what foretold good paths best in
/// the study of docs/interpolation.md.
constexpr Similarity default_similarity = Similarity::regions;

std::string_view name(Similarity measure);           ///< "latent-cosine"
Similarity parse_similarity(std::string_view text);  ///< throws Error

/// How far apart a model's images are. Decoded images are compared on a grid of 48 x 48 pixels
/// whatever their own sizes, since images of different sizes share the network's coordinates;
/// pull_back decodes 24 x 24 pixels at 5 places. Images are decoded when a measure first asks for
/// them and kept for the next one. The memory and the model must outlive this.
class Similarities {
 public:
  Similarities(Memory& memory, const Model& model);

  double distance(std::size_t a, std::size_t b, Similarity measure);
  /// Between all images: a symmetric matrix with zeros on the diagonal.
  DistanceMatrix distances(Similarity measure);

 private:
  /// What a measure compares of an image.
  void prepare(std::size_t image, Similarity measure);
  double compare(std::size_t a, std::size_t b, Similarity measure);

  const Model& model_;
  Renderer renderer_;
  std::vector<std::vector<double>> latents_, shifts_;
  // By image; empty until asked for.
  std::vector<Image> pictures_, coarse_pictures_;
  std::vector<std::shared_ptr<const SegmentedImage>> regions_;
};

DistanceMatrix similarity_distances(Memory& memory, const Model& model, Similarity measure);

/// Up to `count` pairs of a model's images, no image in two of them, with the least sum of
/// distances. Closest first.
std::vector<ImagePair> best_pairs(Memory& memory, const Model& model, std::size_t count,
                                  Similarity measure = default_similarity);

/// Different pairs of different images, drawn from the seed; all there are if `count` is not less.
/// Words w of RandomStream(seed, 7), two for each draw: a = below(w, images), b = below(w', images
/// - 1), one more if it is not below a; a pair that is there is drawn again. a < b in the result;
/// distances are 0.
std::vector<ImagePair> random_pairs(std::size_t images, std::size_t count, std::uint64_t seed);

}  // namespace chorus
