#include "similarity.hpp"

#include <Eigen/Core>
#include <Eigen/Eigenvalues>
#include <algorithm>
#include <cmath>

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
  using Eigen::Index, Eigen::MatrixXd, Eigen::VectorXd;
  std::vector<std::array<double, 2>> plane(vectors.size());
  if (vectors.empty()) return plane;
  MatrixXd centred(static_cast<Index>(vectors.size()), static_cast<Index>(vectors.front().size()));
  for (Index i = 0; i < centred.rows(); ++i)
    centred.row(i) = VectorXd::Map(vectors[static_cast<std::size_t>(i)].data(), centred.cols());
  centred.rowwise() -= centred.colwise().mean().eval();
  // C C^T and C^T C have the same eigenvalues other than 0, and C maps the eigenvectors of the
  // second to those of the first.
  const bool by_vector = centred.rows() <= centred.cols();
  const Eigen::SelfAdjointEigenSolver<MatrixXd> solver(
      by_vector ? MatrixXd(centred * centred.transpose())
                : MatrixXd(centred.transpose() * centred));
  const Index axes = std::min<Index>(2, solver.eigenvalues().size());
  for (Index axis = 0; axis < axes; ++axis) {
    constexpr double rounding = 1e-12;
    const Index column = solver.eigenvalues().size() - 1 - axis;
    const double variance = solver.eigenvalues()[column];
    if (variance <= rounding * solver.eigenvalues().maxCoeff()) continue;
    const VectorXd direction = solver.eigenvectors().col(column);
    VectorXd along =
        by_vector ? VectorXd(std::sqrt(variance) * direction) : VectorXd(centred * direction);
    Index most = 0;
    along.cwiseAbs().maxCoeff(&most);
    if (along[most] < 0) along = -along;
    for (std::size_t i = 0; i < plane.size(); ++i)
      plane[i][static_cast<std::size_t>(axis)] = along[static_cast<Index>(i)];
  }
  return plane;
}

}  // namespace chorus
