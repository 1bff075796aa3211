#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include "chorus/autodiff.hpp"
#include "chorus/ops.hpp"
#include "chorus/siren.hpp"
#include "dtype.hpp"
#include "plain_siren.hpp"

// Activations of 16 bits: on the backend that CHORUS_TEST_BACKEND names, or emulated. Products must
// be those of the rounded operands, with no other error than that of single precision.

using namespace chorus;
using namespace chorus::test;

namespace {

constexpr Precision precisions_of_16_bits[] = {Precision::fp16, Precision::bf16};

Matrix rounded(const Matrix& m, DType dtype) {
  return mapped(m, [dtype](double value) -> double {
    const auto single = static_cast<float>(value);
    return dtype == DType::fp32 ? single : widened(narrowed(single, dtype), dtype);
  });
}

/// Half a unit in the last place of numbers up to 1.
double half_unit(DType dtype) { return dtype == DType::fp16 ? 0x1p-12 : 0x1p-9; }

void check(const Matrix& found, const Matrix& expected, double bound, const std::string& what) {
  const double error = largest_difference(found, expected);
  BOOST_TEST(error <= bound, what << ": " << error << ", expected at most " << bound);
}

/// Room for single-precision sums of so many products of numbers up to 1, to which tensor cores add
/// 8 or 16 at a time and then cut the sum off instead of rounding it.
double rounding(std::size_t depth) {
  const auto terms = static_cast<double>(depth);
  return 1e-6 * std::sqrt(terms) * (1 + terms / 16);
}

/// Rows, inputs and outputs of a layer: of several large tiles with narrow borders, of small tiles,
/// and with numbers that no run of neighbours divides.
struct Layer {
  std::size_t rows, inputs, outputs;
};
constexpr Layer layers[] = {{384, 48, 136}, {1200, 40, 130}, {70, 33, 21}, {9, 16, 16}};

template <class Test>
void for_each_layer(Test test) {
  for (const Precision precision : precisions_of_16_bits)
    for (const Layer& layer : layers)
      BOOST_TEST_CONTEXT(name(precision)
                         << ", " << layer.rows << " x " << layer.inputs << " x " << layer.outputs) {
        DeviceBench bench(precision);
        BOOST_TEST_REQUIRE(bench.weight(Matrix(layer.outputs, layer.inputs)).packed() != nullptr);
        test(bench, layer);
      }
}

}  // namespace

BOOST_AUTO_TEST_SUITE(compact)

BOOST_AUTO_TEST_CASE(numbers_of_16_bits_are_the_nearest_ones) {
  const float infinity = std::numeric_limits<float>::infinity();
  for (const DType dtype : {DType::fp16, DType::bf16}) {
    for (const float exact : {0.0F, -0.0F, 1.0F, -1.5F, 0.0078125F, 1024.0F, infinity, -infinity})
      BOOST_TEST(widened(narrowed(exact, dtype), dtype) == exact);
    for (const double x : {1.2345, -3.3, 0.0701, 17.9}) {
      const double found = widened(narrowed(static_cast<float>(x), dtype), dtype);
      BOOST_TEST(std::abs(found - x) <= 2 * half_unit(dtype) * std::abs(x));
    }
    const float nan = std::numeric_limits<float>::quiet_NaN();
    BOOST_TEST(std::isnan(widened(narrowed(nan, dtype), dtype)));
  }
  BOOST_TEST(fp16_to_float(fp16_of(0x1.004p0F)) == 0x1.004p0F);
  BOOST_TEST(fp16_to_float(fp16_of(0x1.002p0F)) == 1.0F);        // a tie, to even
  BOOST_TEST(fp16_to_float(fp16_of(0x1.006p0F)) == 0x1.008p0F);  // the other way
  BOOST_TEST(fp16_to_float(fp16_of(3e-8F)) == 0x1p-24F);
  BOOST_TEST(std::isinf(fp16_to_float(fp16_of(65520.0F))));
  BOOST_TEST(bf16_to_float(bf16_of(0x1.01p0F)) == 1.0F);
  BOOST_TEST(bf16_to_float(bf16_of(1e-30F)) > 0);
}

BOOST_AUTO_TEST_CASE(tensors_convert_on_their_way) {
  DeviceBench bench(Precision::bf16);
  const Matrix m = random_matrix(5, 21, 1);
  for (const DType dtype : {DType::fp16, DType::bf16}) {
    const Tensor t = bench.place(m, dtype);
    BOOST_TEST((bench.read(t).values == rounded(m, dtype).values));
    const Matrix part = bench.read(t.row_range(2, 1));
    for (std::size_t c = 0; c < m.cols; ++c) BOOST_TEST(part(0, c) == rounded(m, dtype)(2, c));
  }
}

BOOST_AUTO_TEST_CASE(sine_layers_keep_their_activations_in_16_bits) {
  for_each_layer([](DeviceBench& bench, const Layer& s) {
    const auto [values, slopes] = bench.backend()->activations();
    const std::size_t groups = s.rows % 3 == 0 ? 3 : 1;
    const Matrix x = rounded(random_matrix(s.rows, s.inputs, 4), values);
    const Matrix w = random_matrix(s.outputs, s.inputs, 5), b = random_matrix(groups, s.outputs, 6);
    const Tensor in = bench.place(x, values), weight = bench.weight(w), bias = bench.place(b);
    for (const bool copies : {false, true}) {
      const Tensor sine = bench.memory().empty(s.rows, s.outputs, values);
      const Tensor cosine = bench.memory().empty(s.rows, s.outputs, slopes);
      bench.run({.op = Op::sine_linear, .packed = copies ? weight.packed() : nullptr},
                {&in, &weight, &bias}, {&sine, &cosine});
      const Matrix p =
          sum(product(x, transposed(copies ? rounded(w, values) : w)), repeated(b, s.rows));
      const double bound = rounding(s.inputs);
      check(bench.read(sine), mapped(p, [](double v) { return std::sin(v); }),
            bound + half_unit(values), "sine");
      check(bench.read(cosine), mapped(p, [](double v) { return std::cos(v); }),
            bound + half_unit(slopes), "cosine");
    }
  });
}

BOOST_AUTO_TEST_CASE(the_first_layer_takes_coordinates_in_single_precision) {
  for_each_layer([](DeviceBench& bench, const Layer& s) {
    const auto [values, slopes] = bench.backend()->activations();
    const Matrix x = random_matrix(s.rows, 2, 7), w = random_matrix(s.outputs, 2, 8, 30);
    const Matrix b = random_matrix(1, s.outputs, 9);
    const Tensor in = bench.place(x), weight = bench.place(w), bias = bench.place(b);
    const Tensor sine = bench.memory().empty(s.rows, s.outputs, values);
    bench.run({.op = Op::sine_linear}, {&in, &weight, &bias}, {&sine});
    const Matrix p = sum(product(x, transposed(w)), repeated(b, s.rows));
    check(bench.read(sine), mapped(p, [](double v) { return std::sin(v); }),
          1e-5 + half_unit(values), "sine");
  });
}

BOOST_AUTO_TEST_CASE(slopes_take_the_place_of_cosines_and_are_summed) {
  for_each_layer([](DeviceBench& bench, const Layer& s) {
    const DType slopes = bench.backend()->activations().cosines;
    const Matrix up = rounded(random_matrix(s.rows, s.outputs, 10), slopes);
    const Matrix w = random_matrix(s.outputs, s.inputs, 11);
    const Matrix cosines = rounded(random_matrix(s.rows, s.inputs, 12), slopes);
    // Groups of whole warps' rows in one case, of others in the others.
    const std::size_t groups = s.rows % 3 == 0 ? 3 : 1;
    const Matrix old = random_matrix(groups, s.inputs, 13);
    const Tensor weight = bench.weight(w);
    for (const bool single : {false, true})
      for (const bool copies : {false, true}) {
        if (single && copies) continue;  // copies are of slopes' numbers
        const Tensor upstream = bench.place(up, single ? DType::fp32 : slopes);
        const Tensor cosine = bench.place(cosines, slopes), sums = bench.place(old);
        bench.run({.op = Op::sine_linear_gradient, .packed = copies ? weight.packed() : nullptr},
                  {&upstream, &weight}, {&cosine, &sums});
        const Matrix p = product(up, copies ? rounded(w, slopes) : w);
        const Matrix expected = zipped(p, cosines, std::multiplies<>());
        const double bound =
            rounding(s.outputs) + 2 * half_unit(slopes) * largest_magnitude(expected);
        const Matrix found = bench.read(cosine);
        check(found, expected, bound, "slope");
        // The sums are those of the slopes that are kept, or of what these were rounded from.
        const double sums_bound =
            1e-6 * static_cast<double>(s.rows) + 2 * half_unit(slopes) * largest_magnitude(found) *
                                                     std::sqrt(static_cast<double>(s.rows));
        check(bench.read(sums), sum(old, group_sums(found, groups)), sums_bound, "sums");
      }
    // The last layer's derivative may be no product.
    const Tensor upstream = bench.place(rounded(random_matrix(s.rows, s.inputs, 14), slopes));
    const Tensor cosine = bench.place(cosines, slopes), sums = bench.place(old);
    bench.run({.op = Op::sine_linear_gradient}, {&upstream}, {&cosine, &sums});
    const Matrix expected = zipped(bench.read(upstream), cosines, std::multiplies<>());
    check(bench.read(cosine), expected, 2 * half_unit(slopes), "slope");
  });
}

BOOST_AUTO_TEST_CASE(products_take_16_bits_on_either_side) {
  for_each_layer([](DeviceBench& bench, const Layer& s) {
    const auto [values, slopes] = bench.backend()->activations();
    const Matrix h = rounded(random_matrix(s.rows, s.inputs, 15), values);
    const Matrix slope = rounded(random_matrix(s.rows, s.outputs, 16), slopes);
    const Matrix w = random_matrix(s.outputs, s.inputs, 17);
    const Tensor sines = bench.place(h, values), slopes_there = bench.place(slope, slopes);
    const Tensor weight = bench.weight(w);
    const auto multiplied = [&](Call call, const Tensor& a, const Tensor& b, std::size_t rows,
                                std::size_t cols) {
      const Tensor out = bench.place(Matrix(rows, cols, 1));
      call.accumulate = true;
      bench.run(call, {&a, &b}, {&out});
      return mapped(bench.read(out), [](double v) { return v - 1; });
    };
    // Forwards, to colours; backwards, to inputs; the gradients of weights.
    const Call forward{.op = Op::matmul, .transpose_b = true},
        gradient{.op = Op::matmul, .transpose_a = true};
    check(multiplied(forward, sines, weight, s.rows, s.outputs), product(h, transposed(w)),
          rounding(s.inputs), "forwards");
    Call with_copies = forward;
    with_copies.packed = weight.packed();
    check(multiplied(with_copies, sines, weight, s.rows, s.outputs),
          product(h, transposed(rounded(w, values))), rounding(s.inputs), "forwards, copies");
    Call backward{.op = Op::matmul};
    check(multiplied(backward, slopes_there, weight, s.rows, s.inputs), product(slope, w),
          rounding(s.outputs), "backwards");
    backward.packed = weight.packed();
    check(multiplied(backward, slopes_there, weight, s.rows, s.inputs),
          product(slope, rounded(w, slopes)), rounding(s.outputs), "backwards, copies");
    check(multiplied(gradient, slopes_there, sines, s.outputs, s.inputs),
          product(transposed(slope), rounded(h, slopes)), rounding(s.rows), "gradient");
    const Tensor coordinates = bench.place(random_matrix(s.rows, 2, 18));
    check(multiplied(gradient, slopes_there, coordinates, s.outputs, 2),
          product(transposed(slope), bench.read(coordinates)), rounding(s.rows), "first gradient");
    const Tensor colors = bench.place(random_matrix(s.rows, 3, 19));
    check(multiplied(gradient, colors, sines, 3, s.inputs),
          product(transposed(bench.read(colors)), h), rounding(s.rows), "last gradient");
  });
}

BOOST_AUTO_TEST_CASE(tiny_derivatives_survive) {
  DeviceBench bench(Precision::fp16);  // whose smallest number is 6e-8
  const std::size_t rows = 200, width = 32;
  const Matrix up = random_matrix(rows, width, 20, 1e-9F);
  const Matrix w = random_matrix(width, width, 21);
  const Tensor upstream = bench.place(up), weight = bench.place(w);
  const Tensor cosine = bench.place(Matrix(rows, width, 1), bench.backend()->activations().cosines);
  const Tensor sums = bench.place(Matrix(1, width));
  bench.run({.op = Op::sine_linear_gradient}, {&upstream, &weight}, {&cosine, &sums});
  check(bench.read(cosine), product(up, w), 1e-10, "slope");
}

BOOST_AUTO_TEST_CASE(a_network_has_the_gradients_of_single_precision_nearly) {
  constexpr std::size_t images = 3, rows = 240, latent = 4;
  for (const Precision precision : precisions_of_16_bits) {
    DeviceBench bench(precision);
    Memory& memory = bench.memory();
    const Siren siren(memory, {.width = 48, .hidden_layers = 2, .latent = latent}, 1);
    const Tensor places = bench.place(random_matrix(rows, 2, 22));
    const Tensor latents = bench.place(random_matrix(images, latent, 23));
    const auto gradients = [&](Activations activations) {
      const std::vector<Tensor> grads = grads_of(memory, siren);
      Tape tape(memory, activations);
      const Var colors =
          siren.forward(siren.on_tape(tape, grads), tape.constant(places), tape.constant(latents));
      const Var target = tape.constant(memory.full(rows, 3, 0.5)),
                ones = tape.constant(memory.full(rows, 1, 1));
      tape.backward(weighted_squared_error(colors, target, ones));
      std::vector<Matrix> found;
      for (const Tensor& grad : grads) found.push_back(bench.read(grad));
      return found;
    };
    const std::vector<Matrix> single = gradients(Activations::full);
    const std::vector<Matrix> compact = gradients(Activations::reduced);
    for (std::size_t p = 0; p < single.size(); ++p)
      check(compact[p], single[p], 0.03 * largest_magnitude(single[p]), siren.parameters()[p].name);
  }
}

BOOST_AUTO_TEST_CASE(gradients_of_compact_tapes_are_refused) {
  DeviceBench bench(Precision::bf16);
  Tape tape(bench.memory(), Activations::reduced);
  const Var x = tape.variable(bench.place(Matrix(1, 1, 1)));
  BOOST_CHECK_THROW(tape.gradients(x, std::vector<Var>{x}), std::invalid_argument);
}

BOOST_AUTO_TEST_SUITE_END()
