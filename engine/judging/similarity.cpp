#include "similarity.hpp"

#include <algorithm>
#include <cmath>
#include <stdexcept>

#include "vectors.hpp"

namespace chorus {

std::vector<std::vector<double>> modulation_vectors(Backend& backend, const Model& model) {
  const std::vector<std::vector<double>> latents = host_rows(backend, model.latents);
  std::vector<std::vector<double>> vectors(model.images.size());
  for (const Parameter& parameter : model.siren.parameters()) {
    if (parameter.role != Role::modulation) continue;
    const std::vector<std::vector<double>> matrix = host_rows(backend, parameter.value);
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

namespace {

using Matrix = std::vector<std::vector<double>>;

/// Inner products of the vectors about their mean.
Matrix centred_gram(Matrix vectors) {
  const std::size_t n = vectors.size(), size = vectors.front().size();
  for (std::size_t k = 0; k < size; ++k) {
    double mean = 0;
    for (const auto& vector : vectors) mean += vector[k] / static_cast<double>(n);
    for (auto& vector : vectors) vector[k] -= mean;
  }
  Matrix gram(n, std::vector<double>(n));
  for (std::size_t a = 0; a < n; ++a)
    for (std::size_t b = a; b < n; ++b)
      gram[a][b] = gram[b][a] = inner_product(vectors[a], vectors[b]);
  return gram;
}

/// The eigenvector of the largest eigenvalue, as long as the root of that, by power iteration.
std::vector<double> leading_coordinates(const Matrix& gram) {
  constexpr int iterations = 300;
  std::vector<double> v(gram.size()), next(gram.size());
  for (std::size_t i = 0; i < v.size(); ++i) v[i] = std::sin(1.0 + static_cast<double>(i));
  double eigenvalue = 0;
  for (int k = 0; k < iterations; ++k) {
    for (std::size_t i = 0; i < v.size(); ++i) next[i] = inner_product(v, gram[i]);
    eigenvalue = length(next) / length(v);
    const double norm = length(next);
    if (norm < 1e-12) return std::vector<double>(v.size());
    for (std::size_t i = 0; i < v.size(); ++i) v[i] = next[i] / norm;
  }
  const auto most = std::max_element(v.begin(), v.end(),
                                     [](double a, double b) { return std::abs(a) < std::abs(b); });
  const double scale = (*most < 0 ? -1 : 1) * std::sqrt(eigenvalue);
  for (double& x : v) x *= scale;
  return v;
}

}  // namespace

std::vector<std::array<double, 2>> principal_plane(
    const std::vector<std::vector<double>>& vectors) {
  std::vector<std::array<double, 2>> plane(vectors.size());
  if (vectors.empty()) return plane;
  Matrix gram = centred_gram(vectors);
  for (std::size_t axis = 0; axis < 2; ++axis) {
    const std::vector<double> along = leading_coordinates(gram);
    for (std::size_t a = 0; a < along.size(); ++a) {
      plane[a][axis] = along[a];
      for (std::size_t b = 0; b < along.size(); ++b) gram[a][b] -= along[a] * along[b];
    }
  }
  return plane;
}

}  // namespace chorus
