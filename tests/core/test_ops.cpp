#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <cmath>
#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "backends_under_test.hpp"
#include "matrix_bench.hpp"
#include "op_cases.hpp"

using namespace chorus;
using namespace chorus::test;

namespace {

// --- in double ----------------------------------------------------------------------------------

std::vector<Matrix> values_of(const OpCase& op_case) {
  std::vector<Matrix> values;
  for (const OpInput& input : op_case.inputs) values.push_back(input.value);
  return values;
}

/// The random weights that make one number, the loss, of a case's result.
Matrix loss_weights(const Matrix& result) { return random_matrix(result.rows, result.cols, 1001); }

/// The derivative at 0 by central differences, extrapolated from two step sizes.
double slope_at_zero(const std::function<double(double)>& f, double h) {
  const auto difference = [&](double step) { return (f(step) - f(-step)) / (2 * step); };
  return (4 * difference(h / 2) - difference(h)) / 3;
}

/// One element of the inputs, the derivative of the loss with respect to it, and how fast that
/// changes along Expected::direction.
struct Sample {
  std::size_t input, element;
  double slope, curvature;
};

/// What the derivatives of a case's loss should be.
struct Expected {
  std::vector<Matrix> direction;  ///< for each input; together a unit vector
  double slope = 0;               ///< of the loss along the direction
  double curvature = 0;           ///< of the loss along the direction
  std::vector<Sample> samples;
};

std::vector<Matrix> unit_direction(const OpCase& op_case) {
  std::vector<Matrix> direction;
  double square = 0;
  for (const OpInput& input : op_case.inputs) {
    Matrix part(input.value.rows, input.value.cols);
    if (input.differentiable) part = random_matrix(part.rows, part.cols, 2001 + direction.size());
    square += dot(part, part);
    direction.push_back(part);
  }
  for (Matrix& part : direction)
    part =
        mapped(part, [=](double x) { return double{static_cast<float>(x / std::sqrt(square))}; });
  return direction;
}

/// The loss when the inputs are moved along a direction and one element is moved besides.
class MovedLoss {
 public:
  explicit MovedLoss(const OpCase& op_case)
      : op_case_(op_case), inputs_(values_of(op_case)), direction_(unit_direction(op_case)) {
    weights_ = loss_weights(op_case.evaluate(inputs_));
  }
  const std::vector<Matrix>& direction() const { return direction_; }

  double along(double distance, std::size_t input = 0, std::size_t element = 0,
               double offset = 0) const {
    std::vector<Matrix> moved = inputs_;
    for (std::size_t i = 0; i < moved.size(); ++i)
      moved[i] =
          zipped(moved[i], direction_[i], [=](double x, double d) { return x + distance * d; });
    moved[input].values[element] += offset;
    return dot(weights_, op_case_.evaluate(moved));
  }

 private:
  const OpCase& op_case_;
  std::vector<Matrix> inputs_;
  std::vector<Matrix> direction_;
  Matrix weights_;
};

/// The corners of a matrix and a few elements between.
std::vector<std::size_t> sampled_elements(const Matrix& m) {
  std::vector<std::size_t> elements = {0, m.cols - 1, m.size() - m.cols, m.size() - 1};
  RandomStream random(m.size(), Stream{5});
  for (int i = 0; i < 4; ++i)
    elements.push_back(below(random.word(), static_cast<std::uint32_t>(m.size())));
  std::sort(elements.begin(), elements.end());
  elements.erase(std::unique(elements.begin(), elements.end()), elements.end());
  return elements;
}

Expected expected_derivatives(const OpCase& op_case) {
  // Differences of differences need a wider step to stay clear of rounding.
  constexpr double h = 1e-4, wide = 1e-3;
  const MovedLoss loss(op_case);
  const auto slope_along = [&](double at, double step) {
    return slope_at_zero([&](double d) { return loss.along(at + d); }, step);
  };
  Expected expected{loss.direction(),
                    slope_along(0, h),
                    slope_at_zero([&](double at) { return slope_along(at, wide); }, wide),
                    {}};
  for (std::size_t i = 0; i < op_case.inputs.size(); ++i) {
    if (!op_case.inputs[i].differentiable) continue;
    for (const std::size_t element : sampled_elements(op_case.inputs[i].value)) {
      const auto slope = [&](double at, double step) {
        return slope_at_zero([&](double d) { return loss.along(at, i, element, d); }, step);
      };
      expected.samples.push_back({i, element, slope(0, h),
                                  slope_at_zero([&](double at) { return slope(at, wide); }, wide)});
    }
  }
  return expected;
}

const std::vector<Expected>& all_expected() {
  static const std::vector<Expected> all = [] {
    std::vector<Expected> list;
    for (const OpCase& op_case : op_cases()) list.push_back(expected_derivatives(op_case));
    return list;
  }();
  return all;
}

// --- by the engine ------------------------------------------------------------------------------

/// A case on a tape of its own.
class Trial {
 public:
  Trial(std::shared_ptr<Backend> backend, const OpCase& op_case)
      : memory_(std::move(backend)), tape_(memory_) {
    for (const OpInput& input : op_case.inputs) inputs_.push_back(on_tape(input));
    result_ = op_case.build(inputs_);
  }

  Matrix result() { return read(result_.value()); }

  /// The derivatives of the loss with respect to each input, by backward().
  std::vector<Matrix> gradients_by_backward() {
    tape_.backward(loss());
    std::vector<Matrix> gradients;
    for (const Tensor& grad : grads_) gradients.push_back(read(grad));
    return gradients;
  }

  std::vector<Matrix> gradients_by_recording() { return on_host(tape_.gradients(loss(), inputs_)); }

  /// The derivatives of the loss's slope along a direction.
  std::vector<Matrix> curvatures(const std::vector<Matrix>& direction) {
    const std::vector<Var> gradients = tape_.gradients(loss(), inputs_);
    Var slope = constant(Matrix(1, 1));
    for (std::size_t i = 0; i < inputs_.size(); ++i)
      slope = add(slope, chorus::sum(multiply(gradients[i], constant(direction[i]))));
    return on_host(tape_.gradients(slope, inputs_));
  }

 private:
  Var on_tape(const OpInput& input) {
    const Matrix& m = input.value;
    const Tensor value =
        input.packed ? memory_.weight(m.rows, m.cols) : memory_.empty(m.rows, m.cols);
    from_host(floats(m), value);
    pack(value);
    grads_.push_back(memory_.zeros(m.rows, m.cols));
    return input.differentiable ? tape_.variable(value, grads_.back()) : tape_.constant(value);
  }

  Var constant(const Matrix& m) { return tape_.constant(memory_.from(floats(m), m.rows, m.cols)); }
  Var loss() { return chorus::sum(multiply(result_, constant(loss_weights(result())))); }

  std::vector<Matrix> on_host(const std::vector<Var>& vars) {
    std::vector<Matrix> matrices;
    for (const Var& var : vars) matrices.push_back(read(var.value()));
    return matrices;
  }

  Memory memory_;
  Tape tape_;
  std::vector<Tensor> grads_;
  std::vector<Var> inputs_;
  Var result_;
};

// --- comparisons --------------------------------------------------------------------------------

double largest_magnitude_of_all(const std::vector<Matrix>& matrices) {
  double largest = 1;
  for (const Matrix& m : matrices) largest = std::max(largest, largest_magnitude(m));
  return largest;
}

/// Samples of one derivative against all elements that the engine gives, and their sum along the
/// direction, to which each element contributes.
void check_derivatives(const std::vector<Matrix>& found, const Expected& expected,
                       double Sample::*field, double along_direction, double tolerance) {
  const double allowed = tolerance * largest_magnitude_of_all(found);
  for (const Sample& sample : expected.samples) {
    const double value = found[sample.input].values[sample.element];
    if (!close(value, sample.*field, allowed))
      BOOST_ERROR("input " << sample.input << ", element " << sample.element << ": " << value
                           << ", expected " << sample.*field << " within " << allowed);
  }
  double total = 0;
  for (std::size_t i = 0; i < found.size(); ++i) total += dot(found[i], expected.direction[i]);
  if (!close(total, along_direction, allowed))
    BOOST_ERROR("along a direction: " << total << ", expected " << along_direction << " within "
                                      << allowed);
}

double tolerance_of(const OpCase& op_case, const Backend& backend) {
  const bool bf16 = backend.precision() == Precision::bf16;
  return bf16 ? std::max(op_case.tolerance, op_case.bf16_tolerance) : op_case.tolerance;
}

/// test(backend, case, expected) for every backend and case, with their names in any failure.
template <class Test>
void for_each_case(Test test) {
  for (const std::string& name : backends_under_test()) {
    const std::shared_ptr<Backend> backend = make_backend(name);
    for (std::size_t i = 0; i < op_cases().size(); ++i)
      BOOST_TEST_CONTEXT("backend " << name << ", " << op_cases()[i].name)
    test(backend, op_cases()[i], all_expected()[i]);
  }
}

}  // namespace

BOOST_AUTO_TEST_SUITE(ops)

BOOST_AUTO_TEST_CASE(values_are_those_of_the_definition) {
  for_each_case([](const auto& backend, const OpCase& op_case, const Expected&) {
    const Matrix expected = op_case.evaluate(values_of(op_case));
    check_close(Trial(backend, op_case).result(), expected, tolerance_of(op_case, *backend));
  });
}

BOOST_AUTO_TEST_CASE(gradients_are_those_of_central_differences) {
  for_each_case([](const auto& backend, const OpCase& op_case, const Expected& expected) {
    check_derivatives(Trial(backend, op_case).gradients_by_backward(), expected, &Sample::slope,
                      expected.slope, tolerance_of(op_case, *backend));
  });
}

BOOST_AUTO_TEST_CASE(recorded_gradients_equal_those_of_backward) {
  for_each_case([](const auto& backend, const OpCase& op_case, const Expected&) {
    const std::vector<Matrix> recorded = Trial(backend, op_case).gradients_by_recording();
    const std::vector<Matrix> direct = Trial(backend, op_case).gradients_by_backward();
    for (std::size_t i = 0; i < direct.size(); ++i)
      check_close(recorded[i], direct[i], 2 * tolerance_of(op_case, *backend));
  });
}

BOOST_AUTO_TEST_CASE(second_derivatives_are_those_of_central_differences) {
  // Several ops lie between the inputs and a second derivative; the differences are good to 1e-6.
  for_each_case([](const auto& backend, const OpCase& op_case, const Expected& expected) {
    check_derivatives(Trial(backend, op_case).curvatures(expected.direction), expected,
                      &Sample::curvature, expected.curvature,
                      4 * tolerance_of(op_case, *backend) + 1e-5);
  });
}

BOOST_AUTO_TEST_CASE(an_op_run_again_gives_the_same_bits) {
  for_each_case([](const auto& backend, const OpCase& op_case, const Expected&) {
    BOOST_TEST(
        (Trial(backend, op_case).result().values == Trial(backend, op_case).result().values));
    const auto first = Trial(backend, op_case).gradients_by_backward();
    const auto second = Trial(backend, op_case).gradients_by_backward();
    for (std::size_t i = 0; i < first.size(); ++i)
      BOOST_TEST((first[i].values == second[i].values));
  });
}

BOOST_AUTO_TEST_CASE(what_lies_between_rows_and_behind_the_end_does_not_matter) {
  for_each_case([](const auto& backend, const OpCase& op_case, const Expected& expected) {
    const auto poisoned = std::make_shared<PoisonedBackend>(backend);
    const auto clean_gradients = Trial(backend, op_case).gradients_by_backward();
    const auto gradients = Trial(poisoned, op_case).gradients_by_backward();
    BOOST_TEST(
        (Trial(poisoned, op_case).result().values == Trial(backend, op_case).result().values));
    for (std::size_t i = 0; i < gradients.size(); ++i)
      BOOST_TEST((gradients[i].values == clean_gradients[i].values));
    BOOST_TEST((Trial(poisoned, op_case).curvatures(expected.direction).front().values ==
                Trial(backend, op_case).curvatures(expected.direction).front().values));
    BOOST_TEST(poisoned->overrun_blocks() == 0U);
  });
}

BOOST_AUTO_TEST_CASE(shapes_that_do_not_fit_are_refused) {
  Memory memory(make_backend("reference"));
  Tape tape(memory);
  const auto zeros = [&](std::size_t rows, std::size_t cols) {
    return tape.variable(memory.zeros(rows, cols));
  };
  const Var a = zeros(4, 3), b = zeros(3, 4), column = zeros(4, 1), row = zeros(1, 3);
  const Var weights = tape.constant(memory.zeros(4, 1)), few = tape.constant(memory.zeros(3, 1));
  const Var wide_weights = tape.constant(memory.zeros(4, 3));
  const std::vector<std::pair<std::string, std::function<Var()>>> wrong = {
      {"matmul", [&] { return matmul(a, a); }},
      {"matmul a^T", [&] { return matmul(a, b, Transpose::yes); }},
      {"matmul b^T", [&] { return matmul(a, b, Transpose::no, Transpose::yes); }},
      {"matmul a^T b^T", [&] { return matmul(a, a, Transpose::yes, Transpose::yes); }},
      {"add", [&] { return add(a, b); }},
      {"add a row", [&] { return add(a, row); }},
      {"subtract", [&] { return subtract(a, column); }},
      {"scale_by", [&] { return scale_by(a, column); }},
      {"multiply", [&] { return multiply(a, column); }},
      {"broadcast_rows", [&] { return broadcast_rows(a, 6); }},
      {"broadcast_rows to fewer", [&] { return broadcast_rows(a, 2); }},
      {"sum_rows", [&] { return sum_rows(a, 3); }},
      {"sum_rows to none", [&] { return sum_rows(a, 0); }},
      {"scale_rows by too few", [&] { return scale_rows(a, few); }},
      {"scale_rows by a matrix", [&] { return scale_rows(a, wide_weights); }},
      {"scale_rows by a variable", [&] { return scale_rows(a, column); }},
      {"linear, inputs", [&] { return linear(a, b, row); }},
      {"linear, bias", [&] { return linear(a, a, row); }},
      {"linear, groups", [&] { return linear(a, row, zeros(3, 1)); }},
      {"sine_linear, inputs", [&] { return sine_linear(a, b, row); }},
      {"sine_linear, bias", [&] { return sine_linear(a, a, row); }},
      {"sine_linear, groups", [&] { return sine_linear(a, row, zeros(3, 1)); }},
      {"weighted_squared_error", [&] { return weighted_squared_error(a, b, weights); }},
      {"weighted_squared_error, weights", [&] { return weighted_squared_error(a, a, few); }},
  };
  for (const auto& [name, build] : wrong)
    BOOST_TEST_CONTEXT(name) BOOST_CHECK_THROW(build(), std::invalid_argument);
}

BOOST_AUTO_TEST_SUITE_END()
