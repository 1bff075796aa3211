#include "chorus/autodiff.hpp"

#include <algorithm>
#include <stdexcept>
#include <utility>

#include "chorus/ops.hpp"
#include "op_helpers.hpp"

namespace chorus {

namespace {

void copy(const Tensor& a, const Tensor& into) {
  Call call{.op = Op::scale};
  call.in[0] = a.const_view();
  call.out[0] = into.view();
  into.backend().run(call);
}

}  // namespace

bool Gradient::recording() const { return tape_.recording_; }

const Var& Gradient::upstream() {
  tape_.compute(adjoint_);
  return adjoint_.value;
}

void Gradient::add(const Var& input, const Var& contribution) {
  if (requires_grad(input)) tape_.add_to_adjoint(input.node_, contribution);
}

void Gradient::add_matmul(const Var& input, const Var& a, bool transpose_a, const Var& b,
                          bool transpose_b) {
  if (!requires_grad(input)) return;
  Tape::Node& node = tape_.nodes_[input.node_];
  if (tape_.recording_) {
    const Var product = matmul(a, b, Transpose{transpose_a}, Transpose{transpose_b});
    return tape_.add_to_adjoint(input.node_, product);
  }
  if (!node.grad && node.adjoint.is_empty()) {
    node.adjoint.product = PendingProduct{a, b, transpose_a, transpose_b};
    return;
  }
  Call call{.op = Op::matmul};
  call.in[0] = a.value().const_view();
  call.in[1] = b.value().const_view();
  call.out[0] = grad_buffer(input).view();
  call.packed = b.value().packed();
  call.transpose_a = transpose_a;
  call.transpose_b = transpose_b;
  call.accumulate = true;
  tape_.run(call);
}

Tensor Gradient::grad_buffer(const Var& input) {
  if (tape_.recording_) throw std::logic_error("grad_buffer: gradients are recorded");
  Tape::Node& node = tape_.nodes_[input.node_];
  if (node.grad) return node.grad;
  tape_.compute(node.adjoint);
  if (!node.adjoint.in_place) {
    const Tensor shared = node.adjoint.value.value();
    Tensor own = shared ? tape_.memory_.empty(shared.rows(), shared.cols())
                        : tape_.memory_.zeros(input.rows(), input.cols());
    if (shared) copy(shared, own);
    node.adjoint = {tape_.constant(std::move(own)), {}, true};
  }
  return node.adjoint.value.value();
}

Var Tape::constant(Tensor value) {
  Var result;
  result.value_ = std::move(value);
  result.tape_ = this;
  return result;
}

Var Tape::variable(Tensor value) { return variable(std::move(value), Tensor{}); }

Var Tape::variable(Tensor value, Tensor grad) {
  Var result = constant(std::move(value));
  result.node_ = nodes_.size();
  nodes_.emplace_back().grad = std::move(grad);
  return result;
}

bool Tape::records(std::span<const Var* const> inputs) const {
  bool differentiable = false;
  for (const Var* input : inputs) {
    if (input->tape_ != this) throw std::invalid_argument("an op's inputs must be on one tape");
    differentiable = differentiable || !input->is_constant();
  }
  return recording_ && differentiable;
}

Var Tape::record(Tensor value, std::span<const Var* const> inputs, GradientRule rule) {
  Var result = constant(std::move(value));
  if (!records(inputs)) return result;
  result.node_ = nodes_.size();
  nodes_.emplace_back().rule = std::move(rule);
  return result;
}

void Tape::backward(const Var& result) {
  if (result.rows() != 1 || result.cols() != 1)
    throw std::invalid_argument("backward: the result is " + shape_of(result) + "; expected 1 x 1");
  const Tensor seed = ones_like(result).value();
  backward(std::span(&result, 1), std::span(&seed, 1));
}

void Tape::backward(std::span<const Var> results, std::span<const Tensor> seeds) {
  if (results.size() != seeds.size())
    throw std::invalid_argument("backward: expected one seed for each result");
  recording_ = false;
  std::size_t last = 0;
  for (std::size_t i = 0; i < results.size(); ++i) {
    if (results[i].rows() != seeds[i].rows() || results[i].cols() != seeds[i].cols())
      throw std::invalid_argument("backward: a seed differs in shape from its result");
    if (results[i].is_constant()) continue;
    add_to_adjoint(results[i].node_, constant(seeds[i]));
    last = std::max(last, results[i].node_);
  }
  if (!nodes_.empty()) propagate(last, true);
}

std::vector<Var> Tape::gradients(const Var& result, std::span<const Var> variables) {
  if (activations_.values != DType::fp32)
    throw std::invalid_argument("gradients: this tape has reduced activations; expected full ones");
  if (result.rows() != 1 || result.cols() != 1)
    throw std::invalid_argument("gradients: the result is " + shape_of(result) +
                                "; expected 1 x 1");
  if (!result.is_constant()) {
    nodes_[result.node_].adjoint.value = ones_like(result);
    propagate(result.node_, false);
  }
  std::vector<Var> derivatives;
  for (const Var& variable : variables) {
    const bool reached = !variable.is_constant() && nodes_[variable.node_].adjoint.value.value();
    derivatives.push_back(reached ? nodes_[variable.node_].adjoint.value
                                  : constant(memory_.zeros(variable.rows(), variable.cols())));
  }
  for (Node& node : nodes_) node.adjoint = {};
  return derivatives;
}

/// Applies the rules from the last node back. A rule may append nodes when gradients are recorded,
/// so no reference into nodes_ is held across it.
void Tape::propagate(std::size_t from, bool release) {
  for (std::size_t i = from + 1; i-- > 0;) {
    if (!nodes_[i].rule) continue;
    GradientRule rule = release ? std::move(nodes_[i].rule) : nodes_[i].rule;
    Adjoint adjoint = release ? std::exchange(nodes_[i].adjoint, {}) : nodes_[i].adjoint;
    if (release) nodes_[i].rule = nullptr;
    if (adjoint.is_empty()) continue;
    Gradient gradient(*this, std::move(adjoint));
    rule(gradient);
  }
}

void Tape::add_to_adjoint(std::size_t index, const Var& contribution) {
  if (!nodes_[index].grad) compute(nodes_[index].adjoint);
  const Var present = nodes_[index].adjoint.value;
  if (recording_) {
    const Var total = present.value() ? chorus::add(present, contribution) : contribution;
    nodes_[index].adjoint.value = total;
    return;
  }
  Node& node = nodes_[index];
  if (node.grad) {
    add_scaled(node.grad, 1, contribution.value());
  } else if (!present.value()) {
    node.adjoint = {contribution, {}, false};
  } else if (node.adjoint.in_place) {
    add_scaled(present.value(), 1, contribution.value());
  } else {
    node.adjoint = {chorus::add(present, contribution), {}, true};
  }
}

void Tape::compute(Adjoint& adjoint) {
  if (!adjoint.product) return;
  const PendingProduct product = *std::exchange(adjoint.product, {});
  adjoint.value =
      matmul(product.a, product.b, Transpose{product.transpose_a}, Transpose{product.transpose_b});
  adjoint.in_place = true;  // owned by the tape alone
}

Var Tape::ones_like(const Var& value) {
  return constant(memory_.full(value.rows(), value.cols(), 1));
}

ValueAndGrad value_and_grad(
    Memory& memory, std::span<const Tensor> parameters,
    const std::function<Var(Tape& tape, std::span<const Var> parameters)>& function) {
  Tape tape(memory);
  ValueAndGrad result;
  std::vector<Var> leaves;
  for (const Tensor& parameter : parameters) {
    result.grads.push_back(memory.zeros(parameter.rows(), parameter.cols()));
    leaves.push_back(tape.variable(parameter, result.grads.back()));
  }
  const Var value = function(tape, leaves);
  tape.backward(value);
  result.value = value.value();
  return result;
}

}  // namespace chorus
