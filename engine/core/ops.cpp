#include "chorus/ops.hpp"

#include <stdexcept>
#include <string>
#include <utility>

namespace chorus {

namespace {

[[noreturn]] void wrong_shape(const char* op, const Var& a, const Var& b) {
  const auto shape = [](const Var& v) {
    return std::to_string(v.rows()) + " x " + std::to_string(v.cols());
  };
  throw std::invalid_argument(std::string(op) + ": shapes " + shape(a) + " and " + shape(b) +
                              " do not fit");
}

void require(bool fits, const char* op, const Var& a, const Var& b) {
  if (!fits) wrong_shape(op, a, b);
}

void require_same_shape(const char* op, const Var& a, const Var& b) {
  require(a.rows() == b.rows() && a.cols() == b.cols(), op, a, b);
}

/// Runs a one-output op of one or two inputs on a fresh tensor.
Tensor compute(Op op, std::size_t rows, std::size_t cols, const Var& a, const Var* b = nullptr) {
  Tensor result = a.tape().memory().empty(rows, cols);
  Call call{.op = op};
  call.in[0] = a.value().const_view();
  if (b != nullptr) call.in[1] = b->value().const_view();
  call.out[0] = result.view();
  a.tape().run(call);
  return result;
}

/// Adds the sums of the groups of rows of `a` to the derivative of `bias`.
void add_row_sums(Gradient& g, const Var& bias, const Var& a) {
  if (!g.requires_grad(bias)) return;
  if (g.recording()) return g.add(bias, sum_rows(a, bias.rows()));
  Call call{.op = Op::sum_rows};
  call.in[0] = a.value().const_view();
  call.out[0] = g.grad_buffer(bias).view();
  call.accumulate = true;
  a.tape().run(call);
}

}  // namespace

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
  call.packed = b.packed();
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

Var sin(const Var& a) {
  return a.tape().record(compute(Op::sin, a.rows(), a.cols(), a), {&a},
                         [a](Gradient& g) { g.add(a, multiply(g.upstream(), cos(a))); });
}

Var cos(const Var& a) {
  return a.tape().record(compute(Op::cos, a.rows(), a.cols(), a), {&a},
                         [a](Gradient& g) { g.add(a, multiply(g.upstream(), scale(sin(a), -1))); });
}

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
  Tensor ones = a.tape().memory().empty(a.cols(), 1);
  fill(a.tape().memory().backend(), ones, 1);
  return matmul(sum_rows(a, 1), a.tape().constant(std::move(ones)));
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
  call.packed = w.packed();
  call.transpose_b = true;
  x.tape().run(call);

  return x.tape().record(std::move(result), {&x, &w, &b}, [x, w, b](Gradient& g) {
    add_row_sums(g, b, g.upstream());
    g.add_matmul(w, g.upstream(), true, x, false);
    g.add_matmul(x, g.upstream(), false, w, false);
  });
}

Var sine_linear(const Var& x, const Var& w, const Var& b) {
  require(x.cols() == w.cols(), "sine_linear", x, w);
  require(b.cols() == w.rows() && b.rows() > 0 && x.rows() % b.rows() == 0, "sine_linear", w, b);
  Tape& tape = x.tape();
  const auto [values, slopes] = tape.activations();
  Tensor sine = tape.memory().empty(x.rows(), w.rows(), values);
  Tensor cosine;  // only for the gradient
  if (tape.records({&x, &w, &b})) cosine = tape.memory().empty(x.rows(), w.rows(), slopes);
  Call call{.op = Op::sine_linear};
  call.in[0] = x.value().const_view();
  call.in[1] = w.value().const_view();
  call.in[2] = b.value().const_view();
  call.out[0] = sine.view();
  call.out[1] = cosine.view();
  call.packed = w.packed();
  tape.run(call);

  return tape.record(std::move(sine), {&x, &w, &b}, [x, w, b, cosine](Gradient& g) {
    Tape& on = x.tape();
    Var slope;  // derivative with respect to the argument of the sine
    if (g.recording()) {
      slope = multiply(g.upstream(), cos(linear(x, w, b)));
      g.add(b, sum_rows(slope, b.rows()));
    } else {
      // The cosine is not needed again: the slope takes its place.
      Call fused{.op = Op::sine_linear_gradient};
      const PendingProduct* product = g.pending();
      if (product != nullptr && !product->transpose_a && !product->transpose_b) {
        fused.in[0] = product->a.value().const_view();
        fused.in[1] = product->b.value().const_view();
        fused.packed = product->b.packed();
      } else {
        fused.in[0] = g.upstream().value().const_view();
      }
      fused.out[0] = cosine.view();
      fused.out[1] =
          (g.requires_grad(b) ? g.grad_buffer(b) : on.memory().zeros(b.rows(), b.cols())).view();
      on.run(fused);
      slope = on.constant(cosine);
    }
    g.add_matmul(w, slope, true, x, false);
    g.add_matmul(x, slope, false, w, false);
  });
}

namespace {

/// factor * by(0, 0) * a, which nobody differentiates.
Var scaled_by(const Tensor& a, float factor, const Var& by) {
  Tensor result = by.tape().memory().empty(a.rows(), a.cols());
  Call call{.op = Op::scale_by};
  call.in[0] = a.const_view();
  call.in[1] = by.value().const_view();
  call.out[0] = result.view();
  call.scale = factor;
  by.tape().run(call);
  return by.tape().constant(std::move(result));
}

/// upstream(0, 0) times the derivative of weighted_squared_error, made of ops.
Var error_slope(const Var& upstream, const Var& prediction, const Var& target, const Var& weights) {
  Tape& tape = prediction.tape();
  Tensor ones = tape.memory().empty(1, prediction.cols());
  fill(tape.memory().backend(), ones, 2);
  const Var factor =
      broadcast_rows(matmul(upstream, tape.constant(std::move(ones))), prediction.rows());
  return multiply(factor, scale_rows(subtract(prediction, target), weights));
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
  Tensor weighted;  // the weights times the errors, only for the gradient
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
                                        : scaled_by(weighted, 2, g.upstream());
        g.add(prediction, slope);
        if (g.requires_grad(target)) g.add(target, scale(slope, -1));
      });
}

}  // namespace chorus
