#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

namespace chorus::shapes {

/// The sums J'J and J'r of a least-squares problem. Few unknowns are kept as a full matrix, many as
/// a sparse one, since an unknown meets only those beside it.
class NormalEquations {
 public:
  explicit NormalEquations(int unknowns);
  ~NormalEquations();
  NormalEquations(const NormalEquations&) = delete;
  NormalEquations& operator=(const NormalEquations&) = delete;

  void add(int i, int j, double product);
  void add_gradient(int i, double product);
  /// The change of the unknowns that is best if the residuals are linear, held back by
  /// `damping` times the diagonal and a constant that holds unknowns on which nothing depends.
  /// Nothing if the matrix is not positive definite.
  std::optional<std::vector<double>> solve(double damping) const;
  /// What solve() costs: some 10 ns each.
  std::uint64_t work() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace chorus::shapes
