#include <Eigen/Core>
#include <Eigen/Eigenvalues>
#include <algorithm>
#include <vector>

#include "packing.hpp"

namespace chorus {

namespace {

using Matrix = Eigen::MatrixXd;

Matrix matrix_of(const Tensor& tensor) {
  const std::vector<float> values = to_host(tensor);
  return Eigen::Map<const Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>>(
             values.data(), static_cast<Eigen::Index>(tensor.rows()),
             static_cast<Eigen::Index>(tensor.cols()))
      .cast<double>();
}

void set(const Tensor& tensor, const Matrix& matrix) {
  const Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor> values =
      matrix.cast<float>();
  from_host({values.data(), static_cast<std::size_t>(values.size())}, tensor);
}

/// The squared effects of the numbers of a latent on colours, as a quadratic form. The sensitivity
/// of a row of M is that of its product M z, times the mean square of the numbers of z.
Matrix effect_of_latents(const Model& model, const Matrix& latents,
                         const Sensitivities& sensitivities) {
  const double mean_square = latents.squaredNorm() / static_cast<double>(latents.size());
  Matrix effect = Matrix::Zero(latents.cols(), latents.cols());
  for (const Parameter& each : model.siren.parameters()) {
    if (!reads_latents(each.role)) continue;
    const Matrix matrix = matrix_of(each.value);
    const std::vector<double>& rows = sensitivities.at(each.name).rows;
    const Eigen::Map<const Eigen::VectorXd> weights(rows.data(), matrix.rows());
    effect += matrix.transpose() * (weights / mean_square).asDiagonal() * matrix;
  }
  return effect;
}

/// The basis: latents times `from` are the new ones, and matrices times `to` read those.
struct Basis {
  Matrix from, to;
};

/// With Z^T Z = V D V^T, the numbers Z V D^(-1/2) are as far as images go orthonormal; the
/// eigenvectors U of the effect of those, D^(1/2) V^T E V D^(1/2) = U S U^T, order them by what
/// they do. Latents Z V D^(-1/2) U S^(1/2) have the effect 1 in every direction.
Basis balanced_basis(const Matrix& latents, const Matrix& effect) {
  const Eigen::SelfAdjointEigenSolver<Matrix> energy(latents.transpose() * latents);
  const Eigen::Index kept = std::min(latents.rows(), latents.cols());
  // Directions in which no two images differ have no energy, but for rounding.
  const Eigen::VectorXd lengths =
      energy.eigenvalues().tail(kept).cwiseMax(1e-12 * energy.eigenvalues().maxCoeff()).cwiseSqrt();
  const Matrix directions = energy.eigenvectors().rightCols(kept);
  const Matrix back = directions * lengths.asDiagonal();
  const Eigen::SelfAdjointEigenSolver<Matrix> balanced(back.transpose() * effect * back);
  const Matrix order = balanced.eigenvectors().rowwise().reverse();
  const Eigen::VectorXd effects = balanced.eigenvalues().reverse();
  const Eigen::VectorXd sizes = effects.cwiseMax(1e-12 * effects.maxCoeff() + 1e-30).cwiseSqrt();
  return {directions * lengths.cwiseInverse().asDiagonal() * order * sizes.asDiagonal(),
          back * order * sizes.cwiseInverse().asDiagonal()};
}

}  // namespace

bool reads_latents(Role role) { return role == Role::modulation || role == Role::palette_weight; }

Model with_compact_latents(Memory& memory, const Model& model, const Sensitivities& sensitivities) {
  const Matrix latents = matrix_of(model.latents);
  const Basis basis = balanced_basis(latents, effect_of_latents(model, latents, sensitivities));
  SirenConfig config = model.siren.config();
  config.latent = static_cast<std::size_t>(basis.from.cols());
  Model compact = model;
  compact.siren = Siren(memory, config);
  for (std::size_t p = 0; p < model.siren.parameters().size(); ++p) {
    const Parameter& from = model.siren.parameters()[p];
    const Tensor& to = compact.siren.parameters()[p].value;
    if (reads_latents(from.role))
      set(to, matrix_of(from.value) * basis.to);
    else
      from_host(to_host(from.value), to);
  }
  compact.latents = memory.empty(model.images.size(), config.latent);
  set(compact.latents, latents * basis.from);
  compact.siren.pack();
  return compact;
}

}  // namespace chorus
