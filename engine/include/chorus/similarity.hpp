#pragma once

#include <array>
#include <cstddef>
#include <vector>

#include "chorus/model.hpp"

namespace chorus {

/// All shifts that an image's latent causes in the network, one layer after another: M1 z, M2 z,
/// ... What the network sees of a latent; directions that no layer uses do not count. Returns
/// [images][sum of widths].
std::vector<std::vector<double>> modulation_vectors(Backend& backend, const Model& model);

using DistanceMatrix = std::vector<std::vector<double>>;

/// Of two vectors of one length.
double euclidean_distance(const std::vector<double>& a, const std::vector<double>& b);

/// Euclidean distances between all vectors, a symmetric matrix.
DistanceMatrix pairwise_distances(const std::vector<std::vector<double>>& vectors);

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

/// The coordinates of each vector along the two directions in which the vectors vary most, about
/// their mean (principal components; each direction's sign makes the largest coordinate positive).
/// Zeros where the vectors do not vary. Returns [vectors][2].
std::vector<std::array<double, 2>> principal_plane(const std::vector<std::vector<double>>& vectors);

/// (1 - t) a + t b.
ImageCode lerp(const ImageCode& a, const ImageCode& b, float t);
std::vector<float> lerp(const std::vector<float>& a, const std::vector<float>& b, float t);

}  // namespace chorus
