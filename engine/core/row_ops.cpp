#include <stdexcept>
#include <string>
#include <utility>

#include "chorus/ops.hpp"
#include "op_helpers.hpp"

// Ops that treat the rows of a matrix as equal consecutive groups, weight them or choose among
// them, and the sum.

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

namespace {

Call weighted_rows_call(Op op, const Tensor& in, const IndexView& rows, const Var& weights,
                        const Tensor& out) {
  Call call{.op = op};
  call.in[0] = in.const_view();
  call.in[1] = weights.value().const_view();
  call.out[0] = out.view();
  call.index[0] = rows;
  return call;
}

/// The gradient of weighted_rows where it is recorded: the op and it are each other's gradients.
Var spread_rows(const Var& a, std::size_t rows_of_result, const IndexView& rows,
                const Var& weights) {
  Tensor result = a.tape().memory().empty(rows_of_result, a.cols());
  a.tape().run(weighted_rows_call(Op::weighted_rows_gradient, a.value(), rows, weights, result));
  return a.tape().record(std::move(result), {&a}, [rows, weights, a](Gradient& g) {
    g.add(a, weighted_rows(g.upstream(), rows, weights));
  });
}

}  // namespace

Var weighted_rows(const Var& a, const IndexView& rows, const Var& weights) {
  require(rows.count == weights.rows() * weights.cols(), "weighted_rows", a, weights);
  require_constant("weighted_rows", weights);
  Tensor result = a.tape().memory().empty(weights.rows(), a.cols());
  a.tape().run(weighted_rows_call(Op::weighted_rows, a.value(), rows, weights, result));
  return a.tape().record(std::move(result), {&a}, [a, rows, weights](Gradient& g) {
    if (g.recording()) return g.add(a, spread_rows(g.upstream(), a.rows(), rows, weights));
    Call call = weighted_rows_call(Op::weighted_rows_gradient, g.upstream().value(), rows, weights,
                                   g.grad_buffer(a));
    call.accumulate = true;
    a.tape().run(call);
  });
}

Var sum(const Var& a) {
  return matmul(sum_rows(a, 1), a.tape().constant(a.tape().memory().full(a.cols(), 1, 1)));
}

}  // namespace chorus
