// Finds amplitude, frequency and phase of a sine from samples of it, by gradient descent; needs
// chorus::core.

#include <array>
#include <chorus/ops.hpp>
#include <cmath>
#include <cstdlib>
#include <iostream>
#include <vector>

using chorus::Tape, chorus::Tensor, chorus::Var;

int main() {
  constexpr std::size_t samples = 64;
  std::vector<float> xs, ys;
  for (std::size_t i = 0; i < samples; ++i) {
    xs.push_back(static_cast<float>(i) / 10 - 3);
    ys.push_back(1.5F * std::sin(2 * xs.back() + 0.7F));
  }
  chorus::Memory memory(chorus::make_backend("auto"));
  const Tensor x = memory.from(xs, samples, 1), y = memory.from(ys, samples, 1);

  std::array<float, 3> parameters = {1, 1.8F, 0};  // amplitude, frequency, phase: a first guess
  float loss = 0;
  for (int step = 0; step < 200; ++step) {
    Tape tape(memory);
    std::vector<Var> vars;
    for (const float parameter : parameters)
      vars.push_back(tape.variable(memory.from({&parameter, 1}, 1, 1)));
    const Var wave = chorus::sine_linear(tape.constant(x), vars[1], vars[2]);
    const Var error = chorus::subtract(chorus::matmul(wave, vars[0]), tape.constant(y));
    const Var mean = chorus::scale(chorus::sum(chorus::multiply(error, error)), 1.0F / samples);

    const std::vector<Var> gradients = tape.gradients(mean, vars);
    for (std::size_t p = 0; p < parameters.size(); ++p)
      parameters[p] -= 0.1F * chorus::to_host(memory.backend(), gradients[p].value())[0];
    loss = chorus::to_host(memory.backend(), mean.value())[0];
  }
  std::cout << parameters[0] << " sin(" << parameters[1] << " x + " << parameters[2]
            << "), mean squared error " << loss << '\n';
  return loss < 1e-6F ? EXIT_SUCCESS : EXIT_FAILURE;
}
