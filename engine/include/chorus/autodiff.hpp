#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <span>
#include <vector>

#include "chorus/tensor.hpp"
#include "chorus/version.hpp"

// Reverse-mode differentiation. A Tape records the ops that produced a value; walking it backwards
// applies each op's gradient rule. There are two ways to walk: backward() adds into gradient
// buffers and frees each activation as soon as it has been used, which is what a training step
// does; gradients() records the gradients as well, so that they can be differentiated again.

namespace CHORUS_API chorus {

class Tape;

/// A value on a tape. A Var that depends on no leaf with a gradient is a constant, for which
/// nothing is recorded.
class Var {
 public:
  Var() = default;

  const Tensor& value() const { return value_; }
  std::size_t rows() const { return value_.rows(); }
  std::size_t cols() const { return value_.cols(); }
  bool is_constant() const { return node_ == constant; }
  Tape& tape() const { return *tape_; }

 private:
  friend class Tape;
  friend class Gradient;
  static constexpr std::size_t constant = static_cast<std::size_t>(-1);

  Tensor value_;
  Tape* tape_ = nullptr;
  std::size_t node_ = constant;
};

/// A product op(a) op(b) that is not evaluated yet, so that the next op can be fused with it: a
/// sine layer multiplies it by its cosine while it is being computed.
struct PendingProduct {
  Var a, b;
  bool transpose_a = false, transpose_b = false;
};

/// A partially accumulated derivative of the result with respect to one node.
struct Adjoint {
  Var value;                              ///< empty until something other than `product` was added
  std::optional<PendingProduct> product;  ///< the only contribution so far, if it is a product
  bool in_place = false;  ///< whether the tape owns the elements and may add to them

  bool is_empty() const { return !value.value() && !product; }
};

/// The interface of a gradient rule: it reads the derivative of the result with respect to its op's
/// value, and adds the derivatives with respect to the op's inputs.
class Gradient {
 public:
  /// The derivative with respect to the op's value; a pending product is evaluated.
  const Var& upstream();

  /// The upstream derivative if it is a product that is not evaluated yet, else null.
  const PendingProduct* pending() const { return adjoint_.product ? &*adjoint_.product : nullptr; }

  /// Whether the derivative with respect to `input` is needed.
  bool requires_grad(const Var& input) const { return !input.is_constant(); }

  /// Whether gradients are being recorded; the rule must then consist of ops on Vars.
  bool recording() const;

  void add(const Var& input, const Var& contribution);
  /// Equivalent to add(input, op(a) op(b)), without a temporary where possible.
  void add_matmul(const Var& input, const Var& a, bool transpose_a, const Var& b, bool transpose_b);
  /// The tensor in which the derivative of `input` accumulates, for rules that add to it in place.
  /// Throws std::logic_error while gradients are being recorded.
  Tensor grad_buffer(const Var& input);

 private:
  friend class Tape;
  Gradient(Tape& tape, Adjoint adjoint) : tape_(tape), adjoint_(std::move(adjoint)) {}

  Tape& tape_;
  Adjoint adjoint_;
};

using GradientRule = std::function<void(Gradient&)>;

/// How a tape stores the activations of sine layers: in fp32, or in Backend::activations(). On a
/// tape with reduced activations only sine layers and products can follow a sine layer, and
/// gradients() throws std::invalid_argument.
enum class Activations { full, reduced };

class Tape {
 public:
  explicit Tape(Memory& memory, Activations activations = Activations::full)
      : memory_(memory),
        activations_(activations == Activations::full ? ActivationTypes{}
                                                      : memory.backend().activations()) {
    nodes_.reserve(64);
  }
  Tape(const Tape&) = delete;
  Tape& operator=(const Tape&) = delete;

  Memory& memory() { return memory_; }
  ActivationTypes activations() const { return activations_; }

  Var constant(Tensor value);
  /// A leaf to differentiate with gradients().
  Var variable(Tensor value);
  /// A leaf whose derivative backward() adds to `grad` (same shape as the value).
  Var variable(Tensor value, Tensor grad);

  /// Whether an op on these inputs is recorded because its gradient may be needed.
  bool records(std::span<const Var* const> inputs) const;
  bool records(std::initializer_list<const Var*> inputs) const {
    return records(std::span(inputs.begin(), inputs.size()));
  }
  /// Records the op that computed `value` from `inputs`; for the definitions of ops.
  Var record(Tensor value, std::span<const Var* const> inputs, GradientRule rule);
  Var record(Tensor value, std::initializer_list<const Var*> inputs, GradientRule rule) {
    return record(std::move(value), std::span(inputs.begin(), inputs.size()), std::move(rule));
  }

  /// Adds the derivatives of the 1 x 1 value `result` to the gradient buffers of the leaves. The
  /// tape cannot be used afterwards.
  void backward(const Var& result);

  /// The same for several values whose derivatives `seeds` (of the same shapes) are known already,
  /// because another tape used these values as leaves. Two tapes then differentiate a composition,
  /// and the first one serves many runs of the second.
  void backward(std::span<const Var> results, std::span<const Tensor> seeds);

  /// The derivatives of `result` (1 x 1) with respect to `variables`, on this tape.
  std::vector<Var> gradients(const Var& result, std::span<const Var> variables);

  void run(const Call& call) { memory_.backend().run(call); }

 private:
  friend class Gradient;

  struct Node {
    GradientRule rule;
    Adjoint adjoint;
    Tensor grad;
  };

  void propagate(std::size_t from, bool release);
  void add_to_adjoint(std::size_t node, const Var& contribution);
  void compute(Adjoint& adjoint);
  Var ones_like(const Var& value);

  Memory& memory_;
  ActivationTypes activations_;
  std::vector<Node> nodes_;
  bool recording_ = true;
};

struct ValueAndGrad {
  Tensor value;               ///< 1 x 1
  std::vector<Tensor> grads;  ///< one for each parameter, same shape
};

/// A function of some parameters, 1 x 1, and its derivatives with respect to them. Calls `function`
/// once, with the parameters on a fresh tape. See apps/embed/fit_a_sine.cpp.
ValueAndGrad value_and_grad(
    Memory& memory, std::span<const Tensor> parameters,
    const std::function<Var(Tape& tape, std::span<const Var> parameters)>& function);

}  // namespace chorus
