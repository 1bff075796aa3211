#include "normal_equations.hpp"

#include <Eigen/Cholesky>
#include <Eigen/SparseCholesky>
#include <Eigen/SparseCore>

namespace chorus::shapes {

namespace {

constexpr int most_dense = 150;
/// Holds an unknown that no pixel sees: half a pixel away costs 1.
constexpr double hold = 4;

}  // namespace

struct NormalEquations::Impl {
  explicit Impl(int unknowns) : count(unknowns), gradient(Eigen::VectorXd::Zero(unknowns)) {
    if (is_dense()) {
      dense = Eigen::MatrixXd::Zero(unknowns, unknowns);
      return;
    }
    // A diagonal without gaps, since solve() would insert what lacks one by one.
    for (int i = 0; i < count; ++i) entries.emplace_back(i, i, 0.0);
  }
  bool is_dense() const { return count <= most_dense; }

  int count;
  Eigen::VectorXd gradient;
  Eigen::MatrixXd dense;
  std::vector<Eigen::Triplet<double>> entries;  ///< of the lower triangle
};

NormalEquations::NormalEquations(int unknowns) : impl_(std::make_unique<Impl>(unknowns)) {}
NormalEquations::~NormalEquations() = default;

void NormalEquations::add(int i, int j, double product) {
  if (j > i) return;
  if (impl_->is_dense())
    impl_->dense(i, j) += product;
  else
    impl_->entries.emplace_back(i, j, product);
}

void NormalEquations::add_gradient(int i, double product) { impl_->gradient[i] += product; }

std::uint64_t NormalEquations::work() const {
  const auto n = static_cast<std::uint64_t>(impl_->count);
  // A third of a billion products a second in small dense matrices; sparse ones cost most when
  // their entries are sorted.
  return impl_->is_dense() ? n * n * n / 100 + n : 8 * impl_->entries.size();
}

std::optional<std::vector<double>> NormalEquations::solve(double damping) const {
  Eigen::VectorXd change;
  if (impl_->is_dense()) {
    Eigen::MatrixXd damped = impl_->dense;
    damped.diagonal() *= 1 + damping;
    damped.diagonal().array() += hold;
    const Eigen::LLT<Eigen::MatrixXd> factors(damped);
    if (factors.info() != Eigen::Success) return std::nullopt;
    change = factors.solve(-impl_->gradient);
  } else {
    Eigen::SparseMatrix<double> damped(impl_->count, impl_->count);
    damped.setFromTriplets(impl_->entries.begin(), impl_->entries.end());
    for (int i = 0; i < impl_->count; ++i) {
      double& diagonal = damped.coeffRef(i, i);
      diagonal = diagonal * (1 + damping) + hold;
    }
    const Eigen::SimplicialLLT<Eigen::SparseMatrix<double>> factors(damped);
    if (factors.info() != Eigen::Success) return std::nullopt;
    change = factors.solve(-impl_->gradient);
  }
  return std::vector<double>(change.begin(), change.end());
}

}  // namespace chorus::shapes
