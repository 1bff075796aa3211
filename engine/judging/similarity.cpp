#include "similarity.hpp"

#include <algorithm>
#include <cmath>

#include "principal_components.hpp"
#include "vectors.hpp"

namespace chorus {

std::vector<std::vector<double>> modulation_vectors(const Model& model) {
  const std::vector<std::vector<double>> latents = host_rows(model.latents);
  std::vector<std::vector<double>> vectors(model.images.size());
  for (const Parameter& parameter : model.siren.parameters()) {
    if (parameter.role != Role::modulation) continue;
    const std::vector<std::vector<double>> matrix = host_rows(parameter.value);
    for (std::size_t i = 0; i < vectors.size(); ++i)
      for (const std::vector<double>& unit : matrix)
        vectors[i].push_back(inner_product(unit, latents[i]));
  }
  return vectors;
}

double euclidean_distance(const std::vector<double>& a, const std::vector<double>& b) {
  double sum = 0;
  for (std::size_t k = 0; k < a.size(); ++k) sum += (a[k] - b[k]) * (a[k] - b[k]);
  return std::sqrt(sum);
}

DistanceMatrix pairwise_distances(const std::vector<std::vector<double>>& vectors) {
  const std::size_t n = vectors.size();
  std::vector<std::vector<double>> distances(n, std::vector<double>(n));
  for (std::size_t a = 0; a < n; ++a)
    for (std::size_t b = a + 1; b < n; ++b)
      distances[a][b] = distances[b][a] = euclidean_distance(vectors[a], vectors[b]);
  return distances;
}

std::vector<std::array<double, 2>> principal_plane(
    const std::vector<std::vector<double>>& vectors) {
  std::vector<std::array<double, 2>> plane(vectors.size());
  if (vectors.empty()) return plane;
  const PrincipalComponents components(vectors, 2);
  for (std::size_t i = 0; i < vectors.size(); ++i)
    std::ranges::copy(components.coordinates(vectors[i]), plane[i].begin());
  for (std::size_t axis = 0; axis < components.count(); ++axis) {
    const auto distance = [axis](const std::array<double, 2>& at) { return std::abs(at[axis]); };
    if ((*std::ranges::max_element(plane, {}, distance))[axis] < 0)
      for (std::array<double, 2>& at : plane) at[axis] = -at[axis];
  }
  return plane;
}

}  // namespace chorus
