#pragma once

#include <array>
#include <cstddef>
#include <vector>

#include "chorus/model.hpp"

namespace chorus {

/// The shifts M1 z, M2 z, ... that the latent z of each image causes in the layers of the network,
/// one after another. The network depends on a latent only through them, so directions that no
/// layer uses do not count. Returns [images][sum of widths].
std::vector<std::vector<double>> modulation_vectors(const Model& model);

using DistanceMatrix = std::vector<std::vector<double>>;

/// Euclidean distance of two vectors of the same length.
double euclidean_distance(const std::vector<double>& a, const std::vector<double>& b);

/// Euclidean distances between all vectors, a symmetric matrix.
DistanceMatrix pairwise_distances(const std::vector<std::vector<double>>& vectors);

/// The coordinates of each vector, relative to the mean, along the two directions in which the
/// vectors vary most (principal components). The sign of a direction makes the largest coordinate
/// positive. Coordinates are 0 along directions in which the vectors do not vary. Returns
/// [vectors][2].
std::vector<std::array<double, 2>> principal_plane(const std::vector<std::vector<double>>& vectors);

}  // namespace chorus
