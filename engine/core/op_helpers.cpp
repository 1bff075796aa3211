#include "op_helpers.hpp"

#include <stdexcept>

#include "chorus/ops.hpp"

namespace chorus {

std::string shape_of(const Var& value) {
  return std::to_string(value.rows()) + " x " + std::to_string(value.cols());
}

void require(bool fits, const char* op, const Var& a, const Var& b) {
  if (!fits)
    throw std::invalid_argument(std::string(op) + ": shapes " + shape_of(a) + " and " +
                                shape_of(b) + " do not fit");
}

void require_same_shape(const char* op, const Var& a, const Var& b) {
  require(a.rows() == b.rows() && a.cols() == b.cols(), op, a, b);
}

void require_constant(const char* op, const Var& value) {
  if (!value.is_constant())
    throw std::invalid_argument(std::string(op) + ": this input must be constant");
}

Tensor compute(Op op, std::size_t rows, std::size_t cols, const Var& a, const Var* b) {
  Tensor result = a.tape().memory().empty(rows, cols);
  Call call{.op = op};
  call.in[0] = a.value().const_view();
  if (b != nullptr) call.in[1] = b->value().const_view();
  call.out[0] = result.view();
  a.tape().run(call);
  return result;
}

Tensor scaled(const Tensor& a, float factor, const Var& by) {
  Tensor result = by.tape().memory().empty(a.rows(), a.cols());
  Call call{.op = Op::scale_by};
  call.in[0] = a.const_view();
  call.in[1] = by.value().const_view();
  call.out[0] = result.view();
  call.scale = factor;
  by.tape().run(call);
  return result;
}

void add_row_sums(Gradient& g, const Var& bias, const Var& a) {
  if (!g.requires_grad(bias)) return;
  if (g.recording()) return g.add(bias, sum_rows(a, bias.rows()));
  Call call{.op = Op::sum_rows};
  call.in[0] = a.value().const_view();
  call.out[0] = g.grad_buffer(bias).view();
  call.accumulate = true;
  a.tape().run(call);
}

void set_upstream(Call& call, Gradient& g) {
  const PendingProduct* product = g.pending();
  if (product != nullptr && !product->transpose_a && !product->transpose_b) {
    call.in[0] = product->a.value().const_view();
    call.in[1] = product->b.value().const_view();
    call.packed = product->b.value().packed();
  } else {
    call.in[0] = g.upstream().value().const_view();
  }
}

}  // namespace chorus
