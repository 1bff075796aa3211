#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <span>
#include <vector>

#include "chorus/tensor.hpp"
#include "chorus/version.hpp"

// Reverse-mode differentiation. A Tape records the ops that produced a value; walking it backwards
// applies each op's gradient rule, which stands right below the op's value in ops.cpp.
//
// Two ways to walk:
//   backward()   the fast one: adds into the grads given with the leaves, frees every activation
//                as soon as it has been used. One tape is one tile of a training step.
//   gradients()  the gradients are recorded too and can be differentiated again.

namespace CHORUS_API chorus {

class Tape;

/// A value on a tape. A Var that depends on no leaf with a gradient is a constant: nothing is
/// recorded for it.
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

/// op(a) op(b), not computed yet.
struct PendingProduct {
  Var a, b;
  bool transpose_a = false, transpose_b = false;
};

/// What has been found of a derivative.
struct Adjoint {
  Var value;                              ///< empty as long as there is only a product, or nothing
  std::optional<PendingProduct> product;  ///< which an op may join with what comes next
  bool in_place = false;                  ///< the tape owns the elements alone and may add to them

  bool is_empty() const { return !value.value() && !product; }
};

/// What a gradient rule sees: the derivative of the result with respect to its op's value, and a
/// place to put the derivatives with respect to the op's inputs.
class Gradient {
 public:
  const Var& upstream();

  /// The upstream derivative if it is a product that nobody has computed yet, or null.
  const PendingProduct* pending() const { return adjoint_.product ? &*adjoint_.product : nullptr; }

  /// Whether anyone asked for the derivative with respect to `input`.
  bool requires_grad(const Var& input) const { return !input.is_constant(); }

  /// Whether the rule is itself being recorded; then it must be made of ops on Vars.
  bool recording() const;

  void add(const Var& input, const Var& contribution);
  /// add(input, op(a) op(b)) without a temporary where that is possible.
  void add_matmul(const Var& input, const Var& a, bool transpose_a, const Var& b, bool transpose_b);
  /// The tensor that collects the derivative of `input`, for rules that add to it in place.
  /// Only when not recording.
  Tensor grad_buffer(const Var& input);

 private:
  friend class Tape;
  Gradient(Tape& tape, Adjoint adjoint) : tape_(tape), adjoint_(std::move(adjoint)) {}

  Tape& tape_;
  Adjoint adjoint_;
};

using GradientRule = std::function<void(Gradient&)>;

/// In which numbers a tape keeps the activations of sine layers: floats, or what suits the
/// backend's products best (Backend::activations). Of 16-bit activations only sine layers and
/// products can be made, and gradients() cannot be asked for.
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

  /// Whether an op on these inputs will be recorded, so that its gradient may be wanted.
  bool records(std::initializer_list<const Var*> inputs) const;
  /// Records the op that computed `value` from `inputs`. For ops.cpp.
  Var record(Tensor value, std::initializer_list<const Var*> inputs, GradientRule rule);

  /// Adds the derivatives of the 1 x 1 value `result` to the grads. The tape is spent afterwards.
  void backward(const Var& result);

  /// The same for several values whose derivatives `seeds` (same shapes) are known: what another
  /// tape, on which they were leaves, has found.
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

/// A function of some parameters, 1 x 1, and its derivatives with respect to them. `function` is
/// called once, with the parameters on a fresh tape:
///
///   auto [loss, grads] = value_and_grad(memory, parameters, [&](Tape& tape, auto p) {
///     const Var error = linear(tape.constant(x), p[0], p[1]) - tape.constant(y);
///     return sum(error * error);
///   });
///   for (std::size_t i = 0; i < grads.size(); ++i) add_scaled(parameters[i], -rate, grads[i]);
ValueAndGrad value_and_grad(
    Memory& memory, std::span<const Tensor> parameters,
    const std::function<Var(Tape& tape, std::span<const Var> parameters)>& function);

}  // namespace chorus
