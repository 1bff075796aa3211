#include <bit>
#include <boost/test/unit_test.hpp>
#include <cmath>
#include <limits>
#include <utility>
#include <vector>

#include "matrix_bench.hpp"

// The CUDA kernels with matrices that are too large for the op cases: tiles of both sizes, a depth
// shared among blocks, operands of less precision. They run on the backend that CHORUS_TEST_BACKEND
// names, or emulated.

using namespace chorus;
using namespace chorus::test;

namespace {

struct ProductCase {
  std::size_t rows, depth, cols;
  bool transpose_a = false, transpose_b = false;
};

// A device without a GPU has 4 multiprocessors and two queues: large tiles are 128 x 128, and taken
// from 2 blocks on; a depth is shared from 1024 on.
const std::vector<ProductCase> product_cases = {
    {300, 64, 130, false, true},   // three tiles down: large, forward
    {257, 40, 129, false, false},  // four large tiles with narrow borders, backward
    {128, 1030, 70, true, false},  // large, depth in shares: weights
    {70, 600, 33, true, false},    // small, depth in shares
    {65, 530, 40, true, true},     // both transposed
};

/// Largest error of the products of operands up to 1, as a share of sqrt(depth).
double allowed(Precision precision, bool forward) {
  switch (precision) {
    case Precision::fp32:
      return 2e-6;
    case Precision::tf32:
      return 0x1p-10;
    case Precision::fp16:
      return forward ? 0x1p-10 : 0x1p-7;
    case Precision::bf16:
      return 0x1p-7;
  }
  return 0;
}

constexpr Precision all_precisions[] = {Precision::fp32, Precision::tf32, Precision::fp16,
                                        Precision::bf16};

/// The product as the backend adds it to `old`.
Matrix product_on(DeviceBench& bench, const ProductCase& p, const Matrix& a, const Matrix& b,
                  const Matrix& old) {
  const Tensor left = bench.place(a), right = bench.place(b), out = bench.place(old);
  bench.run({.op = Op::matmul,
             .transpose_a = p.transpose_a,
             .transpose_b = p.transpose_b,
             .accumulate = true},
            {&left, &right}, {&out});
  return bench.read(out);
}

struct ProductOperands {
  Matrix a, b, old, expected;  ///< the product is added to `old`
};

ProductOperands operands_of(const ProductCase& p) {
  Matrix a = p.transpose_a ? random_matrix(p.depth, p.rows, 1) : random_matrix(p.rows, p.depth, 1);
  Matrix b = p.transpose_b ? random_matrix(p.cols, p.depth, 2) : random_matrix(p.depth, p.cols, 2);
  Matrix old = random_matrix(p.rows, p.cols, 3);
  Matrix expected =
      sum(old, product(p.transpose_a ? transposed(a) : a, p.transpose_b ? transposed(b) : b));
  return {std::move(a), std::move(b), std::move(old), std::move(expected)};
}

}  // namespace

BOOST_AUTO_TEST_SUITE(cuda_kernels)

BOOST_AUTO_TEST_CASE(large_products_are_right_in_every_precision) {
  for (const ProductCase& p : product_cases) {
    const auto [a, b, old, expected] = operands_of(p);
    for (const Precision precision : all_precisions) {
      DeviceBench bench(precision);
      const Matrix found = product_on(bench, p, a, b, old);
      const bool forward = p.transpose_b && !p.transpose_a;
      const double bound = allowed(precision, forward) * std::sqrt(static_cast<double>(p.depth));
      const double error = largest_difference(found, expected);
      BOOST_TEST(error < bound, name(precision) << ", depth " << p.depth << ": " << error
                                                << ", expected less than " << bound);
      // Nobody computes with more than was asked for.
      const bool exact = precision == Precision::fp32 || p.rows * p.cols * p.depth < 1 << 22;
      if (!exact) BOOST_TEST(error > bound / 200, name(precision) << " is as exact as fp32");
      BOOST_TEST((product_on(bench, p, a, b, old).values == found.values));
    }
  }
}

BOOST_AUTO_TEST_CASE(a_large_sine_layer_is_right_in_every_precision) {
  const std::size_t groups = 3, rows = 900, inputs = 40, outputs = 130;
  const Matrix x = random_matrix(rows, inputs, 4), w = random_matrix(outputs, inputs, 5);
  const Matrix b = random_matrix(groups, outputs, 6);
  const Matrix p = sum(product(x, transposed(w)), repeated(b, rows));
  for (const Precision precision : all_precisions) {
    DeviceBench bench(precision);
    const Tensor in = bench.place(x), weight = bench.place(w), bias = bench.place(b);
    const Tensor sine = bench.memory().empty(rows, outputs);
    const Tensor cosine = bench.memory().empty(rows, outputs);
    bench.run({.op = Op::sine_linear}, {&in, &weight, &bias}, {&sine, &cosine});
    const double bound = allowed(precision, true) * std::sqrt(static_cast<double>(inputs));
    BOOST_TEST(largest_difference(bench.read(sine),
                                  mapped(p, [](double v) { return std::sin(v); })) < bound);
    BOOST_TEST(largest_difference(bench.read(cosine),
                                  mapped(p, [](double v) { return std::cos(v); })) < bound);
  }
}

BOOST_AUTO_TEST_CASE(slopes_of_a_product_are_summed_with_it_or_after_it) {
  constexpr std::size_t outputs = 70, inputs = 130;
  for (const Precision precision : {Precision::fp32, Precision::tf32})
    for (const std::size_t group : {64, 128, 100, 7}) {  // of whole warps' rows, or not
      const std::size_t groups = 6, rows = groups * group;
      DeviceBench bench(precision);
      const Matrix up = random_matrix(rows, outputs, 12), w = random_matrix(outputs, inputs, 13);
      const Matrix cosines = random_matrix(rows, inputs, 14),
                   old = random_matrix(groups, inputs, 15);
      const Tensor upstream = bench.place(up), weight = bench.place(w),
                   cosine = bench.place(cosines);
      const Tensor sums = bench.place(old);
      bench.run({.op = Op::sine_linear_gradient}, {&upstream, &weight}, {&cosine, &sums});
      const Matrix slopes = zipped(product(up, w), cosines, std::multiplies<>());
      const double bound = allowed(precision, false) * std::sqrt(static_cast<double>(outputs));
      BOOST_TEST(largest_difference(bench.read(cosine), slopes) < bound, name(precision));
      BOOST_TEST(largest_difference(bench.read(sums), sum(old, group_sums(slopes, groups))) <
                     bound * std::sqrt(static_cast<double>(group)),
                 name(precision) << ", groups of " << group);
    }
}

BOOST_AUTO_TEST_CASE(sixteen_bits_keep_what_is_tiny_and_what_is_large) {
  // Derivatives of 1e-9 survive fp16, whose smallest number is 6e-8; and 1e6 what comes before
  // them.
  const ProductCase p{160, 200, 160, true, false};
  for (const double magnitude : {1e-9, 1e6}) {
    const Matrix a = random_matrix(p.depth, p.rows, 7, static_cast<float>(magnitude));
    const Matrix b = random_matrix(p.depth, p.cols, 8), zero(p.rows, p.cols);
    const Matrix expected = product(transposed(a), b);
    DeviceBench bench(Precision::fp16);
    const double error = largest_difference(product_on(bench, p, a, b, zero), expected);
    BOOST_TEST(error < 0.1 * magnitude, error);
  }
}

BOOST_AUTO_TEST_CASE(products_with_few_rows_or_columns_are_right) {
  // Out of the network, and the gradients of the weights at both of its ends.
  const std::vector<ProductCase> thin_cases = {
      {131, 70, 3, false, true},  {70, 256, 12, false, true},  {65, 33, 7, false, true},
      {3, 700, 130, true, false}, {140, 1000, 2, true, false}, {12, 40, 64, true, false},
  };
  for (const ProductCase& p : thin_cases) {
    const auto [a, b, old, expected] = operands_of(p);
    DeviceBench bench(Precision::bf16);
    const double bound = 2e-6 * std::sqrt(static_cast<double>(p.depth));
    const Matrix found = product_on(bench, p, a, b, old);
    BOOST_TEST(largest_difference(found, expected) < bound, p.rows << " x " << p.cols);
    BOOST_TEST((product_on(bench, p, a, b, old).values == found.values));
  }
}

BOOST_AUTO_TEST_CASE(what_is_not_finite_stays_so_in_tf32) {
  // The NaN that a GPU computes has all bits set but the sign; rounding must not carry into it.
  const ProductCase p{128, 256, 128, false, true};
  for (const float bad : {std::bit_cast<float>(0x7FFFFFFFU), std::bit_cast<float>(0xFFFFFFFFU),
                          std::numeric_limits<float>::infinity()}) {
    Matrix a = random_matrix(p.rows, p.depth, 1);
    DeviceBench bench(Precision::tf32);
    std::vector<float> values = floats(a);
    values[5 * p.depth + 3] = bad;
    const Tensor left = bench.memory().empty(p.rows, p.depth);
    from_host(values, left);
    const Tensor right = bench.place(random_matrix(p.cols, p.depth, 2)),
                 out = bench.place(Matrix(p.rows, p.cols));
    bench.run({.op = Op::matmul, .transpose_b = true}, {&left, &right}, {&out});
    const Matrix found = bench.read(out);
    for (std::size_t c = 0; c < p.cols; ++c) BOOST_TEST(!std::isfinite(found(5, c)));
    BOOST_TEST(std::isfinite(found(4, 0)));
  }
}

BOOST_AUTO_TEST_CASE(sines_of_16_bits_are_as_exact_as_16_bits) {
  // Also far from zero, where the GPU's own instructions are off.
  const std::size_t rows = 400, outputs = 64;
  Matrix x(rows, 1), w(outputs, 1);
  for (std::size_t r = 0; r < rows; ++r) x(r, 0) = 25.0 * (static_cast<double>(r) - 200);
  for (std::size_t c = 0; c < outputs; ++c)
    w(c, 0) = static_cast<float>(1 + 0.01 * static_cast<double>(c));
  for (const Precision precision : {Precision::fp16, Precision::bf16}) {
    DeviceBench bench(precision);
    const auto [sine_type, cosine_type] = bench.backend()->activations();
    const Tensor in = bench.place(x), weight = bench.place(w),
                 bias = bench.place(Matrix(1, outputs));
    const Tensor sine = bench.memory().empty(rows, outputs, sine_type);
    const Tensor cosine = bench.memory().empty(rows, outputs, cosine_type);
    bench.run({.op = Op::sine_linear}, {&in, &weight, &bias}, {&sine, &cosine});
    const auto angle = [&](std::size_t r, std::size_t c) {
      return double{static_cast<float>(x(r, 0)) * static_cast<float>(w(c, 0))};
    };
    const Matrix sines = bench.read(sine), cosines = bench.read(cosine);
    const double half_a_unit = sine_type == DType::fp16 ? 0x1p-12 : 0x1p-9;
    double worst_sine = 0, worst_cosine = 0;
    for (std::size_t r = 0; r < rows; ++r)
      for (std::size_t c = 0; c < outputs; ++c) {
        worst_sine = std::max(worst_sine, std::abs(sines(r, c) - std::sin(angle(r, c))));
        worst_cosine = std::max(worst_cosine, std::abs(cosines(r, c) - std::cos(angle(r, c))));
      }
    BOOST_TEST(worst_sine < 1.05 * half_a_unit, name(precision));
    BOOST_TEST(worst_cosine < 1.05 * 0x1p-9, name(precision));
  }
}

BOOST_AUTO_TEST_CASE(long_columns_are_summed_in_parts) {
  DeviceBench bench(Precision::fp32);
  for (const std::size_t groups : {1, 2}) {
    const Matrix a = random_matrix(groups * 1001, 5, 9), old = random_matrix(groups, 5, 10);
    const Tensor in = bench.place(a), out = bench.place(old);
    bench.run({.op = Op::sum_rows, .accumulate = true}, {&in}, {&out});
    BOOST_TEST(largest_difference(bench.read(out), sum(old, group_sums(a, groups))) < 1e-4);

    const Matrix cosines = random_matrix(a.rows, 5, 11);
    const Tensor cosine = bench.place(cosines), sums = bench.place(old);
    const Matrix slopes = zipped(a, cosines, std::multiplies<>());
    bench.run({.op = Op::sine_linear_gradient}, {&in}, {&cosine, &sums});
    BOOST_TEST(largest_difference(bench.read(cosine), slopes) < 1e-6);
    BOOST_TEST(largest_difference(bench.read(sums), sum(old, group_sums(slopes, groups))) < 1e-4);
  }
}

BOOST_AUTO_TEST_SUITE_END()
