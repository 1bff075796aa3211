#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <cmath>
#include <cstdint>
#include <numeric>
#include <vector>

#include "op_parameters.hpp"
#include "palette_ops.hpp"
#include "primitive_bench.hpp"

// The parts of the primitives that no function of ops.hpp reaches alone: adding to a result,
// working in place, second outputs, and the ops without derivatives.

using namespace chorus;
using namespace chorus::test;

BOOST_AUTO_TEST_SUITE(primitives)

BOOST_AUTO_TEST_CASE(fill_sets_every_element) {
  for_each_shape([](Bench& bench, const Shape& s) {
    const Tensor out = bench.place(s.rows, s.cols);
    bench.run({.op = Op::fill, .scale = -0.75F}, {}, {&out});
    BOOST_TEST((bench.read(out).values == Matrix(s.rows, s.cols, -0.75).values));
  });
}

BOOST_AUTO_TEST_CASE(scale_replaces_or_adds) {
  for_each_shape([](Bench& bench, const Shape& s) {
    const Matrix a = random_matrix(s.rows, s.cols, 1), old = random_matrix(s.rows, s.cols, 2);
    const Tensor in = bench.place(a), out = bench.place(old), fresh = bench.place(s.rows, s.cols);
    bench.run({.op = Op::scale, .accumulate = true, .scale = 1.5F}, {&in}, {&out});
    bench.run({.op = Op::scale, .scale = 1.5F}, {&in}, {&fresh});
    check_close(bench.read(out), zipped(a, old, [](double x, double y) { return 1.5 * x + y; }),
                rounding);
    check_close(bench.read(fresh), mapped(a, [](double x) { return 1.5 * x; }), rounding);
  });
}

BOOST_AUTO_TEST_CASE(products_are_added_to_what_is_there) {
  on_each_backend([](Bench& bench) {
    const std::size_t rows = 13, depth = 7, cols = 33;
    const Matrix old = random_matrix(rows, cols, 3);
    for (const bool ta : {false, true})
      for (const bool tb : {false, true})
        for (const bool use_packed : {false, true}) {
          const Matrix a = ta ? random_matrix(depth, rows, 4) : random_matrix(rows, depth, 4);
          const Matrix b = tb ? random_matrix(cols, depth, 5) : random_matrix(depth, cols, 5);
          const Tensor left = bench.place(a), right = bench.place(b), out = bench.place(old);
          const Tensor packed = use_packed ? bench.pack(right) : Tensor{};
          bench.run({.op = Op::matmul,
                     .packed = packed.const_view().data,
                     .transpose_a = ta,
                     .transpose_b = tb,
                     .accumulate = true},
                    {&left, &right}, {&out});
          check_close(bench.read(out),
                      sum(old, product(ta ? transposed(a) : a, tb ? transposed(b) : b)), rounding);
        }
  });
}

BOOST_AUTO_TEST_CASE(sums_of_rows_are_added_to_what_is_there) {
  for_each_shape([](Bench& bench, const Shape& s) {
    const std::size_t group = 4;
    const Matrix a = random_matrix(s.rows * group, s.cols, 6);
    const Matrix old = random_matrix(s.rows, s.cols, 7);
    const Tensor in = bench.place(a), out = bench.place(old);
    bench.run({.op = Op::sum_rows, .accumulate = true}, {&in}, {&out});
    check_close(bench.read(out), sum(old, group_sums(a, s.rows)), rounding);
  });
}

BOOST_AUTO_TEST_CASE(results_may_take_the_place_of_an_input) {
  for_each_shape([](Bench& bench, const Shape& s) {
    const Matrix a = random_matrix(s.rows, s.cols, 8, 3), b = random_matrix(s.rows, s.cols, 9);
    const Tensor right = bench.place(b);
    const auto in_place = [&](Op op) {
      const Tensor both = bench.place(a);
      bench.run({.op = op, .scale = -2}, {&both, &right}, {&both});
      return bench.read(both);
    };
    check_close(in_place(Op::add), sum(a, b), rounding);
    check_close(in_place(Op::subtract), zipped(a, b, std::minus<>()), rounding);
    check_close(in_place(Op::multiply), zipped(a, b, std::multiplies<>()), rounding);
    check_close(in_place(Op::scale), mapped(a, [](double x) { return -2 * x; }), rounding);
    check_close(in_place(Op::sin), mapped(a, [](double x) { return std::sin(x); }), rounding);
    check_close(in_place(Op::cos), mapped(a, [](double x) { return std::cos(x); }), rounding);
  });
}

BOOST_AUTO_TEST_CASE(a_product_takes_a_bias_for_each_group_of_rows) {
  for_each_shape([](Bench& bench, const Shape& s) {
    const Matrix a = random_matrix(s.rows * 6, 7, 31), b = random_matrix(s.cols, 7, 32);
    const Matrix bias = random_matrix(s.rows, s.cols, 33);
    const Matrix expected = sum(product(a, transposed(b)), repeated(bias, s.rows * 6));
    const Tensor left = bench.place(a), right = bench.place(b), shift = bench.place(bias);
    const Tensor out = bench.place(s.rows * 6, s.cols);
    bench.run({.op = Op::matmul, .transpose_b = true}, {&left, &right, &shift}, {&out});
    check_close(bench.read(out), expected, rounding);
  });
}

BOOST_AUTO_TEST_CASE(scale_by_takes_its_factor_from_memory) {
  for_each_shape([](Bench& bench, const Shape& s) {
    const Matrix a = random_matrix(s.rows, s.cols, 34);
    const Tensor in = bench.place(a), by = bench.place(Matrix(1, 1, -3));
    const Tensor out = bench.place(s.rows, s.cols);
    bench.run({.op = Op::scale_by, .scale = 0.5F}, {&in, &by}, {&out});
    check_close(bench.read(out), mapped(a, [](double x) { return -1.5 * x; }), rounding);
  });
}

BOOST_AUTO_TEST_CASE(squared_error_gives_the_weighted_errors_too) {
  for_each_shape([](Bench& bench, const Shape& s) {
    const Matrix p = random_matrix(s.rows, s.cols, 35), t = random_matrix(s.rows, s.cols, 36);
    const Matrix w = random_matrix(s.rows, 1, 37);
    const Matrix error = zipped(p, t, std::minus<>());
    const Matrix weighted = zipped(error, product(w, Matrix(1, s.cols, 1)), std::multiplies<>());
    const Tensor prediction = bench.place(p), target = bench.place(t), weights = bench.place(w);
    const Tensor total = bench.place(1, 1), slope = bench.place(s.rows, s.cols);
    bench.run({.op = Op::squared_error}, {&prediction, &target, &weights}, {&total, &slope});
    const double scale = std::sqrt(static_cast<double>(s.rows * s.cols));
    check_close(bench.read(total), Matrix(1, 1, dot(error, weighted)), scale * rounding);
    check_close(bench.read(slope), weighted, rounding);
    const Tensor alone = bench.place(1, 1);
    bench.run({.op = Op::squared_error}, {&prediction, &target, &weights}, {&alone});
    check_close(bench.read(alone), Matrix(1, 1, dot(error, weighted)), scale * rounding);
  });
}

BOOST_AUTO_TEST_CASE(gather_rows_takes_rows_in_any_order) {
  for_each_shape([](Bench& bench, const Shape& s) {
    const Matrix a = random_matrix(s.rows, s.cols, 16);
    std::vector<std::uint32_t> rows(s.rows + 2);
    for (std::size_t i = 0; i < rows.size(); ++i)
      rows[i] = static_cast<std::uint32_t>((5 * i + s.rows - 1) % s.rows);
    Matrix expected(rows.size(), s.cols);
    for (std::size_t r = 0; r < rows.size(); ++r)
      for (std::size_t c = 0; c < s.cols; ++c) expected(r, c) = a(rows[r], c);
    const Tensor in = bench.place(a), out = bench.place(rows.size(), s.cols);
    const IndexList list = bench.list(rows);
    Call call{.op = Op::gather_rows};
    call.index[0] = list.view();
    bench.run(call, {&in}, {&out});
    BOOST_TEST((bench.read(out).values == expected.values));
  });
}

namespace {

constexpr AdamUpdate adam_settings{.rate = 0.01F, .beta1 = 0.9F, .beta2 = 0.99F, .epsilon = 1e-8F};

/// A parameter with its moments.
struct Adam {
  Matrix value, first, second;
  Adam(std::size_t rows, std::size_t cols)
      : value(random_matrix(rows, cols, 17)),
        first(random_matrix(rows, cols, 18)),
        second(mapped(random_matrix(rows, cols, 19), [](double v) { return std::abs(v) + 0.1; })) {}

  /// Algorithm 1 of Kingma and Ba for one element.
  void update(std::size_t r, std::size_t c, double g, const Matrix& schedule) {
    const double beta1 = adam_settings.beta1, beta2 = adam_settings.beta2;
    first(r, c) = beta1 * first(r, c) + (1 - beta1) * g;
    second(r, c) = beta2 * second(r, c) + (1 - beta2) * g * g;
    const double m = first(r, c) * schedule(0, 1), v = second(r, c) * schedule(0, 2);
    value(r, c) -=
        adam_settings.rate * schedule(0, 0) * m / (std::sqrt(v) + double{adam_settings.epsilon});
  }
};

/// One update of rows `rows` of the parameter, or of all in order if there are none, by the sum of
/// several gradients, which is cleared if there is more than one.
void check_adam(Bench& bench, const Shape& s, const std::vector<std::uint32_t>& rows,
                std::size_t copies = 1) {
  Adam expected(s.rows, s.cols);
  const Tensor value = bench.place(expected.value), first = bench.place(expected.first),
               second = bench.place(expected.second);
  const std::size_t updated = rows.empty() ? s.rows : rows.size();
  const Matrix gradient = random_matrix(copies * updated, s.cols, 20);
  Matrix schedule(1, 3);
  schedule.values = {0.5, 2.5, 3.25};
  const Tensor slope = bench.place(gradient), factors = bench.place(schedule);
  const IndexList list = bench.list(rows);
  Call call{.op = Op::adam, .adam = &adam_settings};
  if (!rows.empty()) call.index[0] = list.view();
  if (copies > 1) call.out[3] = slope.view();
  bench.run(call, {&slope, &factors}, {&value, &first, &second});
  for (std::size_t r = 0; r < updated; ++r)
    for (std::size_t c = 0; c < s.cols; ++c) {
      double g = 0;
      for (std::size_t copy = 0; copy < copies; ++copy) g += gradient(copy * updated + r, c);
      expected.update(rows.empty() ? r : rows[r], c, g, schedule);
    }
  check_close(bench.read(slope), copies > 1 ? Matrix(gradient.rows, s.cols) : gradient, 0);
  check_close(bench.read(value), expected.value, rounding);
  check_close(bench.read(first), expected.first, rounding);
  check_close(bench.read(second), expected.second, rounding);
}

}  // namespace

BOOST_AUTO_TEST_CASE(adam_follows_its_paper) {
  for_each_shape([](Bench& bench, const Shape& s) { check_adam(bench, s, {}); });
}

BOOST_AUTO_TEST_CASE(adam_adds_gradients_and_clears_them) {
  for_each_shape([](Bench& bench, const Shape& s) {
    check_adam(bench, s, {}, 2);
    check_adam(bench, s, {}, 3);
  });
}

BOOST_AUTO_TEST_CASE(adam_by_row_numbers_leaves_the_other_rows) {
  on_each_backend([](Bench& bench) {
    check_adam(bench, {7, 3}, {4});
    check_adam(bench, {9, 33}, {8, 0, 3});
    check_adam(bench, {5, 272}, {1, 4, 2, 0});
  });
}

BOOST_AUTO_TEST_CASE(nothing_is_written_behind_the_end) {
  for (const std::string& name : backends_under_test()) {
    const auto poisoned = std::make_shared<PoisonedBackend>(make_backend(name));
    for (const Shape& s : shapes) {
      Memory memory(poisoned);
      const Tensor a = memory.from(floats(random_matrix(s.rows, s.cols, 21)), s.rows, s.cols);
      for (const Op op : {Op::add, Op::scale, Op::fill, Op::sin, Op::broadcast_rows, Op::sum_rows,
                          Op::scale_rows}) {
        // Without padding behind the last row, whatever the width.
        auto* data = static_cast<float*>(poisoned->allocate(s.rows * s.cols * sizeof(float)));
        Call call{.op = op};
        call.in[0] = call.in[1] = a.const_view();
        call.out[0] = {data, s.rows, s.cols, s.cols};
        poisoned->run(call);
        poisoned->release(data);
      }
    }
    BOOST_TEST(poisoned->overrun_blocks() == 0U);
  }
}

BOOST_AUTO_TEST_CASE(a_write_behind_the_end_would_be_noticed) {
  PoisonedBackend poisoned(make_backend("reference"));
  auto* data = static_cast<float*>(poisoned.allocate(3 * sizeof(float)));
  Call call{.op = Op::fill};
  call.out[0] = {data, 1, 4, 4};
  poisoned.run(call);
  poisoned.release(data);
  BOOST_TEST(poisoned.overrun_blocks() == 1U);
}

BOOST_AUTO_TEST_CASE(palette_gradients_are_added_and_logits_replaced) {
  on_each_backend([](Bench& bench) {
    const std::size_t groups = 2, group = 19, channels = 3;
    for (const std::size_t entries : {1, 12, 17, 70}) {
      const Matrix up = random_matrix(groups * group, channels, 1);
      const Matrix palettes = random_matrix(groups, entries * channels, 2);
      const Matrix old = random_matrix(groups, entries * channels, 3);
      const Matrix weights = mapped(random_matrix(groups * group, entries, 4),
                                    [](double x) { return std::abs(x) / 8; });
      Matrix logits(groups * group, entries), sums = old;
      for (std::size_t r = 0; r < logits.rows; ++r) {
        double mean = 0;
        const auto slope = [&](std::size_t k) {
          double sum = 0;
          for (std::size_t c = 0; c < channels; ++c)
            sum += up(r, c) * palettes(r / group, c * entries + k);
          return sum;
        };
        for (std::size_t k = 0; k < entries; ++k) mean += weights(r, k) * slope(k);
        for (std::size_t k = 0; k < entries; ++k) {
          logits(r, k) = weights(r, k) * (slope(k) - mean);
          for (std::size_t c = 0; c < channels; ++c)
            sums(r / group, c * entries + k) += weights(r, k) * up(r, c);
        }
      }
      const Tensor in = bench.place(up), table = bench.place(palettes);
      const Tensor in_place = bench.place(weights), total = bench.place(old);
      bench.run({.op = Op::palette_colors_gradient}, {&in, &table}, {&in_place, &total});
      check_close(bench.read(in_place), logits, 4 * rounding);
      check_close(bench.read(total), sums, 4 * rounding);
    }
  });
}

BOOST_AUTO_TEST_CASE(softmax_of_extreme_logits_stays_finite) {
  on_each_backend([](Bench& bench) {
    Matrix logits(1, 3);
    logits.values = {-1e6, 300, 299};
    const Tensor in = bench.place(logits), table = bench.place(Matrix(1, 9, 0.5));
    const Tensor colors = bench.place(1, 3), weights = bench.place(1, 3);
    bench.run({.op = Op::palette_colors}, {&in, &table}, {&colors, &weights});
    const Matrix found = bench.read(weights);
    const double first = 1 / (1 + std::exp(-1.0));
    BOOST_TEST((found(0, 0) >= 0 && found(0, 0) < 1e-37));
    BOOST_TEST(std::abs(found(0, 1) - first) < 1e-6);
    BOOST_TEST(std::abs(found(0, 2) - (1 - first)) < 1e-6);
    BOOST_TEST(std::abs(bench.read(colors)(0, 2) - 0.5) < 1e-6);
  });
}

BOOST_AUTO_TEST_CASE(mixture_loss_teaches_a_component_that_has_no_weight_yet) {
  on_each_backend([](Bench& bench) {
    Matrix logits(2, 2), scores(2, 2, -12);
    logits.values = {30, 0, -1e6, 1e6};
    scores(0, 1) = 0;  // the second component explains the row, the first has all the weight
    const Tensor in = bench.place(logits), score = bench.place(scores);
    const Tensor losses = bench.place(2, 1), slopes = bench.place(2, 2);
    bench.run({.op = Op::mixture_loss}, {&in, &score}, {&losses, &slopes});
    const double likelihood = std::exp(-12) + std::exp(-30);
    const double second = std::exp(-30) / likelihood;
    BOOST_TEST(std::abs(bench.read(losses)(0, 0) + std::log(likelihood)) < 1e-5);
    BOOST_TEST(std::abs(bench.read(slopes)(0, 0) - second) < 1e-6);
    BOOST_TEST(std::abs(bench.read(losses)(1, 0) - 12) < 1e-5);
    BOOST_TEST((bench.read(slopes)(1, 0) == 0 && bench.read(slopes)(1, 1) == 0));
  });
}

BOOST_AUTO_TEST_SUITE_END()
