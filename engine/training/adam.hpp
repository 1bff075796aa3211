#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

#include "chorus/tensor.hpp"
#include "chorus/trainer.hpp"
#include "communicator.hpp"

// Adam (Kingma and Ba 2015, algorithm 1) for parameters in a backend's memory.

namespace chorus {

/// A matrix that Adam trains, with the state that the optimizer keeps for it.
struct OptimizedParameter {
  std::string name;  ///< its name in the training state file
  Tensor value, first_moment, second_moment;
  /// The gradient, or several of them one below the other, which an update adds up. Each has the
  /// size of the value. Adam::update_at() takes the gradients of some rows instead.
  Tensor gradients;
  float rate = 0;
};

/// A parameter whose moments are zero, with `gradient_rows` rows of gradients, which are zero as
/// well.
OptimizedParameter optimized(Memory& memory, std::string name, Tensor value, float rate,
                             std::size_t gradient_rows);

/// Some consecutive rows of a parameter.
struct RowRange {
  std::size_t first = 0, count = 0;
};

class Adam {
 public:
  /// The numbers of each step lie in the backend's memory, so that a recorded step can be replayed.
  /// The same upload carries `extra_numbers` numbers of the caller.
  Adam(Memory& memory, const AdamSettings& settings, std::size_t extra_numbers = 0);

  /// Uploads the numbers of the step that follows `earlier_steps`; must be called before its
  /// updates. Multiplies all rates of this step by `rate_factor`.
  void begin_step(std::uint64_t earlier_steps, double rate_factor,
                  std::span<const float> extra_numbers = {});
  /// One of the caller's extra numbers, 1 x 1, valid as long as this Adam.
  Tensor extra_number(std::size_t index) const;

  /// Updates some rows of a parameter, or all, and sets their gradients to zero. `rate_factor`
  /// multiplies the rate of the parameter. Several workers may update different rows at once.
  void update(const OptimizedParameter& parameter, float rate_factor = 1) const;
  void update_rows(const OptimizedParameter& parameter, const RowRange& rows,
                   float rate_factor = 1) const;

  /// Updates the rows of a parameter that `rows` lists, from as many rows of gradients, which stay
  /// as they are. Bias corrections are those of the step, no matter when a row was updated before.
  void update_at(const OptimizedParameter& parameter, const IndexView& rows) const;

 private:
  /// Runs a call whose gradient and outputs are set.
  void run(Call call, float rate) const;

  AdamSettings settings_;
  Tensor numbers_;  ///< 1 x n: those of Op::adam (see AdamUpdate), then the extra ones
};

/// Sets both moments to zero.
void forget_moments(const OptimizedParameter& parameter);

/// Moments as tensors "adam.first_moment.NAME" and "adam.second_moment.NAME".
void save_moments(const OptimizedParameter& parameter, TensorFile& file);
/// The same for a parameter whose rows are divided among processes. Process 0 gets them all.
void save_moments(const OptimizedParameter& parameter, TensorFile& file, Communicator& processes);

/// The place of a parameter's rows among those that a file has.
struct RowsInFile {
  std::size_t first = 0, all = 0;
};
/// Throws Error, which begins with `origin`, if a moment is missing or has another shape.
void load_moments(const OptimizedParameter& parameter, const TensorFile& file,
                  const std::string& origin);
void load_moments(const OptimizedParameter& parameter, const TensorFile& file,
                  const std::string& origin, const RowsInFile& rows);

}  // namespace chorus
