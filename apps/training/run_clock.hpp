#pragma once

#include "chorus/trainer.hpp"
#include "support/progress.hpp"
#include "training/training_state.hpp"

namespace chorus::app {

/// How far a training is: its time, the fraction of its length, and the place in its schedule.
/// Processes that share the training go by the clock of process 0, since they must agree on all
/// that depends on it.
class RunClock {
 public:
  /// Both must outlive the object. The clock stands until begin().
  RunClock(const TrainingState& state, const Trainer& trainer) : state_(state), trainer_(trainer) {}

  void begin();
  /// Takes from the time what is no training.
  void leave_out(double seconds) { left_out_s_ += seconds; }
  /// All processes take over the time of process 0.
  void agree_on(double seconds) { agreed_s_ = seconds; }

  /// The time by the clock of this process, with that before an interruption.
  double own_s() const;
  double elapsed_s() const;
  /// The fraction of its length that is done.
  double progress() const;
  /// The schedule follows the fraction of the steps. By the clock its end would begin too late,
  /// because the steps there are slower.
  double schedule_progress() const;
  /// The time that is left at the present rate.
  double seconds_left() const;

 private:
  bool is_running() const { return began_ != Clock::time_point{}; }

  const TrainingState& state_;
  const Trainer& trainer_;
  Clock::time_point began_{};
  double left_out_s_ = 0, agreed_s_ = 0;
};

}  // namespace chorus::app
