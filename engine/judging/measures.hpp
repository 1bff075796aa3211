#pragma once

#include <array>
#include <cstddef>
#include <functional>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "chorus/model.hpp"
#include "chorus/render.hpp"
#include "enum_names.hpp"
#include "similarity.hpp"

// Measures of the similarity of a model's images.

namespace chorus {

struct SegmentedImage;

/// Measures of the distance between two images of a model. docs/measures.md defines them and tells
/// how well each of them predicts a good path.
enum class DistanceMeasure {
  latent_cosine,  ///< 1 - cosine of the latents
  latent_l2,      ///< Euclidean distance of the latents
  modulation,     ///< Euclidean distance of the shifts they cause, see modulation_vectors()
  pull_back,      ///< length in pixel values of the straight latent path, decoded
  pixel,       ///< pixel_distance() of the decoded images; the measures below compare these as well
  ssim,        ///< 1 - structural similarity
  palette,     ///< palette_distance()
  silhouette,  ///< silhouette_distance()
  edges,       ///< edge_distance()
  regions,     ///< region_distance()
};

template <>
inline constexpr auto enum_names<DistanceMeasure> = enum_table<DistanceMeasure>(
    "measure of similarity", {{DistanceMeasure::latent_cosine, "latent-cosine"},
                              {DistanceMeasure::latent_l2, "latent-l2"},
                              {DistanceMeasure::modulation, "modulation"},
                              {DistanceMeasure::pull_back, "pull-back"},
                              {DistanceMeasure::pixel, "pixel"},
                              {DistanceMeasure::ssim, "ssim"},
                              {DistanceMeasure::palette, "palette"},
                              {DistanceMeasure::silhouette, "silhouette"},
                              {DistanceMeasure::edges, "edges"},
                              {DistanceMeasure::regions, "regions"}});
inline constexpr std::array all_distance_measures = enum_names<DistanceMeasure>.values();

/// The measure by which pairs are chosen by default: the one that best predicted good paths in the
/// study of docs/experiments/paths.md.
constexpr DistanceMeasure default_distance_measure = DistanceMeasure::regions;

std::string_view name(DistanceMeasure measure);                 ///< "latent-cosine"
DistanceMeasure parse_distance_measure(std::string_view text);  ///< throws Error

/// Receives the fraction of the work that is done, in [0, 1]. Several threads may call it at once.
using DistanceProgress = std::function<void(double)>;

/// Receives an image and its distances to the next image, the one behind that, and so on to the
/// last. Several threads may call it at once.
using DistanceVisitor = std::function<void(std::size_t, std::span<const double>)>;

/// Distances between the images of a model. Decoded images are compared on a grid of 48 x 48 pixels
/// whatever their own sizes, because images of different sizes share the network's coordinates;
/// pull_back decodes 24 x 24 pixels at 5 places. An image is decoded when a measure first needs it,
/// and kept for the next measure. Comparisons run on `threads` threads, see for_each_index(). The
/// memory and the model must outlive this object.
class ImageDistances {
 public:
  ImageDistances(Memory& memory, const Model& model, std::size_t threads);

  double distance(std::size_t a, std::size_t b, DistanceMeasure measure);
  /// Visits each image with its distances to all images behind it. Several threads may do so at
  /// once, in any order.
  void for_each_image(DistanceMeasure measure, const DistanceVisitor& visit,
                      const DistanceProgress& progress = {});
  /// The distances between all images: a symmetric matrix with zeros on the diagonal.
  DistanceMatrix distances(DistanceMeasure measure, const DistanceProgress& progress = {});

 private:
  /// Computes the properties of an image that a measure compares.
  void prepare(std::size_t image, DistanceMeasure measure);
  double compare(std::size_t a, std::size_t b, DistanceMeasure measure);

  const Model& model_;
  std::size_t threads_;
  Renderer renderer_;
  std::vector<std::vector<double>> latents_, shifts_;
  // Indexed by image; empty until needed.
  std::vector<Image> pictures_, coarse_pictures_;
  std::vector<std::shared_ptr<const SegmentedImage>> regions_;
};

}  // namespace chorus
