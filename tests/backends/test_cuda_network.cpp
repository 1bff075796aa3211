#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <cmath>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "backends_under_test.hpp"
#include "chorus/ops.hpp"
#include "matrix_bench.hpp"

// All sine layers in one kernel against the same layers one by one, forwards and backwards. On the
// backend that CHORUS_TEST_BACKEND names, or emulated.

using namespace chorus;
using namespace chorus::test;

namespace {

struct NetworkCase {
  std::size_t width, hidden_layers, groups, rows_of_group;
  bool one_shift = false;  ///< of the hidden layers, for all rows
};

const std::vector<Precision> all_precisions = {Precision::fp32, Precision::tf32, Precision::fp16,
                                               Precision::bf16};
const std::vector<Precision> some_precisions = {Precision::fp32, Precision::bf16};

// Tiles have 256, 128 and 64 rows at these widths; sums over groups of whole 64 rows are made in
// another way than those of others.
const std::vector<std::pair<NetworkCase, std::vector<Precision>>> network_cases = {
    {{64, 2, 3, 90}, all_precisions},         // a tile and a part of one; groups begin anywhere
    {{64, 1, 2, 13, true}, some_precisions},  // less than a tile
    {{128, 1, 3, 64}, all_precisions},        // whole chunks; a part of a tile
    {{256, 1, 1, 50, true}, all_precisions},  // one group
};

/// What a network and its gradients compute.
struct Found {
  std::vector<Matrix> matrices;  ///< the output; gradients of weights and shifts, layer by layer
  std::vector<std::string> launches;
};

class Network {
 public:
  Network(const std::string& backend, Precision precision, NetworkPath path)
      : bench_(make_backend(backend, {.precision = precision, .network_path = path})) {}

  Found run(const NetworkCase& c) {
    const std::size_t rows = c.groups * c.rows_of_group, outputs = 5;
    Backend& backend = *bench_.backend();
    Tape tape(bench_.memory(), Activations::reduced);
    std::vector<Tensor> gradients;
    const auto leaf = [&](const Tensor& value) {
      gradients.push_back(bench_.memory().zeros(value.rows(), value.cols()));
      return tape.variable(value, gradients.back());
    };
    const Var x = tape.constant(bench_.place(random_matrix(rows, 2, 1)));
    std::vector<SineLayer> layers;
    const float bound = std::sqrt(6.0F / static_cast<float>(c.width));
    for (std::size_t l = 0; l <= c.hidden_layers; ++l) {
      const Matrix weight =
          l == 0 ? random_matrix(c.width, 2, 2, 10) : random_matrix(c.width, c.width, 2 + l, bound);
      const std::size_t shifts = l > 0 && c.one_shift ? 1 : c.groups;
      const Var w = leaf(bench_.weight(weight));
      layers.push_back({w, leaf(bench_.place(random_matrix(shifts, c.width, 20 + l)))});
    }
    const Var out_weight = leaf(bench_.weight(random_matrix(outputs, c.width, 40, bound)));
    const Var out_bias = leaf(bench_.place(random_matrix(1, outputs, 41)));
    const Tensor target = bench_.place(random_matrix(rows, outputs, 42));
    const Tensor weights = bench_.place(random_matrix(rows, 1, 43));

    backend.time_launches(true);
    const Var out = linear(sine_network(x, layers), out_weight, out_bias);
    tape.backward(weighted_squared_error(out, tape.constant(target), tape.constant(weights)));
    backend.time_launches(false);
    Found found{{bench_.read(out.value())}, {}};
    for (const Tensor& gradient : gradients) found.matrices.push_back(bench_.read(gradient));
    for (const DeviceTime& time : backend.take_device_times())
      found.launches.emplace_back(name(time.call.op));
    return found;
  }

 private:
  MatrixBench bench_;
};

double allowed(Precision precision) {
  switch (precision) {
    case Precision::fp32:
      return 2e-5;
    case Precision::tf32:
      return 0.01;
    case Precision::fp16:
    case Precision::bf16:
      return 0.06;
  }
  return 0;
}

std::string described(const NetworkCase& c) {
  return std::to_string(c.width) + " wide, " + std::to_string(c.groups) + " groups of " +
         std::to_string(c.rows_of_group);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(cuda_network)

BOOST_AUTO_TEST_CASE(a_network_in_one_kernel_is_what_its_layers_are) {
  for (const auto& [c, precisions] : network_cases) {
    const Found expected = Network("reference", Precision::fp32, NetworkPath::layers).run(c);
    for (const Precision precision : precisions) {
      Network network(device_under_test(), precision, NetworkPath::network);
      const Found found = network.run(c);
      BOOST_TEST_REQUIRE(found.matrices.size() == expected.matrices.size());
      double largest = 0;
      for (std::size_t m = 0; m < found.matrices.size(); ++m) {
        const double scale = largest_magnitude(expected.matrices[m]);
        const double error = largest_difference(found.matrices[m], expected.matrices[m]) / scale;
        BOOST_TEST(error < allowed(precision),
                   name(precision) << ", " << described(c) << ", matrix " << m << ": " << error);
        largest = std::max(largest, error);
      }
      // The kernel multiplies in the format that was asked for.
      if (precision != Precision::fp32) BOOST_TEST(largest > 2e-5, name(precision));
      // And it adds up in the same order each time.
      if (precision != Precision::bf16) continue;
      const Found again = network.run(c);
      for (std::size_t m = 0; m < found.matrices.size(); ++m)
        BOOST_TEST((again.matrices[m].values == found.matrices[m].values),
                   name(precision) << ", " << described(c) << ", matrix " << m);
    }
  }
}

BOOST_AUTO_TEST_CASE(a_network_takes_few_launches) {
  const auto launches = [](NetworkPath path, const std::string& op) {
    const Found found = Network(device_under_test(), Precision::bf16, path).run({64, 2, 2, 64});
    return std::count(found.launches.begin(), found.launches.end(), op);
  };
  BOOST_TEST(launches(NetworkPath::network, "sine_network") == 1);
  // Slopes and what is summed with them; gradients of weights; the sums of all.
  BOOST_TEST(launches(NetworkPath::network, "sine_network_gradient") == 3);
  BOOST_TEST(launches(NetworkPath::network, "sine_linear") == 0);
  BOOST_TEST(launches(NetworkPath::layers, "sine_network") == 0);
  BOOST_TEST(launches(NetworkPath::layers, "sine_linear") == 3);
}

BOOST_AUTO_TEST_CASE(only_networks_with_a_kernel_use_it) {
  const auto backend = make_backend(device_under_test(), {.network_path = NetworkPath::network});
  for (const std::size_t width : {64, 128, 256}) BOOST_TEST(backend->fuses(width, 4));
  for (const std::size_t width : {32, 96, 512}) BOOST_TEST(!backend->fuses(width, 4));
  BOOST_TEST(!backend->fuses(64, 1));
  backend->set_network_path(NetworkPath::layers);
  BOOST_TEST(!backend->fuses(64, 4));
  BOOST_TEST(!make_backend("cpu")->fuses(64, 4));
}

BOOST_AUTO_TEST_CASE(decoding_keeps_only_the_last_sines) {
  // Constants record nothing, so that the sines between have no memory.
  for (const NetworkPath path : {NetworkPath::network, NetworkPath::layers}) {
    MatrixBench bench(make_backend(device_under_test(), {.network_path = path}));
    Tape tape(bench.memory(), Activations::reduced);
    const auto constant = [&](std::size_t rows, std::size_t cols, unsigned seed) {
      return tape.constant(bench.place(random_matrix(rows, cols, seed)));
    };
    const std::vector<SineLayer> layers = {{constant(64, 2, 1), constant(1, 64, 2)},
                                           {constant(64, 64, 3), constant(1, 64, 4)}};
    const Var x = constant(70, 2, 5);
    const Matrix found = bench.read(sine_network(x, layers).value());
    const auto layer = [&](const Matrix& in, const SineLayer& l) {
      const Matrix p = sum(product(in, transposed(bench.read(l.weight.value()))),
                           repeated(bench.read(l.shift.value()), in.rows));
      return mapped(p, [](double v) { return std::sin(v); });
    };
    check_close(found, layer(layer(bench.read(x.value()), layers[0]), layers[1]), 2e-5);
  }
}

BOOST_AUTO_TEST_CASE(derivatives_of_derivatives_go_through_the_layers) {
  const auto second_derivative = [](NetworkPath path) {
    MatrixBench bench(make_backend(device_under_test(), {.network_path = path}));
    Tape tape(bench.memory());
    const auto leaf = [&](std::size_t rows, std::size_t cols, unsigned seed) {
      return tape.variable(bench.place(random_matrix(rows, cols, seed, 0.2F)));
    };
    const std::vector<SineLayer> layers = {{leaf(64, 2, 1), leaf(1, 64, 2)},
                                           {leaf(64, 64, 3), leaf(1, 64, 4)}};
    const Var x = tape.constant(bench.place(random_matrix(6, 2, 5)));
    const Var result = sum(sine_network(x, layers));
    const std::vector<Var> first =
        tape.gradients(result, std::vector<Var>{layers[0].weight, layers[1].weight});
    const Var squares = sum(multiply(first[0], first[0])) + sum(multiply(first[1], first[1]));
    return bench.read(tape.gradients(squares, std::vector<Var>{layers[0].shift}).front().value());
  };
  check_close(second_derivative(NetworkPath::network), second_derivative(NetworkPath::layers),
              1e-4);
}

BOOST_AUTO_TEST_SUITE_END()
