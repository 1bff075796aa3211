#include "adam.hpp"

#include <array>
#include <boost/test/unit_test.hpp>
#include <cmath>
#include <cstdint>
#include <string>
#include <vector>

#include "backends_under_test.hpp"
#include "chorus/error.hpp"
#include "safetensors.hpp"

using namespace chorus;
using namespace chorus::test;

namespace {

using Values = std::vector<float>;

constexpr float rate = 0.5F;

/// One element after steps that all have the same gradient. The moments, with their biases
/// corrected, are then that gradient and its square.
double after_steps(double value, double gradient, int steps, double factor) {
  for (int k = 0; k < steps; ++k)
    value -= rate * factor * gradient / (std::abs(gradient) + double{AdamSettings{}.epsilon});
  return value;
}

void check_near(const Values& found, const std::vector<double>& expected) {
  BOOST_TEST_REQUIRE(found.size() == expected.size());
  for (std::size_t i = 0; i < found.size(); ++i)
    BOOST_TEST(std::abs(found[i] - expected[i]) < 1e-5, i << ": " << found[i]);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(adam)

BOOST_AUTO_TEST_CASE(an_update_adds_up_gradients_and_clears_them) {
  for (const std::string& name : backends_under_test()) {
    const auto backend = make_backend(name);
    Memory memory(backend);
    Adam adam(memory, {});
    const Tensor value = memory.from(Values{1, 2, 3, 4}, 2, 2);
    const OptimizedParameter parameter = optimized(memory, "p", value, rate, 4);
    for (const std::uint64_t step : {0, 1, 2}) {
      from_host(Values{1, -3, 0.5F, 0, 1, 1, 0.5F, -2}, parameter.gradients);
      adam.begin_step(step, 0.5);
      adam.update(parameter);
    }
    check_near(to_host(value), {after_steps(1, 2, 3, 0.5), after_steps(2, -2, 3, 0.5),
                                after_steps(3, 1, 3, 0.5), after_steps(4, -2, 3, 0.5)});
    BOOST_TEST(to_host(parameter.gradients) == Values(8), name);
  }
}

BOOST_AUTO_TEST_CASE(rows_are_updated_apart) {
  for (const std::string& name : backends_under_test()) {
    const auto backend = make_backend(name);
    Memory memory(backend);
    Adam adam(memory, {});
    const Tensor value = memory.from(Values{1, 2, 3}, 3, 1);
    adam.begin_step(0, 1);
    // A range, with its own factor.
    const OptimizedParameter whole = optimized(memory, "p", value, rate, 3);
    from_host(Values{1, 1, 1}, whole.gradients);
    adam.update_rows(whole, {1, 2}, 2);
    check_near(to_host(value), {1, 1, 2});
    // Single rows, from gradients of these alone.
    const OptimizedParameter some = optimized(memory, "p", value, rate, 2);
    from_host(Values{1, -1}, some.gradients);
    const IndexList rows(backend, std::array<std::uint32_t, 2>{2, 0});
    adam.update_at(some, rows.view());
    check_near(to_host(value), {1.5, 1, 1.5});
  }
}

BOOST_AUTO_TEST_CASE(numbers_of_the_caller_travel_along) {
  const auto backend = make_backend("reference");
  Memory memory(backend);
  Adam adam(memory, {}, 2);
  adam.begin_step(0, 1, Values{7, 8});
  BOOST_TEST(to_host(adam.extra_number(0)) == Values{7});
  BOOST_TEST(to_host(adam.extra_number(1)) == Values{8});
}

BOOST_AUTO_TEST_CASE(moments_survive_a_file_and_can_be_forgotten) {
  const auto backend = make_backend("reference");
  Memory memory(backend);
  const auto parameter = [&] { return optimized(memory, "p", memory.zeros(1, 2), rate, 1); };
  const OptimizedParameter first = parameter(), second = parameter();
  from_host(Values{1, 2}, first.first_moment);
  from_host(Values{3, 4}, first.second_moment);
  TensorFile file;
  save_moments(first, file);
  BOOST_TEST((file.tensors.at("adam.second_moment.p").values == Values{3, 4}));
  load_moments(second, file, "file");
  BOOST_TEST(to_host(second.first_moment) == (Values{1, 2}));
  forget_moments(second);
  BOOST_TEST(to_host(second.second_moment) == Values(2));
  file.tensors.erase("adam.first_moment.p");
  BOOST_CHECK_THROW(load_moments(second, file, "file"), Error);
}

BOOST_AUTO_TEST_SUITE_END()
