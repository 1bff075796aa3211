#include "chorus/ops.hpp"

#include <utility>

#include "op_helpers.hpp"

// Each op has its value and, right below, its gradient. Ops on rows are in row_ops.cpp.

namespace chorus {

Var matmul(const Var& a, const Var& b, Transpose a_op, Transpose b_op) {
  const bool ta = a_op == Transpose::yes;
  const bool tb = b_op == Transpose::yes;
  const std::size_t rows = ta ? a.cols() : a.rows();
  const std::size_t cols = tb ? b.rows() : b.cols();
  require((ta ? a.rows() : a.cols()) == (tb ? b.cols() : b.rows()), "matmul", a, b);

  Tensor product = a.tape().memory().empty(rows, cols);
  Call call{.op = Op::matmul};
  call.in[0] = a.value().const_view();
  call.in[1] = b.value().const_view();
  call.out[0] = product.view();
  call.packed = b.value().packed();
  call.transpose_a = ta;
  call.transpose_b = tb;
  a.tape().run(call);

  // With G = dC: C = op(A) op(B) gives d op(A) = G op(B)^T and d op(B) = op(A)^T G.
  return a.tape().record(std::move(product), {&a, &b}, [a, b, ta, tb](Gradient& g) {
    const Var& up = g.upstream();
    if (ta)
      g.add_matmul(a, b, tb, up, true);
    else
      g.add_matmul(a, up, false, b, !tb);
    if (tb)
      g.add_matmul(b, up, true, a, ta);
    else
      g.add_matmul(b, a, !ta, up, false);
  });
}

Var add(const Var& a, const Var& b) {
  require_same_shape("add", a, b);
  return a.tape().record(compute(Op::add, a.rows(), a.cols(), a, &b), {&a, &b},
                         [a, b](Gradient& g) {
                           g.add(a, g.upstream());
                           g.add(b, g.upstream());
                         });
}

Var subtract(const Var& a, const Var& b) {
  require_same_shape("subtract", a, b);
  return a.tape().record(compute(Op::subtract, a.rows(), a.cols(), a, &b), {&a, &b},
                         [a, b](Gradient& g) {
                           g.add(a, g.upstream());
                           if (g.requires_grad(b)) g.add(b, scale(g.upstream(), -1));
                         });
}

Var multiply(const Var& a, const Var& b) {
  require_same_shape("multiply", a, b);
  return a.tape().record(compute(Op::multiply, a.rows(), a.cols(), a, &b), {&a, &b},
                         [a, b](Gradient& g) {
                           if (g.requires_grad(a)) g.add(a, multiply(g.upstream(), b));
                           if (g.requires_grad(b)) g.add(b, multiply(g.upstream(), a));
                         });
}

Var scale(const Var& a, float factor) {
  Tensor result = a.tape().memory().empty(a.rows(), a.cols());
  Call call{.op = Op::scale};
  call.in[0] = a.value().const_view();
  call.out[0] = result.view();
  call.scale = factor;
  a.tape().run(call);
  return a.tape().record(std::move(result), {&a}, [a, factor](Gradient& g) {
    if (g.requires_grad(a)) g.add(a, scale(g.upstream(), factor));
  });
}

Var scale_by(const Var& a, const Var& factor) {
  require(factor.rows() == 1 && factor.cols() == 1, "scale_by", a, factor);
  return a.tape().record(scaled(a.value(), 1, factor), {&a, &factor}, [a, factor](Gradient& g) {
    if (g.requires_grad(a)) g.add(a, scale_by(g.upstream(), factor));
    if (g.requires_grad(factor)) g.add(factor, sum(multiply(g.upstream(), a)));
  });
}

Var sin(const Var& a) {
  return a.tape().record(compute(Op::sin, a.rows(), a.cols(), a), {&a},
                         [a](Gradient& g) { g.add(a, multiply(g.upstream(), cos(a))); });
}

Var cos(const Var& a) {
  return a.tape().record(compute(Op::cos, a.rows(), a.cols(), a), {&a},
                         [a](Gradient& g) { g.add(a, multiply(g.upstream(), scale(sin(a), -1))); });
}

Var linear(const Var& x, const Var& w, const Var& b) {
  require(x.cols() == w.cols(), "linear", x, w);
  require(b.cols() == w.rows() && b.rows() > 0 && x.rows() % b.rows() == 0, "linear", w, b);
  Tensor result = x.tape().memory().empty(x.rows(), w.rows());
  Call call{.op = Op::matmul};
  call.in[0] = x.value().const_view();
  call.in[1] = w.value().const_view();
  call.in[2] = b.value().const_view();
  call.out[0] = result.view();
  call.packed = w.value().packed();
  call.transpose_b = true;
  x.tape().run(call);

  return x.tape().record(std::move(result), {&x, &w, &b}, [x, w, b](Gradient& g) {
    add_row_sums(g, b, g.upstream());
    g.add_matmul(w, g.upstream(), true, x, false);
    g.add_matmul(x, g.upstream(), false, w, false);
  });
}

}  // namespace chorus
