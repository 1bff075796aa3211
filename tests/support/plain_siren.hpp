#pragma once

#include <cmath>
#include <cstddef>
#include <map>
#include <string>
#include <vector>

#include "chorus/siren.hpp"
#include "matrix_bench.hpp"

// The network in double, by its formula, to say what the engine's colours should have been.

namespace chorus::test {

using Weights = std::map<std::string, Matrix>;

/// W h for one column vector, with h and the result as rows.
inline Matrix times(const Matrix& weight, const Matrix& row) {
  return product(row, transposed(weight));
}

/// The colour at one point for one latent.
inline Matrix plain_pixel(const SirenConfig& config, const Weights& weights, const Matrix& point,
                          const Matrix& latent) {
  Matrix h = point;
  for (std::size_t l = 0; l <= config.hidden_layers; ++l) {
    const std::string prefix = l == 0 ? "first." : "hidden." + std::to_string(l - 1) + ".";
    Matrix argument = times(weights.at(prefix + "weight"), h);
    if (config.conditioning == Conditioning::film) {
      const Matrix gain = times(weights.at(prefix + "gain"), latent);
      argument = zipped(argument, gain, [](double p, double g) { return p * (1 + g); });
    }
    argument = sum(argument, weights.at(prefix + "bias"));
    if (l == 0 || config.conditioning != Conditioning::input)
      argument = sum(argument, times(weights.at(prefix + "modulation"), latent));
    h = mapped(argument, [](double p) { return std::sin(p); });
  }
  return sum(times(weights.at("output.weight"), h), weights.at("output.bias"));
}

inline Matrix row_of(const Matrix& m, std::size_t r) {
  Matrix row(1, m.cols);
  for (std::size_t c = 0; c < m.cols; ++c) row(0, c) = m(r, c);
  return row;
}

/// The first points belong to the first latent, and so on.
inline Matrix plain_siren(const SirenConfig& config, const Weights& weights, const Matrix& points,
                          const Matrix& latents) {
  Matrix colors(points.rows, config.channels);
  for (std::size_t r = 0; r < points.rows; ++r) {
    const Matrix latent = row_of(latents, r / (points.rows / latents.rows));
    const Matrix pixel = plain_pixel(config, weights, row_of(points, r), latent);
    for (std::size_t c = 0; c < config.channels; ++c) colors(r, c) = pixel(0, c);
  }
  return colors;
}

inline Weights weights_of(const Siren& siren) {
  Weights weights;
  for (const Parameter& parameter : siren.parameters())
    weights[parameter.name] = read(parameter.value);
  return weights;
}

/// Tensors for the gradients of a network.
inline std::vector<Tensor> grads_of(Memory& memory, const Siren& siren) {
  std::vector<Tensor> grads;
  for (const Parameter& parameter : siren.parameters())
    grads.push_back(memory.zeros(parameter.value.rows(), parameter.value.cols()));
  return grads;
}

inline SirenConfig small_network(Conditioning conditioning, std::size_t width) {
  return {.width = width,
          .hidden_layers = 2,
          .latent = 3,
          .channels = 3,
          .conditioning = conditioning,
          .omega_first = 5};
}

// Single precision through three layers: each adds a few units of 6e-8 of its arguments, which
// are about 5, and its weights amplify what came in about twofold.
inline constexpr double value_error = 2e-5;

}  // namespace chorus::test
