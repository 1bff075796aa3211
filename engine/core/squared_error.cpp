#include <utility>

#include "chorus/ops.hpp"
#include "op_helpers.hpp"

namespace chorus {

namespace {

/// upstream(0, 0) times the derivative of weighted_squared_error, as a composition of ops.
Var error_slope(const Var& upstream, const Var& prediction, const Var& target, const Var& weights) {
  return scale_by(scale(scale_rows(subtract(prediction, target), weights), 2), upstream);
}

}  // namespace

Var weighted_squared_error(const Var& prediction, const Var& target, const Var& weights) {
  require_same_shape("weighted_squared_error", prediction, target);
  require(weights.rows() == prediction.rows() && weights.cols() == 1, "weighted_squared_error",
          prediction, weights);
  if (!weights.is_constant())
    throw std::invalid_argument("weighted_squared_error: the weights must be constant");
  Tape& tape = prediction.tape();
  Tensor total = tape.memory().empty(1, 1);
  Tensor weighted;  // the weights times the errors, for the gradient only
  if (tape.records({&prediction, &target}))
    weighted = tape.memory().empty(prediction.rows(), prediction.cols());
  Call call{.op = Op::squared_error};
  call.in[0] = prediction.value().const_view();
  call.in[1] = target.value().const_view();
  call.in[2] = weights.value().const_view();
  call.out[0] = total.view();
  call.out[1] = weighted.view();
  tape.run(call);

  return tape.record(
      std::move(total), {&prediction, &target}, [prediction, target, weights, weighted](auto& g) {
        const Var slope = g.recording() ? error_slope(g.upstream(), prediction, target, weights)
                                        : target.tape().constant(scaled(weighted, 2, g.upstream()));
        g.add(prediction, slope);
        if (g.requires_grad(target)) g.add(target, scale(slope, -1));
      });
}

}  // namespace chorus
