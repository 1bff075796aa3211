#include "training/extension.hpp"

#include <fmt/format.h>

#include "chorus/error.hpp"

namespace chorus::app {

namespace {

std::string described(const Limit& limit) {
  return limit.kind == Limit::Kind::steps ? fmt::format("{:.0f} steps", limit.amount)
                                          : fmt::format("{:.6g} seconds", limit.amount);
}

}  // namespace

void lengthen(TrainingState& state, std::uint64_t steps, const TrainOptions& options,
              const std::string& origin) {
  if (!options.steps && !options.seconds) return;
  const Limit wanted = options.steps
                           ? Limit{Limit::Kind::steps, static_cast<double>(*options.steps)}
                           : Limit{Limit::Kind::seconds, *options.seconds};
  const double done_steps = static_cast<double>(steps);
  if (fraction_done(state, done_steps, state.elapsed_s) < 1) {
    if (wanted.kind == state.limit.kind && wanted.amount == state.limit.amount) return;
    throw Error(fmt::format(
        "{}: this training was stopped before the end of its {}, at step {}; --resume alone "
        "completes it, and only then can it be made longer",
        origin, described(state.limit), steps));
  }
  const double done = wanted.kind == Limit::Kind::steps ? done_steps : state.elapsed_s;
  if (wanted.amount <= done)
    throw Error(fmt::format(
        "{}: this training has done {} steps in {:.1f} seconds; expected a length beyond that, not "
        "{}",
        origin, steps, state.elapsed_s, described(wanted)));
  state.start = {done_steps, state.elapsed_s, longer_from};
  state.limit = wanted;
}

double time_of_steps(const Trainer& trainer, double fraction_of_steps) {
  constexpr int halvings = 50;  // as exact as a double
  double less = 0, more = 1;
  for (int k = 0; k < halvings; ++k) {
    const double middle = (less + more) / 2;
    (trainer.fraction_of_steps(middle) < fraction_of_steps ? less : more) = middle;
  }
  return less;
}

}  // namespace chorus::app
