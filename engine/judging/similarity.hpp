#pragma once

#include <array>
#include <cstddef>
#include <vector>

#include "chorus/model.hpp"

namespace chorus {

/// All shifts that each image's latent causes in the network, one layer after another: M1 z, M2 z,
/// ... They are all that the network sees of a latent: directions that no layer uses do not count.
/// Returns [images][sum of widths].
std::vector<std::vector<double>> modulation_vectors(const Model& model);

using DistanceMatrix = std::vector<std::vector<double>>;

/// Euclidean distance of two vectors of the same length.
double euclidean_distance(const std::vector<double>& a, const std::vector<double>& b);

/// Euclidean distances between all vectors, a symmetric matrix.
DistanceMatrix pairwise_distances(const std::vector<std::vector<double>>& vectors);

/// The coordinates of each vector, relative to their mean, along the two directions in which the
/// vectors vary most (principal components; each direction's sign makes the largest coordinate
/// positive). Coordinates along directions in which they do not vary are 0. Returns [vectors][2].
std::vector<std::array<double, 2>> principal_plane(const std::vector<std::vector<double>>& vectors);

}  // namespace chorus
