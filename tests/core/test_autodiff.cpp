#include <boost/test/unit_test.hpp>
#include <cmath>
#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "backends_under_test.hpp"
#include "chorus/ops.hpp"
#include "counting_backend.hpp"
#include "matrix.hpp"

using namespace chorus;
using namespace chorus::test;

namespace {

/// A tape on the reference backend, and values on it.
class Scratch {
 public:
  Scratch() : memory_(make_backend("reference")), tape(memory_) {}

  Tensor tensor(const std::vector<float>& values) { return memory_.from(values, 1, values.size()); }
  Var constant(const std::vector<float>& values) { return tape.constant(tensor(values)); }
  Var leaf(const std::vector<float>& values) { return tape.variable(tensor(values)); }
  Var leaf(const std::vector<float>& values, const Tensor& grad) {
    return tape.variable(tensor(values), grad);
  }
  std::vector<float> read(const Tensor& t) { return to_host(t); }
  std::vector<float> read(const Var& v) { return read(v.value()); }

 private:
  Memory memory_;

 public:
  Tape tape;
};

using Floats = std::vector<float>;

}  // namespace

BOOST_AUTO_TEST_SUITE(autodiff)

BOOST_AUTO_TEST_CASE(gradients_accumulate_over_tapes) {
  Memory memory(make_backend("reference"));
  const Tensor grad = memory.from(Floats{100, 200}, 1, 2);
  for (const float factor : {3.0F, 4.0F}) {
    Tape tape(memory);
    const Var x = tape.variable(memory.from(Floats{1, 2}, 1, 2), grad);
    tape.backward(sum(scale(x, factor)));
  }
  BOOST_TEST(to_host(grad) == (Floats{107, 207}));
}

BOOST_AUTO_TEST_CASE(a_result_that_is_a_leaf_has_the_derivative_one) {
  Scratch scratch;
  const Tensor grad = scratch.tensor({5});
  const Var x = scratch.leaf({3}, grad);
  BOOST_TEST(scratch.read(scratch.tape.gradients(x, std::vector{x}).front()) == (Floats{1}));
  scratch.tape.backward(x);
  BOOST_TEST(scratch.read(grad) == (Floats{6}));
}

// --- derivatives from another tape ---------------------------------------------------------------

BOOST_AUTO_TEST_CASE(backward_goes_on_from_the_derivatives_of_several_results) {
  Scratch scratch;
  const Tensor grad = scratch.tensor({10, 20});
  const Var x = scratch.leaf({3, 5}, grad);
  const std::vector<Var> results = {multiply(x, x), scale(x, 2), scratch.constant({1}), x};
  scratch.tape.backward(results, std::vector{scratch.tensor({1, 2}), scratch.tensor({-1, 4}),
                                             scratch.tensor({9}), scratch.tensor({100, 200})});
  // 10 + 1 * 2 * 3 - 1 * 2 + 100 and 20 + 2 * 2 * 5 + 4 * 2 + 200
  BOOST_TEST(scratch.read(grad) == (Floats{114, 248}));
}

BOOST_AUTO_TEST_CASE(seeds_must_fit_the_results) {
  Scratch scratch;
  const std::vector<Var> results = {scratch.leaf({3, 5})};
  BOOST_CHECK_THROW(scratch.tape.backward(results, {}), std::invalid_argument);
  BOOST_CHECK_THROW(scratch.tape.backward(results, std::vector{scratch.tensor({1})}),
                    std::invalid_argument);
}

BOOST_AUTO_TEST_CASE(two_tapes_give_the_derivatives_of_one) {
  const auto first = [](const Var& x) { return sin(x); };
  const auto second = [](const Var& y) { return sum(multiply(y, y)); };
  Scratch whole, outer, inner;
  const Tensor expected = whole.tensor({0, 0}), found = outer.tensor({0, 0});
  whole.tape.backward(second(first(whole.leaf({0.5F, 2}, expected))));

  const std::vector<Var> middle = {first(outer.leaf({0.5F, 2}, found))};
  const std::vector<Tensor> seeds = {inner.tensor({0, 0})};
  inner.tape.backward(second(inner.tape.variable(middle[0].value(), seeds[0])));
  outer.tape.backward(middle, seeds);
  BOOST_TEST(outer.read(found) == whole.read(expected));
}

// --- values that several ops use ----------------------------------------------------------------

namespace {

/// f of two rows, and its derivatives with respect to both for a sum over the elements.
struct SharedUse {
  std::string name;
  std::function<Var(const Var& x, const Var& y)> f;
  Floats dx, dy;
};

/// At x = (2, 3), y = (5, 7).
std::vector<SharedUse> shared_uses() {
  return {
      {"x + x", [](auto& x, auto&) { return x + x; }, {2, 2}, {0, 0}},
      {"x - x", [](auto& x, auto&) { return x - x; }, {0, 0}, {0, 0}},
      {"-x", [](auto& x, auto&) { return -x; }, {-1, -1}, {0, 0}},
      {"3 x - y", [](auto& x, auto& y) { return 3 * x - y; }, {3, 3}, {-1, -1}},
      {"x x", [](auto& x, auto&) { return x * x; }, {4, 6}, {0, 0}},
      {"x + (x + y)", [](auto& x, auto& y) { return x + (x + y); }, {2, 2}, {1, 1}},
      {"(x + y) + x", [](auto& x, auto& y) { return (x + y) + x; }, {2, 2}, {1, 1}},
      {"(x + y) + (x + y), twice the same",
       [](auto& x, auto& y) {
         const Var both = x + y;
         return both + both;
       },
       {2, 2},
       {2, 2}},
      {"(x + y) + y - x", [](auto& x, auto& y) { return (x + y) + y - x; }, {0, 0}, {2, 2}},
      {"s = x + x; s + (s + s y)",
       [](auto& x, auto& y) {
         const Var s = x + x;
         return s + (s + s * y);
       },
       {14, 18},
       {4, 6}},
      {"x y + x, then added to itself",
       [](auto& x, auto& y) {
         const Var s = x * y + x;
         return s + s;
       },
       {12, 16},
       {4, 6}},
      {"products of x that share their upstream",
       [](auto& x, auto& y) {
         const Var left = matmul(x, y, Transpose::yes), right = matmul(y, x, Transpose::yes);
         return left + right;  // each element of x meets all of y, twice
       },
       {24, 24},
       {10, 10}},
      {"s = x + x; a sum of s, then a product of s",
       [](auto& x, auto& y) {
         const Var s = x + x, twice = s + s;
         return sum(twice) + matmul(s, y, Transpose::no, Transpose::yes);
       },
       {14, 18},
       {4, 6}},
      {"s = x + x; a product of s, then a sum of s",
       [](auto& x, auto& y) {
         const Var s = x + x, product = matmul(s, y, Transpose::no, Transpose::yes);
         return product + sum(s + s);
       },
       {14, 18},
       {4, 6}},
      {"s + t, where s alone has a product too",
       [](auto& x, auto& y) {
         const Var s = 1 * x, t = 1 * y, total = s + t;
         return sum(total) + matmul(s, s, Transpose::no, Transpose::yes);
       },
       {5, 7},
       {1, 1}},
      {"t + s, where s alone had a product before",
       [](auto& x, auto& y) {
         const Var s = 1 * x, t = 1 * y;
         const Var square = matmul(s, s, Transpose::no, Transpose::yes);
         return square + sum(t + s);
       },
       {5, 7},
       {1, 1}},
  };
}

}  // namespace

BOOST_AUTO_TEST_CASE(derivatives_of_shared_values_add_up) {
  for (const SharedUse& use : shared_uses()) {
    for (const bool with_sinks : {true, false})
      BOOST_TEST_CONTEXT(use.name << (with_sinks ? ", backward" : ", recorded")) {
        Scratch scratch;
        const Tensor dx = scratch.tensor({0, 0}), dy = scratch.tensor({0, 0});
        const Var x = scratch.leaf({2, 3}, dx), y = scratch.leaf({5, 7}, dy);
        const Var result = sum(use.f(x, y));
        if (with_sinks) {
          scratch.tape.backward(result);
          BOOST_TEST(scratch.read(dx) == use.dx);
          BOOST_TEST(scratch.read(dy) == use.dy);
        } else {
          const std::vector<Var> both = scratch.tape.gradients(result, std::vector{x, y});
          BOOST_TEST(scratch.read(both[0]) == use.dx);
          BOOST_TEST(scratch.read(both[1]) == use.dy);
        }
      }
  }
}

// --- constants ----------------------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(constants_record_nothing) {
  Scratch scratch;
  const Var a = scratch.constant({1, 2}), b = scratch.constant({3, 4});
  const Var total = sum(multiply(add(a, b), a));
  BOOST_TEST(total.is_constant());
  BOOST_TEST(scratch.read(total) == (Floats{16}));
  BOOST_TEST(!add(scratch.leaf({1, 2}), a).is_constant());
  const Var x = scratch.leaf({1, 2});
  BOOST_TEST(scratch.read(scratch.tape.gradients(total, std::vector{x, a}).front()) ==
             (Floats{0, 0}));
  scratch.tape.backward(total);
}

BOOST_AUTO_TEST_CASE(a_leaf_that_the_result_does_not_depend_on_has_derivative_zero) {
  Scratch scratch;
  const Tensor grad = scratch.tensor({7, 8});
  const Var x = scratch.leaf({1, 2}), other = scratch.leaf({3, 4}, grad);
  const Var unused = multiply(other, x);
  const Var result = sum(multiply(x, x));
  const std::vector<Var> found = scratch.tape.gradients(result, std::vector{other, unused, x});
  BOOST_TEST(scratch.read(found[0]) == (Floats{0, 0}));
  BOOST_TEST(scratch.read(found[1]) == (Floats{0, 0}));
  BOOST_TEST(scratch.read(found[2]) == (Floats{2, 4}));
  scratch.tape.backward(result);
  BOOST_TEST(scratch.read(grad) == (Floats{7, 8}));
}

BOOST_AUTO_TEST_CASE(derivatives_with_respect_to_values_in_between) {
  Scratch scratch;
  const Var x = scratch.leaf({2, 3}), square = multiply(x, x);
  const Var result = sum(multiply(square, square));
  const std::vector<Var> found = scratch.tape.gradients(result, std::vector{square});
  BOOST_TEST(scratch.read(found.front()) == (Floats{8, 18}));
}

// --- derivatives of derivatives -----------------------------------------------------------------

BOOST_AUTO_TEST_CASE(differentiates_again_and_again) {
  Scratch scratch;
  const Var x = scratch.leaf({2, -1}), square = multiply(x, x);
  Var f = multiply(square, square);
  for (const Floats& expected :
       {Floats{32, -4}, Floats{48, 12}, Floats{48, -24}, Floats{24, 24}, Floats{0, 0}}) {
    f = scratch.tape.gradients(sum(f), std::vector{x}).front();
    BOOST_TEST(scratch.read(f) == expected);
  }
}

BOOST_AUTO_TEST_CASE(a_loss_may_hold_gradients) {
  Scratch scratch;
  const Tensor grad = scratch.tensor({0, 0});
  const Var x = scratch.leaf({2, -1}, grad);
  const Var cube = multiply(multiply(x, x), x);
  const Var slope = scratch.tape.gradients(sum(cube), std::vector{x}).front();
  scratch.tape.backward(sum(multiply(slope, slope)));  // of 9 x^4
  BOOST_TEST(scratch.read(grad) == (Floats{288, -36}));
}

// --- wrong use ----------------------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(values_of_two_tapes_do_not_mix) {
  Scratch one, other;
  const Var a = one.leaf({1, 2}), b = other.leaf({3, 4});
  BOOST_CHECK_THROW(add(a, b), std::invalid_argument);
  BOOST_CHECK_THROW(matmul(b, a, Transpose::yes), std::invalid_argument);
  BOOST_CHECK_THROW(sine_linear(a, a, other.constant({1})), std::invalid_argument);
}

BOOST_AUTO_TEST_CASE(only_a_single_number_is_differentiated) {
  Scratch scratch;
  const Var x = scratch.leaf({1, 2});
  BOOST_CHECK_THROW(scratch.tape.backward(x), std::invalid_argument);
  BOOST_CHECK_THROW(scratch.tape.gradients(x, std::vector{x}), std::invalid_argument);
}

BOOST_AUTO_TEST_CASE(rules_that_are_recorded_cannot_add_in_place) {
  Scratch scratch;
  const Var x = scratch.leaf({1});
  const Var y = scratch.tape.record(scratch.tensor({1}), {&x}, [x](Gradient& g) {
    BOOST_TEST(g.recording());
    g.grad_buffer(x);
  });
  BOOST_CHECK_THROW(scratch.tape.gradients(y, std::vector{x}), std::logic_error);
}

// --- memory -------------------------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(backward_frees_activations_on_its_way) {
  const auto blocks_of = [](std::size_t layers) {
    const auto backend = std::make_shared<CountingBackend>(make_backend("reference"));
    Memory memory(backend);
    Tape tape(memory);
    const Tensor grad = memory.zeros(3, 5);
    Var x = tape.variable(memory.zeros(3, 5), grad);
    for (std::size_t layer = 0; layer < layers; ++layer) x = sin(x);
    const Var result = sum(x);
    x = {};
    const int before = backend->allocations;
    tape.backward(result);
    return backend->allocations - before;
  };
  // The derivatives of a deeper network find their place in what the layers behind have left.
  BOOST_TEST(blocks_of(40) <= blocks_of(4));
}

BOOST_AUTO_TEST_CASE(tensors_may_outlive_their_memory) {
  const auto backend = std::make_shared<CountingBackend>(make_backend("reference"));
  Tensor kept;
  {
    Memory memory(backend);
    kept = memory.from(Floats{1, 2, 3}, 3, 1).row_range(1, 2);
  }
  BOOST_TEST(to_host(kept) == (Floats{2, 3}));
  kept = {};
  BOOST_TEST(backend->live == 0);
}

// --- functions of parameters --------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(value_and_grad_gives_both) {
  Memory memory(make_backend("reference"));
  const std::vector<Tensor> parameters = {memory.from(Floats{2, 3}, 1, 2),
                                          memory.from(Floats{5}, 1, 1)};
  const auto [value, grads] =
      value_and_grad(memory, parameters, [](Tape&, auto p) { return sum(p[0] * p[0]) - p[1]; });
  BOOST_TEST(item(value) == 8);
  BOOST_TEST_REQUIRE(grads.size() == 2U);
  BOOST_TEST(to_host(grads[0]) == (Floats{4, 6}));
  BOOST_TEST(to_host(grads[1]) == (Floats{-1}));
  BOOST_TEST(to_host(parameters[0]) == (Floats{2, 3}));
  BOOST_CHECK_THROW(item(grads[0]), std::invalid_argument);
  BOOST_CHECK_THROW(value_and_grad(memory, parameters, [](Tape&, auto p) { return p[0]; }),
                    std::invalid_argument);
}

BOOST_AUTO_TEST_CASE(gradient_descent_finds_a_line) {
  Memory memory(make_backend());
  const Tensor x = memory.from(Floats{-1, 0, 1, 2}, 4, 1),
               y = memory.from(Floats{-1, 1, 3, 5}, 4, 1);
  const std::vector<Tensor> line = {memory.zeros(1, 1), memory.zeros(1, 1)};
  for (int step = 0; step < 200; ++step) {
    const auto [loss, grads] = value_and_grad(memory, line, [&](Tape& tape, auto p) {
      const Var error = linear(tape.constant(x), p[0], p[1]) - tape.constant(y);
      return sum(error * error);
    });
    for (std::size_t i = 0; i < line.size(); ++i) add_scaled(line[i], -0.05F, grads[i]);
  }
  BOOST_TEST(std::abs(item(line[0]) - 2) < 1e-4);
  BOOST_TEST(std::abs(item(line[1]) - 1) < 1e-4);
  BOOST_CHECK_THROW(add_scaled(x, 1, line[0]), std::invalid_argument);
}

BOOST_AUTO_TEST_SUITE_END()
