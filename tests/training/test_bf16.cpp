#include <algorithm>
#include <bit>
#include <boost/test/unit_test.hpp>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <limits>
#include <string>
#include <vector>

#include "chorus/error.hpp"
#include "primitive_bench.hpp"
#include "training.hpp"

// Products of the CPU in bf16: on the backend that CHORUS_TEST_BACKEND names, or on those of the
// kind that this machine has. They must be the products of the rounded operands, with no other
// error than that of single precision.

using namespace chorus;
using namespace chorus::test;

namespace {

std::vector<std::string> bf16_backends() {
  const char* chosen = std::getenv("CHORUS_TEST_BACKEND");
  if (chosen != nullptr && *chosen != '\0') return {chosen};
  std::vector<std::string> names;
  for (const BackendInfo& info : list_backends())
    if (info.unavailable.empty() && (info.name.find("avx512bf16") != std::string::npos ||
                                     info.name.find("amx") != std::string::npos))
      names.push_back(info.name);
  return names;
}

template <class Test>
void on_bf16_backends(Test test) {
  for (const std::string& name : bf16_backends())
    for (const std::size_t gap : {0, 5}) BOOST_TEST_CONTEXT("backend " << name << ", gap " << gap) {
        Bench bench(name, gap);
        BOOST_TEST_REQUIRE((bench.memory().backend().precision() == Precision::bf16));
        test(bench);
      }
}

/// To 8 significant bits, ties to even; for numbers that bf16 holds without overflow.
double to_bf16(double x) {
  if (x == 0) return 0;
  const double unit = std::ldexp(1.0, std::ilogb(x) - 7);
  return std::nearbyint(x / unit) * unit;
}

struct Product {
  std::size_t rows, depth, cols;
  bool ta = false, tb = false, packed = false;

  Matrix a() const { return ta ? random_matrix(depth, rows, 1) : random_matrix(rows, depth, 1); }
  Matrix b() const { return tb ? random_matrix(cols, depth, 2) : random_matrix(depth, cols, 2); }

  /// Otherwise it is computed in single precision.
  bool is_large() const { return std::min(depth, cols) >= 32 && (!ta || packed || rows >= 32); }
  Matrix expected(const Matrix& left, const Matrix& right) const {
    return product(ta ? transposed(left) : left, tb ? transposed(right) : right);
  }
};

std::vector<Product> all_products() {
  // Depths of one pair more and less than vectors hold, panels of 32 columns and parts of them,
  // rows of blocks of 12 or 32 and what is left.
  std::vector<Product> products;
  for (const Product& shape : std::vector<Product>{{40, 33, 37},
                                                   {12, 32, 32},
                                                   {13, 64, 49},
                                                   {1, 65, 100},
                                                   {35, 31, 64},
                                                   {34, 96, 33},
                                                   {3, 130, 64},
                                                   {31, 40, 48}})
    for (const bool ta : {false, true})
      for (const bool tb : {false, true})
        for (const bool packed : {false, true})
          products.push_back({shape.rows, shape.depth, shape.cols, ta, tb, packed});
  return products;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(bf16)

BOOST_AUTO_TEST_CASE(products_are_those_of_rounded_operands) {
  on_bf16_backends([](Bench& bench) {
    for (const Product& p : all_products())
      BOOST_TEST_CONTEXT(p.rows << " x " << p.depth << " x " << p.cols << (p.ta ? ", a^T" : "")
                                << (p.tb ? ", b^T" : "") << (p.packed ? ", packed" : "")) {
        const Matrix a = p.a(), b = p.b(), old = random_matrix(p.rows, p.cols, 3);
        const Matrix exact = p.expected(a, b);
        const Matrix expected =
            p.is_large() ? p.expected(mapped(a, to_bf16), mapped(b, to_bf16)) : exact;
        const Tensor left = bench.place(a), right = bench.place(b);
        const Tensor packed = p.packed ? bench.pack(right) : Tensor{};
        const Tensor sum_of_both = bench.place(old), alone = bench.place(p.rows, p.cols);
        Call call{.op = Op::matmul,
                  .packed = packed.const_view().data,
                  .transpose_a = p.ta,
                  .transpose_b = p.tb};
        bench.run(call, {&left, &right}, {&alone});
        call.accumulate = true;
        bench.run(call, {&left, &right}, {&sum_of_both});
        check_close(bench.read(alone), expected, 2 * rounding);
        check_close(bench.read(sum_of_both), sum(old, expected), 2 * rounding);
        BOOST_TEST((largest_difference(bench.read(alone), exact) > 1e-4) == p.is_large());
      }
  });
}

BOOST_AUTO_TEST_CASE(a_sine_layer_rounds_before_it_multiplies_and_not_after) {
  on_bf16_backends([](Bench& bench) {
    const std::size_t groups = 3, rows = 30, inputs = 45, outputs = 70;
    const Matrix x = random_matrix(rows, inputs, 4), w = random_matrix(outputs, inputs, 5, 5);
    const Matrix b = random_matrix(groups, outputs, 6, 10);
    const Matrix p =
        sum(product(mapped(x, to_bf16), transposed(mapped(w, to_bf16))), repeated(b, rows));
    const Tensor in = bench.place(x), weight = bench.place(w), bias = bench.place(b);
    const Tensor packed = bench.pack(weight);
    for (const float* copy : {static_cast<const float*>(nullptr), packed.const_view().data}) {
      const Tensor sine = bench.place(rows, outputs), cosine = bench.place(rows, outputs);
      bench.run({.op = Op::sine_linear, .packed = copy}, {&in, &weight, &bias}, {&sine, &cosine});
      const double allowed = 8 * rounding;  // of arguments up to 60
      check_close(bench.read(sine), mapped(p, [](double v) { return std::sin(v); }), allowed);
      check_close(bench.read(cosine), mapped(p, [](double v) { return std::cos(v); }), allowed);
    }
  });
}

BOOST_AUTO_TEST_CASE(slopes_are_those_of_rounded_operands) {
  on_bf16_backends([](Bench& bench) {
    const std::size_t groups = 5, rows = 85, outputs = 40, inputs = 70;
    const Matrix next = random_matrix(rows, outputs, 7), w = random_matrix(outputs, inputs, 8);
    const Matrix cosine = random_matrix(rows, inputs, 9), old = random_matrix(groups, inputs, 10);
    const Matrix slopes =
        zipped(product(mapped(next, to_bf16), mapped(w, to_bf16)), cosine, std::multiplies<>());
    const Tensor in = bench.place(next), weight = bench.place(w), packed = bench.pack(weight);
    for (const float* copy : {static_cast<const float*>(nullptr), packed.const_view().data}) {
      const Tensor slope = bench.place(cosine), sums = bench.place(old);
      bench.run({.op = Op::sine_linear_gradient, .packed = copy}, {&in, &weight}, {&slope, &sums});
      check_close(bench.read(slope), slopes, 2 * rounding);
      check_close(bench.read(sums), sum(old, group_sums(slopes, groups)), 8 * rounding);
    }
  });
}

namespace {

/// A row of numbers multiplied by one, as a left-hand and as a right-hand operand.
std::vector<std::vector<double>> times_one(Bench& bench, const std::vector<float>& numbers) {
  const std::size_t size = 36;
  Matrix one(size, size);
  for (std::size_t i = 0; i < size; ++i) one(i, i) = 1;
  Matrix square(size, size);
  for (std::size_t i = 0; i < numbers.size(); ++i) square(3, i) = double{numbers[i]};
  const Tensor unit = bench.place(one), values = bench.place(square);
  std::vector<std::vector<double>> results;
  for (const auto& [left, right] : {std::pair{&values, &unit}, {&unit, &values}}) {
    const Tensor out = bench.place(size, size);
    bench.run({.op = Op::matmul}, {left, right}, {&out});
    const Matrix found = bench.read(out);
    const auto row = found.values.begin() + 3 * size;
    results.emplace_back(row, row + static_cast<std::ptrdiff_t>(numbers.size()));
  }
  return results;
}

}  // namespace

BOOST_AUTO_TEST_CASE(rounding_is_to_nearest_even) {
  const std::vector<float> numbers = {
      1,         1 + 0x1p-8F,   1 + 0x3p-8F, 1 + 0x1.8p-8F, -1 - 0x1p-8F,
      0x1.FFp0F, 0x1.FEp0F,     0x1.FE8p0F,  3e-30F,        -2.5e30F,
      0,         1 + 0x1.02p-8F};
  const std::vector<double> expected = {1,
                                        1,
                                        1 + 0x1p-6,
                                        1 + 0x1p-7,
                                        -1,
                                        2,
                                        0x1.FEp0,
                                        0x1.FEp0,
                                        to_bf16(double{3e-30F}),
                                        to_bf16(double{-2.5e30F}),
                                        0,
                                        1 + 0x1p-7};
  on_bf16_backends([&](Bench& bench) {
    for (const auto& found : times_one(bench, numbers))
      BOOST_TEST(found == expected, boost::test_tools::per_element());
  });
}

BOOST_AUTO_TEST_CASE(what_is_no_number_stays_none) {
  // The upper half of such a NaN holds nothing but the exponent.
  const float hidden = std::bit_cast<float>(std::uint32_t{0x7F800001});
  const float full = std::bit_cast<float>(std::uint32_t{0xFFFFFFFF});
  on_bf16_backends([&](Bench& bench) {
    for (const float number : {hidden, full, std::numeric_limits<float>::quiet_NaN()})
      for (const auto& found : times_one(bench, {number})) BOOST_TEST(std::isnan(found.front()));
    // Infinity times the zeros of the unit matrix is NaN; alone in a sum it stays.
    const Tensor left = bench.place(Matrix(34, 40, std::numeric_limits<double>::infinity()));
    const Tensor right = bench.place(Matrix(40, 34, 1)), out = bench.place(34, 34);
    bench.run({.op = Op::matmul}, {&left, &right}, {&out});
    for (const double value : bench.read(out).values) BOOST_TEST(std::isinf(value));
  });
}

// --- training -----------------------------------------------------------------------------------

namespace {

struct Trained {
  double own_db = 0;     ///< decoded by the backend that trained
  double single_db = 0;  ///< decoded in single precision
};

Trained train(const std::string& backend, std::uint64_t seed) {
  const std::vector<NamedImage> images = icons();
  Memory memory(make_backend(backend, {.workers = 1}));
  Model model =
      make_model(memory, {.width = 64, .hidden_layers = 2, .latent = 32}, encoded(images), seed);
  Trainer trainer(memory, model, images, {});
  constexpr int steps = 1500;
  for (int step = 0; step < steps; ++step) trainer.step(step / double{steps});
  const TensorFile file = to_tensor_file(model);
  Memory single(make_backend("cpu"));
  const Model copy = from_tensor_file(single, file, "model");
  return {mean_psnr_db(memory, model, images), mean_psnr_db(single, copy, images)};
}

}  // namespace

BOOST_AUTO_TEST_CASE(training_is_as_good_as_in_single_precision) {
  for (const std::string& backend : bf16_backends()) {
    double difference_db = 0;
    for (const std::uint64_t seed : {1, 2, 3}) {
      const Trained found = train(backend, seed), expected = train("cpu", seed);
      BOOST_TEST(std::abs(found.own_db - found.single_db) < 0.2);
      difference_db += (found.own_db - expected.own_db) / 3;
    }
    BOOST_TEST(std::abs(difference_db) < 0.5, difference_db);
  }
}

BOOST_AUTO_TEST_CASE(the_check_backend_allows_for_the_rounding_of_products_alone) {
  for (const std::string& backend : bf16_backends()) {
    Memory memory(make_backend("check:" + backend + ",reference"));
    const Matrix a = random_matrix(40, 64, 11), b = random_matrix(64, 48, 12);
    const Tensor left = memory.from(floats(a), a.rows, a.cols);
    const Tensor right = memory.from(floats(b), b.rows, b.cols), out = memory.zeros(40, 48);
    Call product{.op = Op::matmul};
    product.in[0] = left.const_view();
    product.in[1] = right.const_view();
    product.out[0] = out.view();
    BOOST_CHECK_NO_THROW(memory.backend().run(product));
    // Weights that were never packed are all zero: more than rounding.
    const std::size_t size = memory.backend().packed_floats(b.rows, b.cols);
    const Tensor packed = memory.zeros(1, size);
    product.packed = packed.const_view().data;
    BOOST_CHECK_EXCEPTION(memory.backend().run(product), Error, [](const Error& error) {
      const std::string text = error.what();
      return text.find("op matmul") != std::string::npos &&
             text.find("disagrees") != std::string::npos;
    });
  }
}

BOOST_AUTO_TEST_SUITE_END()
