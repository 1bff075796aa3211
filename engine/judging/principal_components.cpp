#include "principal_components.hpp"

#include <Eigen/Core>
#include <Eigen/Eigenvalues>
#include <algorithm>
#include <numeric>
#include <stdexcept>

namespace chorus {

namespace {

using Eigen::Index, Eigen::MatrixXd, Eigen::VectorXd;

MatrixXd as_rows(const std::vector<std::vector<double>>& vectors) {
  if (vectors.empty()) throw std::invalid_argument("PrincipalComponents: no vectors");
  const auto length = static_cast<Index>(vectors.front().size());
  MatrixXd rows(static_cast<Index>(vectors.size()), length);
  for (Index i = 0; i < rows.rows(); ++i) {
    const std::vector<double>& vector = vectors[static_cast<std::size_t>(i)];
    if (static_cast<Index>(vector.size()) != length)
      throw std::invalid_argument("PrincipalComponents: vectors differ in length");
    rows.row(i) = VectorXd::Map(vector.data(), length);
  }
  return rows;
}

std::vector<double> as_vector(const VectorXd& vector) { return {vector.begin(), vector.end()}; }

}  // namespace

PrincipalComponents::PrincipalComponents(const std::vector<std::vector<double>>& vectors,
                                         std::size_t count) {
  constexpr double rounding = 1e-10;
  MatrixXd centred = as_rows(vectors);
  const VectorXd mean = centred.colwise().mean();
  centred.rowwise() -= mean.transpose();
  mean_ = as_vector(mean);
  // C C^T and C^T C have the same eigenvalues other than 0, and C^T maps the eigenvectors of the
  // first to those of the second. The smaller one is decomposed.
  const bool by_vector = centred.rows() <= centred.cols();
  const Eigen::SelfAdjointEigenSolver<MatrixXd> solver(
      by_vector ? MatrixXd(centred * centred.transpose())
                : MatrixXd(centred.transpose() * centred));
  const VectorXd& variances = solver.eigenvalues();  // ascending
  for (Index axis = variances.size() - 1; axis >= 0 && directions_.size() < count; --axis) {
    if (variances[axis] <= rounding * std::max(variances.maxCoeff(), rounding)) break;
    const VectorXd column = solver.eigenvectors().col(axis);
    directions_.push_back(
        as_vector(by_vector ? VectorXd((centred.transpose() * column).normalized()) : column));
  }
}

std::vector<double> PrincipalComponents::coordinates(const std::vector<double>& vector) const {
  if (vector.size() != mean_.size())
    throw std::invalid_argument("PrincipalComponents: the vector has another length");
  std::vector<double> centred(vector.size());
  std::ranges::transform(vector, mean_, centred.begin(), std::minus<>());
  std::vector<double> along;
  along.reserve(directions_.size());
  for (const std::vector<double>& direction : directions_)
    along.push_back(std::inner_product(centred.begin(), centred.end(), direction.begin(), 0.0));
  return along;
}

std::vector<double> PrincipalComponents::reconstructed(const std::vector<double>& vector) const {
  const std::vector<double> along = coordinates(vector);
  std::vector<double> result = mean_;
  for (std::size_t d = 0; d < along.size(); ++d)
    for (std::size_t i = 0; i < result.size(); ++i) result[i] += along[d] * directions_[d][i];
  return result;
}

}  // namespace chorus
