#include <stdexcept>
#include <string>
#include <utility>

#include "chorus/ops.hpp"
#include "op_helpers.hpp"

// Ops that treat the rows of a matrix as equal consecutive groups or weight them, and the sum.

namespace chorus {

Var broadcast_rows(const Var& a, std::size_t rows) {
  if (a.rows() == 0 || rows % a.rows() != 0)
    throw std::invalid_argument("broadcast_rows: " + std::to_string(rows) +
                                " is not a multiple of " + std::to_string(a.rows()));
  return a.tape().record(compute(Op::broadcast_rows, rows, a.cols(), a), {&a},
                         [a](Gradient& g) { g.add(a, sum_rows(g.upstream(), a.rows())); });
}

Var sum_rows(const Var& a, std::size_t groups) {
  if (groups == 0 || a.rows() % groups != 0)
    throw std::invalid_argument("sum_rows: " + std::to_string(a.rows()) + " is not a multiple of " +
                                std::to_string(groups));
  return a.tape().record(compute(Op::sum_rows, groups, a.cols(), a), {&a},
                         [a](Gradient& g) { g.add(a, broadcast_rows(g.upstream(), a.rows())); });
}

Var scale_rows(const Var& a, const Var& weights) {
  require(weights.rows() == a.rows() && weights.cols() == 1, "scale_rows", a, weights);
  if (!weights.is_constant())
    throw std::invalid_argument("scale_rows: the weights must be constant");
  return a.tape().record(
      compute(Op::scale_rows, a.rows(), a.cols(), a, &weights), {&a},
      [a, weights](Gradient& g) { g.add(a, scale_rows(g.upstream(), weights)); });
}

Var sum(const Var& a) {
  return matmul(sum_rows(a, 1), a.tape().constant(a.tape().memory().full(a.cols(), 1, 1)));
}

}  // namespace chorus
