#include "training/run_clock.hpp"

#include <algorithm>

#include "support/processes.hpp"
#include "training/extension.hpp"

namespace chorus::app {

void RunClock::begin() { began_ = Clock::now(); }

double RunClock::own_s() const {
  const double running_s = is_running() ? seconds_since(began_) : 0;
  return state_.elapsed_s + running_s - left_out_s_;
}

double RunClock::elapsed_s() const {
  return processes()->size() > 1 && is_running() ? agreed_s_ : own_s();
}

double RunClock::progress() const {
  return fraction_done(state_, static_cast<double>(trainer_.steps()), elapsed_s());
}

double RunClock::schedule_progress() const {
  const double left_out = state_.start.progress;
  if (state_.limit.kind == Limit::Kind::steps) return left_out + (1 - left_out) * progress();
  const double time_left_out = left_out > 0 ? time_of_steps(trainer_, left_out) : 0;
  return trainer_.fraction_of_steps(time_left_out + (1 - time_left_out) * progress());
}

double RunClock::seconds_left() const {
  const double scheduled_s = elapsed_s() - state_.start.seconds;
  return scheduled_s * (1 - progress()) / std::max(progress(), 1e-9);
}

}  // namespace chorus::app
