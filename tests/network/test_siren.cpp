#include <boost/test/unit_test.hpp>
#include <cmath>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "backends_under_test.hpp"
#include "chorus/error.hpp"
#include "chorus/model.hpp"
#include "chorus/ops.hpp"
#include "chorus/render.hpp"
#include "counting_backend.hpp"
#include "matrix.hpp"

using namespace chorus;
using namespace chorus::test;

namespace {

// --- the network in double, by its formula ------------------------------------------------------

using Weights = std::map<std::string, Matrix>;

/// W h for one column vector, with h and the result as rows.
Matrix times(const Matrix& weight, const Matrix& row) { return product(row, transposed(weight)); }

/// The colour at one point for one latent.
Matrix plain_pixel(const SirenConfig& config, const Weights& weights, const Matrix& point,
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

Matrix row_of(const Matrix& m, std::size_t r) {
  Matrix row(1, m.cols);
  for (std::size_t c = 0; c < m.cols; ++c) row(0, c) = m(r, c);
  return row;
}

/// The first points belong to the first latent, and so on.
Matrix plain_siren(const SirenConfig& config, const Weights& weights, const Matrix& points,
                   const Matrix& latents) {
  Matrix colors(points.rows, config.channels);
  for (std::size_t r = 0; r < points.rows; ++r) {
    const Matrix latent = row_of(latents, r / (points.rows / latents.rows));
    const Matrix pixel = plain_pixel(config, weights, row_of(points, r), latent);
    for (std::size_t c = 0; c < config.channels; ++c) colors(r, c) = pixel(0, c);
  }
  return colors;
}

Matrix read(const Tensor& tensor) { return matrix(to_host(tensor), tensor.rows(), tensor.cols()); }

Weights weights_of(const Siren& siren) {
  Weights weights;
  for (const Parameter& parameter : siren.parameters())
    weights[parameter.name] = read(parameter.value);
  return weights;
}

// --- networks to test ---------------------------------------------------------------------------

SirenConfig small_network(Conditioning conditioning, std::size_t width) {
  return {.width = width,
          .hidden_layers = 2,
          .latent = 3,
          .channels = 3,
          .conditioning = conditioning,
          .omega_first = 5};
}

std::vector<SirenConfig> small_networks() {
  std::vector<SirenConfig> configs;
  for (const Conditioning each : {Conditioning::input, Conditioning::shift, Conditioning::film})
    for (const std::size_t width : {7, 18}) configs.push_back(small_network(each, width));
  SirenConfig flat = small_network(Conditioning::shift, 33);
  flat.hidden_layers = 1;
  flat.latent = 1;
  flat.channels = 1;
  configs.push_back(flat);
  return configs;
}

constexpr std::size_t images = 2, rows = 6;

Matrix points() { return random_matrix(rows, 2, 31); }
Matrix latents(const SirenConfig& config) { return random_matrix(images, config.latent, 32); }
Matrix loss_weights(const SirenConfig& config) { return random_matrix(rows, config.channels, 33); }

/// test(backend, memory, network) for each backend and network.
template <class Test>
void for_each_network(Test test) {
  for (const std::string& backend_name : backends_under_test()) {
    Memory memory(make_backend(backend_name));
    for (const SirenConfig& config : small_networks())
      BOOST_TEST_CONTEXT("backend " << backend_name << ", " << name(config.conditioning)
                                    << ", width " << config.width) {
        const Siren siren(memory, config, 77);
        test(memory, siren);
      }
  }
}

/// The network's output for points and latents that are constants.
Matrix forward(Memory& memory, const Siren& siren, const Matrix& at, const Matrix& z) {
  Tape tape(memory);
  const Var output =
      siren.forward(siren.on_tape(tape), tape.constant(memory.from(floats(at), at.rows, 2)),
                    tape.constant(memory.from(floats(z), z.rows, z.cols)));
  return read(output.value());
}

/// The derivatives of sum(loss_weights * output) by the engine; the latents' are called "latents".
Weights gradients(Memory& memory, const Siren& siren) {
  const SirenConfig& config = siren.config();
  std::vector<Tensor> grads;
  for (const Parameter& parameter : siren.parameters())
    grads.push_back(memory.zeros(parameter.value.rows(), parameter.value.cols()));
  const Tensor latent_sink = memory.zeros(images, config.latent);
  Tape tape(memory);
  const auto tensor = [&](const Matrix& m) { return memory.from(floats(m), m.rows, m.cols); };
  const Var output = siren.forward(siren.on_tape(tape, grads), tape.constant(tensor(points())),
                                   tape.variable(tensor(latents(config)), latent_sink));
  tape.backward(sum(multiply(output, tape.constant(tensor(loss_weights(config))))));
  Weights found = {{"latents", read(latent_sink)}};
  for (std::size_t p = 0; p < grads.size(); ++p) found[siren.parameters()[p].name] = read(grads[p]);
  return found;
}

/// The same by central differences in double.
Weights central_differences(const SirenConfig& config, Weights everything) {
  constexpr double h = 1e-5;
  everything["latents"] = latents(config);
  const auto loss_with = [&](double& element, double value) {
    const double kept = std::exchange(element, value);
    const Matrix colors = plain_siren(config, everything, points(), everything.at("latents"));
    element = kept;
    return dot(loss_weights(config), colors);
  };
  Weights slopes;
  for (auto& [name, values] : everything) {
    Matrix& of_name = slopes[name] = Matrix(values.rows, values.cols);
    for (std::size_t i = 0; i < values.size(); ++i) {
      double& element = values.values[i];
      of_name.values[i] =
          (loss_with(element, element + h) - loss_with(element, element - h)) / (2 * h);
    }
  }
  return slopes;
}

bool close(double found, double expected, double allowed) {
  return std::abs(found - expected) <= allowed;  // false for NaN
}

void check_close(const Matrix& found, const Matrix& expected, double allowed) {
  BOOST_TEST_REQUIRE(found.size() == expected.size());
  for (std::size_t i = 0; i < found.size(); ++i)
    if (!close(found.values[i], expected.values[i], allowed))
      BOOST_ERROR("element " << i << ": " << found.values[i] << ", expected "
                             << expected.values[i]);
}

// Single precision through three layers: each adds a few units of 6e-8 of its arguments, which
// are about 5, and its weights amplify what came in about twofold.
constexpr double value_error = 2e-5;
constexpr double gradient_error = 2e-5;  // relative to the largest derivative

/// How much larger all errors are for the products of a backend. A number is rounded to bf16 with
/// an error of up to 2^-9, 3e4 times that of single precision; but only layers of 32 units and
/// more are, and their sums are not.
double looser(Memory& memory) { return memory.backend().precision() == Precision::bf16 ? 2000 : 1; }

}  // namespace

BOOST_AUTO_TEST_SUITE(siren)

BOOST_AUTO_TEST_CASE(output_follows_the_formula) {
  for_each_network([](Memory& memory, const Siren& siren) {
    const Matrix z = latents(siren.config());
    const Matrix expected = plain_siren(siren.config(), weights_of(siren), points(), z);
    check_close(forward(memory, siren, points(), z), expected, value_error * looser(memory));
  });
}

BOOST_AUTO_TEST_CASE(gradients_are_those_of_central_differences) {
  // Initial weights are the same on all backends, so that the differences are taken once.
  std::map<std::pair<Conditioning, std::size_t>, Weights> expected;
  for_each_network([&](Memory& memory, const Siren& siren) {
    const SirenConfig& config = siren.config();
    Weights& of_network = expected[{config.conditioning, config.width}];
    if (of_network.empty()) of_network = central_differences(config, weights_of(siren));
    for (const auto& [name, found] : gradients(memory, siren)) {
      const double largest = largest_magnitude(of_network.at(name));
      BOOST_TEST(largest > 1e-3, name << " has no gradient");
      BOOST_TEST_CONTEXT(name)
      check_close(found, of_network.at(name),
                  gradient_error * looser(memory) * std::max(1.0, largest));
    }
  });
}

BOOST_AUTO_TEST_CASE(second_derivatives_with_respect_to_place) {
  for_each_network([](Memory& memory, const Siren& siren) {
    constexpr double h = 1e-4;
    const SirenConfig& config = siren.config();
    const Weights weights = weights_of(siren);
    const Matrix z = latents(config);
    Tape tape(memory);
    const Var place = tape.variable(memory.from(floats(points()), rows, 2));
    const Var output = siren.forward(siren.on_tape(tape), place,
                                     tape.constant(memory.from(floats(z), images, config.latent)));
    const Var first = tape.gradients(sum(output), std::vector{place}).front();
    // d/dx of the sum over points of d/dx: each point's own second derivative.
    const Var along_x = tape.constant(memory.from(std::vector<float>{1, 0}, 2, 1));
    const Var slopes = sum(matmul(first, along_x));
    const Var second = tape.gradients(slopes, std::vector{place}).front();

    const auto total_at = [&](std::size_t r, double offset) {
      Matrix moved = points();
      moved(r, 0) += offset;
      const Matrix colors = plain_siren(config, weights, moved, z);
      return dot(colors, Matrix(rows, config.channels, 1));
    };
    const Matrix found = read(second.value());
    for (std::size_t r = 0; r < rows; ++r) {
      const double expected = (total_at(r, h) - 2 * total_at(r, 0) + total_at(r, -h)) / (h * h);
      const double allowed = 1e-4 * looser(memory) * std::max(1.0, largest_magnitude(found));
      BOOST_TEST(close(found(r, 0), expected, allowed),
                 "row " << r << ": " << found(r, 0) << ", expected " << expected);
    }
  });
}

BOOST_AUTO_TEST_CASE(rows_belong_to_latents_in_equal_groups) {
  for_each_network([](Memory& memory, const Siren& siren) {
    const Matrix z = latents(siren.config());
    const Matrix together = forward(memory, siren, points(), z);
    for (std::size_t i = 0; i < images; ++i) {
      Matrix own(rows / images, 2);
      for (std::size_t r = 0; r < own.rows; ++r)
        for (std::size_t c = 0; c < 2; ++c) own(r, c) = points()(i * own.rows + r, c);
      const Matrix alone = forward(memory, siren, own, row_of(z, i));
      for (std::size_t r = 0; r < own.rows; ++r)
        check_close(row_of(together, i * own.rows + r), row_of(alone, r), 1e-6 * looser(memory));
    }
  });
}

BOOST_AUTO_TEST_CASE(initial_weights_are_the_same_bits_on_every_backend) {
  for (const SirenConfig& config : small_networks()) {
    Memory judge(make_backend("reference"));
    const auto weights = [&](Memory& memory, std::uint64_t seed) {
      std::vector<double> all;
      const Siren siren(memory, config, seed);
      for (const auto& [name, weight] : weights_of(siren))
        all.insert(all.end(), weight.values.begin(), weight.values.end());
      return all;
    };
    const std::vector<double> expected = weights(judge, 5);
    for (const std::string& backend_name : backends_under_test()) {
      Memory memory(make_backend(backend_name));
      BOOST_TEST((weights(memory, 5) == expected), backend_name);
    }
    BOOST_TEST((weights(judge, 6) != expected));
  }
}

BOOST_AUTO_TEST_CASE(conditioning_decides_which_parameters_there_are) {
  Memory memory(make_backend("reference"));
  const auto has = [&](Conditioning conditioning, const std::string& name) {
    const Siren siren(memory, small_network(conditioning, 7), 1);
    return weights_of(siren).contains(name);
  };
  for (const Conditioning each : {Conditioning::input, Conditioning::shift, Conditioning::film}) {
    const bool is_input = each == Conditioning::input, is_film = each == Conditioning::film;
    BOOST_TEST(has(each, "first.modulation"));
    BOOST_TEST(has(each, "hidden.1.modulation") == !is_input);
    BOOST_TEST(has(each, "first.gain") == is_film);
    BOOST_TEST(has(each, "hidden.1.gain") == is_film);
    BOOST_TEST((parse_conditioning(name(each)) == each));
  }
  BOOST_CHECK_THROW(parse_conditioning("concat"), Error);
}

// --- rendering ----------------------------------------------------------------------------------

namespace {

Model small_model(Memory& memory) {
  return make_model(memory, small_network(Conditioning::shift, 18), {{"a", 5, 3}, {"b", 4, 4}}, 9);
}

/// test(memory, model, renderer) on each backend.
template <class Test>
void for_each_renderer(Test test) {
  for (const std::string& backend_name : backends_under_test())
    BOOST_TEST_CONTEXT("backend " << backend_name) {
      Memory memory(make_backend(backend_name, {.workers = 3}));
      const Model model = small_model(memory);
      Renderer renderer(memory, model);
      test(memory, model, renderer);
    }
}

}  // namespace

BOOST_AUTO_TEST_CASE(pixels_are_rendered_at_their_centres) {
  for_each_renderer([](Memory&, const Model& model, Renderer& renderer) {
    constexpr std::size_t width = 31, height = 17;  // more than one tile
    const Weights weights = weights_of(model.siren);
    for (const std::size_t which : {0, 1}) {
      const Image image = renderer.render(which, {{width, height}});
      const Matrix z = row_of(read(model.latents), which);
      BOOST_TEST(image.width == width);
      BOOST_TEST(image.height == height);
      for (std::size_t y = 0; y < height; ++y)
        for (std::size_t x = 0; x < width; ++x) {
          Matrix centre(1, 2);
          centre(0, 0) = -1 + (2.0 * static_cast<double>(x) + 1) / width;
          centre(0, 1) = -1 + (2.0 * static_cast<double>(y) + 1) / height;
          const Matrix color = plain_pixel(model.siren.config(), weights, centre, z);
          for (std::size_t c = 0; c < 3; ++c)
            if (!close(image.pixel(x, y)[c], color(0, c), value_error))
              BOOST_ERROR("pixel " << x << ", " << y << ": " << image.pixel(x, y)[c]
                                   << ", expected " << color(0, c));
        }
    }
  });
}

BOOST_AUTO_TEST_CASE(supersampling_takes_the_mean_of_a_block) {
  for_each_renderer([](Memory&, const Model&, Renderer& renderer) {
    constexpr std::size_t width = 7, height = 5, k = 3;
    const Image means = renderer.render(1, {{width, height}, k});
    const Image points = renderer.render(1, {{width * k, height * k}});
    BOOST_TEST_REQUIRE(means.values.size() == width * height * 3);
    for (std::size_t y = 0; y < height; ++y)
      for (std::size_t x = 0; x < width; ++x)
        for (std::size_t c = 0; c < 3; ++c) {
          double mean = 0;
          for (std::size_t v = 0; v < k; ++v)
            for (std::size_t u = 0; u < k; ++u)
              mean += double{points.pixel(x * k + u, y * k + v)[c]} / (k * k);
          BOOST_TEST(close(means.pixel(x, y)[c], mean, 1e-6));
        }
  });
}

BOOST_AUTO_TEST_CASE(a_latent_may_be_given_instead_of_an_image) {
  for_each_renderer([](Memory&, const Model&, Renderer& renderer) {
    BOOST_TEST((renderer.render(renderer.code(1), {{6, 6}}).values ==
                renderer.render(1, {{6, 6}}).values));
    BOOST_CHECK_THROW(renderer.render({std::vector<float>(2), {}}, {{6, 6}}),
                      std::invalid_argument);
    BOOST_CHECK_THROW(renderer.render(2, {{6, 6}}), std::invalid_argument);
    BOOST_CHECK_THROW(renderer.render(0, {{0, 6}}), std::invalid_argument);
    BOOST_CHECK_THROW(renderer.render(0, {{6, 6}, 0}), std::invalid_argument);
  });
}

namespace {

/// Tensors for the gradients of a network.
std::vector<Tensor> grads_of(Memory& memory, const Siren& siren) {
  std::vector<Tensor> grads;
  for (const Parameter& parameter : siren.parameters())
    grads.push_back(memory.zeros(parameter.value.rows(), parameter.value.cols()));
  return grads;
}

void run_tile(Memory& memory, const Siren& siren, const std::vector<Tensor>& grads) {
  Tape tape(memory);
  const auto constant = [&](std::size_t rows, std::size_t cols) {
    return tape.constant(memory.zeros(rows, cols));
  };
  const Var output = siren.forward(siren.on_tape(tape, grads), constant(24, 2), constant(2, 4));
  tape.backward(weighted_squared_error(output, constant(24, 3), constant(24, 1)));
}

}  // namespace

BOOST_AUTO_TEST_CASE(memory_is_reused_from_the_second_tile_on) {
  for (const Conditioning conditioning : {Conditioning::shift, Conditioning::film}) {
    const auto backend = std::make_shared<CountingBackend>(make_backend("cpu"));
    {
      Memory memory(backend);
      const Siren siren(memory, {.width = 18, .latent = 4, .conditioning = conditioning}, 1);
      const std::vector<Tensor> grads = grads_of(memory, siren);
      run_tile(memory, siren, grads);
      const int after_first = backend->allocations;
      for (int tile = 0; tile < 5; ++tile) run_tile(memory, siren, grads);
      BOOST_TEST(backend->allocations == after_first);
      BOOST_TEST(backend->live == after_first);
    }
    BOOST_TEST(backend->live == 0);
  }
}

BOOST_AUTO_TEST_SUITE_END()
