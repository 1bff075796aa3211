#include <utility>

#include "chorus/ops.hpp"
#include "op_helpers.hpp"

// The layer of a SIREN: y = sin(P) with P = x w^T + b. Let G be the derivative of a loss with
// respect to y. The derivative with respect to P, the argument of the sine, is
//
//   D = G * cos(P), element by element, and from it follow
//   dw = D^T x,   dx = D w,   db = the sums of the rows of D, one sum for each group of rows.
//
// Three things make this faster than a composition of single ops:
//   * The kernel that computes sin(P) gives cos(P) as well, so that P itself is never stored.
//   * Backwards, D overwrites cos(P), which is not needed again.
//   * G is mostly the product D w of the next layer, not evaluated yet. One kernel then computes
//     this product, multiplies it by cos(P) and sums the rows while each block is in registers.

namespace chorus {

namespace {

/// Turns cos(P) into D, in place, and adds the sums of its rows to the derivative of `bias`.
void cosine_to_gradient(Gradient& g, const Tensor& cosine, const Var& bias) {
  Tape& tape = bias.tape();
  Call call{.op = Op::sine_linear_gradient};
  set_upstream(call, g);
  call.out[0] = cosine.view();
  const Tensor sums =
      g.requires_grad(bias) ? g.grad_buffer(bias) : tape.memory().zeros(bias.rows(), bias.cols());
  call.out[1] = sums.view();
  tape.run(call);
}

}  // namespace

Var sine_linear(const Var& x, const Var& w, const Var& b) {
  require(x.cols() == w.cols(), "sine_linear", x, w);
  require(b.cols() == w.rows() && b.rows() > 0 && x.rows() % b.rows() == 0, "sine_linear", w, b);
  Tape& tape = x.tape();
  const auto [value_type, cosine_type] = tape.activations();
  Tensor sine = tape.memory().empty(x.rows(), w.rows(), value_type);
  Tensor cosine;  // for the gradient only
  if (tape.records({&x, &w, &b})) cosine = tape.memory().empty(x.rows(), w.rows(), cosine_type);
  Call call{.op = Op::sine_linear};
  call.in[0] = x.value().const_view();
  call.in[1] = w.value().const_view();
  call.in[2] = b.value().const_view();
  call.out[0] = sine.view();
  call.out[1] = cosine.view();
  call.packed = w.value().packed();
  tape.run(call);

  return tape.record(std::move(sine), {&x, &w, &b}, [x, w, b, cosine](Gradient& g) {
    Var gradient;  // D
    if (g.recording()) {
      gradient = multiply(g.upstream(), cos(linear(x, w, b)));
      g.add(b, sum_rows(gradient, b.rows()));
    } else {
      cosine_to_gradient(g, cosine, b);
      gradient = x.tape().constant(cosine);
    }
    g.add_matmul(w, gradient, true, x, false);
    g.add_matmul(x, gradient, false, w, false);
  });
}

}  // namespace chorus
