#include "adam.hpp"

#include <cmath>
#include <utility>
#include <vector>

#include "chorus/error.hpp"
#include "formatted.hpp"
#include "op_parameters.hpp"
#include "safetensors.hpp"

namespace chorus {

namespace {

constexpr std::size_t own_numbers = 3;  ///< in1 of Op::adam begins with so many

/// Some rows as one long row, padding included, for element-wise work.
View as_one_row(const Tensor& tensor, const RowRange& rows) {
  const View view = tensor.view();
  const std::size_t floats = rows.count * view.stride;
  return {view.data + rows.first * view.stride, 1, floats, floats};
}

/// The same rows of each of the gradients that lie one below the other, as one long row for each.
View stacked_gradients(const OptimizedParameter& parameter, const RowRange& rows) {
  View gradients = as_one_row(parameter.gradients, rows);
  gradients.rows = parameter.gradients.rows() / parameter.value.rows();
  gradients.stride = parameter.value.rows() * parameter.gradients.view().stride;
  return gradients;
}

float bias_correction(float beta, std::uint64_t step) {
  return static_cast<float>(1.0 / (1.0 - std::pow(double{beta}, static_cast<double>(step))));
}

struct NamedMoment {
  std::string name;
  Tensor tensor;
};

std::vector<NamedMoment> moments_of(const OptimizedParameter& parameter) {
  return {{"adam.first_moment." + parameter.name, parameter.first_moment},
          {"adam.second_moment." + parameter.name, parameter.second_moment}};
}

}  // namespace

OptimizedParameter optimized(Memory& memory, std::string name, Tensor value, float rate,
                             std::size_t gradient_rows) {
  const std::size_t rows = value.rows(), cols = value.cols();
  return {std::move(name),
          std::move(value),
          memory.zeros(rows, cols),
          memory.zeros(rows, cols),
          memory.zeros(gradient_rows, cols),
          rate};
}

Adam::Adam(Memory& memory, const AdamSettings& settings, std::size_t extra_numbers)
    : settings_(settings), numbers_(memory.zeros(1, own_numbers + extra_numbers)) {}

void Adam::begin_step(std::uint64_t earlier_steps, double rate_factor,
                      std::span<const float> extra_numbers) {
  std::vector<float> numbers = {static_cast<float>(rate_factor),
                                bias_correction(settings_.beta1, earlier_steps + 1),
                                bias_correction(settings_.beta2, earlier_steps + 1)};
  numbers.insert(numbers.end(), extra_numbers.begin(), extra_numbers.end());
  from_host(numbers, numbers_);
}

Tensor Adam::extra_number(std::size_t index) const {
  return numbers_.non_owning().col_range(own_numbers + index, 1);
}

void Adam::run(Call call, float rate) const {
  const AdamUpdate update{rate, settings_.beta1, settings_.beta2, settings_.epsilon};
  call.op = Op::adam;
  call.adam = &update;
  call.in[1] = numbers_.non_owning().col_range(0, own_numbers).const_view();
  numbers_.backend().run(call);
}

void Adam::update(const OptimizedParameter& parameter, float rate_factor) const {
  update_rows(parameter, {0, parameter.value.rows()}, rate_factor);
}

void Adam::update_rows(const OptimizedParameter& parameter, const RowRange& rows,
                       float rate_factor) const {
  const View gradients = stacked_gradients(parameter, rows);
  Call call;
  call.in[0] = as_const(gradients);
  call.out[0] = as_one_row(parameter.value, rows);
  call.out[1] = as_one_row(parameter.first_moment, rows);
  call.out[2] = as_one_row(parameter.second_moment, rows);
  call.out[3] = gradients;  // sets them to zero
  run(call, parameter.rate * rate_factor);
}

void Adam::update_at(const OptimizedParameter& parameter, const IndexView& rows) const {
  Call call;
  call.in[0] = parameter.gradients.const_view();
  call.out[0] = parameter.value.view();
  call.out[1] = parameter.first_moment.view();
  call.out[2] = parameter.second_moment.view();
  call.index[0] = rows;
  run(call, parameter.rate);
}

void forget_moments(const OptimizedParameter& parameter) {
  fill(parameter.first_moment, 0);
  fill(parameter.second_moment, 0);
}

void save_moments(const OptimizedParameter& parameter, TensorFile& file) {
  save_moments(parameter, file, *alone());
}

void save_moments(const OptimizedParameter& parameter, TensorFile& file, Communicator& processes) {
  const std::size_t cols = parameter.value.cols();
  for (const auto& [name, tensor] : moments_of(parameter)) {
    std::vector<float> values = gathered(processes, to_host(tensor));
    file.tensors[name] = {{values.size() / cols, cols}, std::move(values)};
  }
}

void load_moments(const OptimizedParameter& parameter, const TensorFile& file,
                  const std::string& origin) {
  load_moments(parameter, file, origin, {0, parameter.value.rows()});
}

void load_moments(const OptimizedParameter& parameter, const TensorFile& file,
                  const std::string& origin, const RowsInFile& rows) {
  for (const auto& [name, tensor] : moments_of(parameter)) {
    const auto found = file.tensors.find(name);
    const std::vector<std::size_t> shape = {rows.all, tensor.cols()};
    if (found == file.tensors.end() || found->second.shape != shape)
      throw Error(formatted("{}: tensor \"{}\" is missing or not {} x {}", origin, name, shape[0],
                            shape[1]));
    from_host(std::span(found->second.values).subspan(rows.first * tensor.cols(), tensor.size()),
              tensor);
  }
}

}  // namespace chorus
