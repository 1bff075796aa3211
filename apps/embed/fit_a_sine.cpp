// Finds amplitude, frequency and phase of a sine from samples of it, by gradient descent; needs
// chorus::core.

#include <chorus/ops.hpp>
#include <cmath>
#include <cstdlib>
#include <iostream>
#include <span>
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

  std::vector<Tensor> parameters;  // amplitude, frequency, phase: a first guess of each
  for (const float guess : {1.0F, 1.8F, 0.0F}) parameters.push_back(memory.from({&guess, 1}, 1, 1));

  const auto mean_squared_error = [&](Tape& tape, std::span<const Var> p) {
    const Var wave = matmul(sine_linear(tape.constant(x), p[1], p[2]), p[0]);
    const Var error = wave - tape.constant(y);
    return 1.0F / samples * sum(error * error);
  };
  float error = 0;
  for (int step = 0; step < 200; ++step) {
    const auto [value, grads] = value_and_grad(memory, parameters, mean_squared_error);
    for (std::size_t i = 0; i < grads.size(); ++i) add_scaled(parameters[i], -0.1F, grads[i]);
    error = item(value);
  }

  std::cout << item(parameters[0]) << " sin(" << item(parameters[1]) << " x + "
            << item(parameters[2]) << "), mean squared error " << error << '\n';
  return error < 1e-6F ? EXIT_SUCCESS : EXIT_FAILURE;
}
