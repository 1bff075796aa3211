#include <boost/test/unit_test.hpp>
#include <cmath>
#include <functional>

#include "primitive_bench.hpp"

// The primitives of a sine layer, forwards and backwards.

using namespace chorus;
using namespace chorus::test;

BOOST_AUTO_TEST_SUITE(sine_layer)

BOOST_AUTO_TEST_CASE(a_sine_layer_gives_sine_and_cosine_or_sine_alone) {
  for_each_shape([](Bench& bench, const Shape& s) {
    const std::size_t groups = 3, inputs = 5;
    const Matrix x = random_matrix(groups * s.rows, inputs, 10);
    const Matrix w = random_matrix(s.cols, inputs, 11), b = random_matrix(groups, s.cols, 12);
    const Matrix p = sum(product(x, transposed(w)), repeated(b, x.rows));
    const Tensor in = bench.place(x), weight = bench.place(w), bias = bench.place(b);
    const Tensor packed = bench.pack(weight);
    for (const float* copy : {static_cast<const float*>(nullptr), packed.const_view().data}) {
      const Tensor sine = bench.place(x.rows, s.cols), cosine = bench.place(x.rows, s.cols);
      bench.run({.op = Op::sine_linear, .packed = copy}, {&in, &weight, &bias}, {&sine, &cosine});
      check_close(bench.read(sine), mapped(p, [](double v) { return std::sin(v); }), 2 * rounding);
      check_close(bench.read(cosine), mapped(p, [](double v) { return std::cos(v); }),
                  2 * rounding);
      const Tensor sine_alone = bench.place(x.rows, s.cols);
      bench.run({.op = Op::sine_linear, .packed = copy}, {&in, &weight, &bias}, {&sine_alone});
      BOOST_TEST((bench.read(sine_alone).values == bench.read(sine).values));
    }
  });
}

BOOST_AUTO_TEST_CASE(the_gradient_of_a_sine_layer_multiplies_and_sums) {
  for_each_shape([](Bench& bench, const Shape& s) {
    for (const std::size_t group : {1, 6}) {
      const Matrix up = random_matrix(s.rows * group, s.cols, 13);
      const Matrix cosine = random_matrix(s.rows * group, s.cols, 14);
      const Matrix old = random_matrix(s.rows, s.cols, 15);
      const Matrix slopes = zipped(up, cosine, std::multiplies<>());
      const Tensor in = bench.place(up), slope = bench.place(cosine), sums = bench.place(old);
      bench.run({.op = Op::sine_linear_gradient}, {&in}, {&slope, &sums});
      check_close(bench.read(slope), slopes, rounding);
      check_close(bench.read(sums), sum(old, group_sums(slopes, s.rows)), rounding);
    }
  });
}

BOOST_AUTO_TEST_CASE(the_gradient_of_a_sine_layer_may_come_as_a_product) {
  for_each_shape([](Bench& bench, const Shape& s) {
    for (const std::size_t group : {1, 5, 36}) {
      const std::size_t rows = s.rows * group, outputs = 9;
      const Matrix next = random_matrix(rows, outputs, 16), w = random_matrix(outputs, s.cols, 17);
      const Matrix cosine = random_matrix(rows, s.cols, 18),
                   old = random_matrix(s.rows, s.cols, 19);
      const Matrix slopes = zipped(product(next, w), cosine, std::multiplies<>());
      const Tensor in = bench.place(next), weight = bench.place(w), packed = bench.pack(weight);
      for (const float* copy : {static_cast<const float*>(nullptr), packed.const_view().data}) {
        const Tensor slope = bench.place(cosine), sums = bench.place(old);
        bench.run({.op = Op::sine_linear_gradient, .packed = copy}, {&in, &weight},
                  {&slope, &sums});
        check_close(bench.read(slope), slopes, 2 * rounding);
        check_close(bench.read(sums), sum(old, group_sums(slopes, s.rows)), 4 * rounding);
      }
    }
  });
}

BOOST_AUTO_TEST_SUITE_END()
