#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

#include "chorus/tensor.hpp"
#include "chorus/trainer.hpp"

// Adam (Kingma and Ba 2015, algorithm 1) for parameters in a backend's memory.

namespace chorus {

/// A matrix that Adam trains, with what the optimizer keeps for it.
struct OptimizedParameter {
  std::string name;  ///< in the file of a training's state
  Tensor value, first_moment, second_moment;
  /// The gradient, or several of them one below the other, which an update adds up: each of the
  /// size of the value. Adam::update_at takes the gradients of some rows instead.
  Tensor gradients;
  float rate = 0;
};

/// A parameter with moments of zero, and `gradient_rows` rows of gradients, also zero.
OptimizedParameter optimized(Memory& memory, std::string name, Tensor value, float rate,
                             std::size_t gradient_rows);

/// Some consecutive rows of a parameter.
struct RowRange {
  std::size_t first = 0, count = 0;
};

class Adam {
 public:
  /// What the optimizer has to know of each step lies in the backend's memory, so that a recorded
  /// step can be replayed. `extra_numbers` numbers of the caller's own travel in the same upload.
  Adam(Memory& memory, const AdamSettings& settings, std::size_t extra_numbers = 0);

  /// Uploads the numbers of the step that follows `earlier_steps`: to be called before its updates.
  /// All rates are multiplied by `rate_factor` in it.
  void begin_step(std::uint64_t earlier_steps, double rate_factor,
                  std::span<const float> extra_numbers = {});
  /// One of the caller's own numbers, 1 x 1; for as long as this Adam lives.
  Tensor extra_number(std::size_t index) const;

  /// Updates some rows of a parameter, or all, and sets their gradients to zero. `rate_factor`
  /// multiplies the parameter's rate. Different rows may be updated by different workers at once.
  void update(const OptimizedParameter& parameter, float rate_factor = 1) const;
  void update_rows(const OptimizedParameter& parameter, const RowRange& rows,
                   float rate_factor = 1) const;

  /// Updates those rows of a parameter that `rows` names, from as many rows of gradients, which
  /// stay as they are. Bias corrections are those of the step, whenever a row was updated before.
  void update_at(const OptimizedParameter& parameter, const IndexView& rows) const;

 private:
  /// Runs a call that has its gradient and outputs.
  void run(Call call, float rate) const;

  AdamSettings settings_;
  Tensor numbers_;  ///< 1 x n: those that Op::adam reads (see AdamUpdate), then the caller's own
};

/// Sets both moments to zero.
void forget_moments(const OptimizedParameter& parameter);

/// Moments as tensors "adam.first_moment.NAME" and "adam.second_moment.NAME".
void save_moments(const OptimizedParameter& parameter, TensorFile& file);
/// Throws Error, which begins with `origin`, if one is missing or has another shape.
void load_moments(const OptimizedParameter& parameter, const TensorFile& file,
                  const std::string& origin);

}  // namespace chorus
