#include <algorithm>
#include <cmath>
#include <stdexcept>
#include <type_traits>

#include "cuda/numbers.cuh"
#include "cuda/ops.hpp"

// Sums over the rows of groups. A thread walks down one column of a part of a group, or, if columns
// are few and long, a block does. The sums of several parts are added in a second pass. The order
// of the sums depends on shapes only.

namespace chorus::CHORUS_DEVICE {

namespace {

constexpr int threads = 128;
constexpr int least_part = 32;  ///< rows
constexpr int batch = 8;        ///< rows whose loads are in flight together
constexpr int few_columns = 32;

/// The summand that an element contributes, and the value that replaces the element.
struct Summand {
  float added, kept;
};

template <class Number>
struct Element {
  MatrixOf<const Number> from;
  __device__ Summand of(int row, int col) const { return {value_of(from.at(row, col)), 0}; }
  __device__ void keep(int, int, float) const {}
};
template <class Number>
Element<std::remove_const_t<Number>> element(const MatrixOf<Number>& from) {
  return {as_const(from)};
}

/// The slope of a sine layer, upstream derivative times cosine, replaces the cosine.
template <class Number>
struct Slope {
  ConstMatrix upstream;
  MatrixOf<Number> cosine;
  __device__ Summand of(int row, int col) const {
    const float slope = upstream.at(row, col) * value_of(cosine.at(row, col));
    return {slope, slope};
  }
  __device__ void keep(int row, int col, float slope) const { set(cosine.at(row, col), slope); }
};

/// The elements of a matrix as one column. `slope` may be null.
struct SquaredError {
  ConstMatrix prediction, target, weights;
  Matrix slope;
  __device__ Summand of(int element, int) const {
    const int row = element / prediction.cols, col = element % prediction.cols;
    const float error = prediction.at(row, col) - target.at(row, col);
    const float weighted = weights.at(row, 0) * error;
    return {weighted * error, weighted};
  }
  __device__ void keep(int element, int, float weighted) const {
    if (slope.data != nullptr) slope.at(element / slope.cols, element % slope.cols) = weighted;
  }
};

/// Column c * entries + k: weights(r, k) * upstream(r, c).
struct PaletteSlope {
  ConstMatrix weights, upstream;
  __device__ Summand of(int row, int col) const {
    return {weights.at(row, col % weights.cols) * upstream.at(row, col / weights.cols), 0};
  }
  __device__ void keep(int, int, float) const {}
};

struct Rows {
  int first, end;
};
/// Groups are cut into parts of part_rows rows; the last part of a group has the remaining rows.
__device__ Rows rows_of_part(int part, int group_rows, int part_rows) {
  const int parts_of_group = (group_rows + part_rows - 1) / part_rows;
  const int first = part / parts_of_group * group_rows + part % parts_of_group * part_rows;
  return {first, min(first + part_rows, (part / parts_of_group + 1) * group_rows)};
}

/// out row p (+)= the sum over the rows of part p of a group, with a thread for each element of
/// out.
template <class Value>
__global__ void sum_parts(Value value, int group_rows, int part_rows, Matrix out, bool accumulate) {
  const int thread = static_cast<int>(blockIdx.x * blockDim.x + threadIdx.x);
  const int part = thread / out.cols, col = thread % out.cols;
  if (part >= out.rows) return;
  const auto [first, end] = rows_of_part(part, group_rows, part_rows);
  float& to = out.at(part, col);
  float sum = accumulate ? to : 0;
  int row = first;
  for (; row + batch <= end; row += batch) {
    Summand summands[batch];
    CHORUS_UNROLL
    for (int i = 0; i < batch; ++i) summands[i] = value.of(row + i, col);
    CHORUS_UNROLL
    for (int i = 0; i < batch; ++i) {
      value.keep(row + i, col, summands[i].kept);
      sum += summands[i].added;
    }
  }
  for (; row < end; ++row) {
    const Summand summand = value.of(row, col);
    value.keep(row, col, summand.kept);
    sum += summand.added;
  }
  to = sum;
}

/// The same with a block for each element of out: x is the part, y the column.
template <class Value>
__global__ void sum_long_parts(Value value, int group_rows, int part_rows, Matrix out,
                               bool accumulate) {
  __shared__ SharedArray<float, threads / 32> of_warps;
  const int part = static_cast<int>(blockIdx.x), col = static_cast<int>(blockIdx.y);
  const int thread = static_cast<int>(threadIdx.x);
  const auto [first, end] = rows_of_part(part, group_rows, part_rows);
  float sum = 0;
  for (int row = first + thread; row < end; row += threads) {
    const Summand summand = value.of(row, col);
    value.keep(row, col, summand.kept);
    sum += summand.added;
  }
  CHORUS_UNROLL
  for (int distance = 1; distance < 32; distance *= 2) sum += of_lane_across(sum, distance);
  if (thread % 32 == 0) of_warps[thread / 32] = sum;
  __syncthreads();
  if (thread != 0) return;
  float& to = out.at(part, col);
  sum = accumulate ? to : 0;
  for (int warp = 0; warp < threads / 32; ++warp) sum += of_warps[warp];
  to = sum;
}

template <class Value>
void launch_parts(Device& device, const Value& value, int group_rows, int part_rows,
                  const Matrix& out, bool accumulate) {
  constexpr int many_rows = 64;
  if (out.cols < few_columns && part_rows >= many_rows)
    return launch(device, sum_long_parts<Value>, {out.rows, out.cols}, threads, value, group_rows,
                  part_rows, out, accumulate);
  launch(device, sum_parts<Value>, {blocks_for(out.rows * out.cols, threads)}, threads, value,
         group_rows, part_rows, out, accumulate);
}

/// out row g (+)= the sum over the rows of group g.
template <class Value>
void sum_values(Device& device, const Value& value, int rows, const Matrix& out, bool accumulate) {
  const int group_rows = rows / out.rows;
  // Both passes should be as short as possible. With threads they have about the same length; with
  // blocks each thread takes some rows.
  constexpr int rows_of_block = 8 * threads;
  const int part_rows =
      out.cols < few_columns
          ? rows_of_block
          : std::max(least_part, static_cast<int>(std::sqrt(static_cast<double>(group_rows))));
  const int parts = blocks_for(group_rows, part_rows);
  if (parts == 1) return launch_parts(device, value, group_rows, group_rows, out, accumulate);
  const std::size_t sums = static_cast<std::size_t>(out.rows) * parts;
  const auto cols = static_cast<std::size_t>(out.cols);
  const Matrix partial = matrix_at(device.scratch(sums * cols), sums, cols, cols);
  launch_parts(device, value, group_rows, part_rows, partial, false);
  launch_parts(device, element(partial), parts, parts, out, accumulate);
}

/// The slope of a sine layer, in the number format of the cosine that it replaces, and its sums.
template <class Number>
void sum_slopes(Device& device, const Call& call) {
  const MatrixOf<Number> cosine = matrix_of<Number>(call.out[0]);
  const Matrix sums = matrix(call.out[1]);
  // If there is an in1, the product of the two has already written the slope.
  if (call.in[1].data != nullptr)
    return sum_values(device, element(cosine), cosine.rows, sums, true);
  sum_values(device, Slope<Number>{matrix(call.in[0]), cosine}, cosine.rows, sums, true);
}

}  // namespace

void add_short_columns(Device& device, const ConstView& in, const View& out) {
  const int group_rows = static_cast<int>(in.rows / out.rows);
  launch_parts(device, element(matrix(in)), group_rows, group_rows, matrix(out), true);
}

void run_columns(Device& device, const Call& call) {
  const ConstMatrix in = matrix(call.in[0]);
  const Matrix out = matrix(call.out[0]), sums = matrix(call.out[1]);
  switch (call.op) {
    case Op::sum_rows:
      return sum_values(device, element(in), in.rows, out, call.accumulate);
    case Op::sine_linear_gradient:
      return call.out[0].dtype == DType::bf16 ? sum_slopes<Bf16Number>(device, call)
                                              : sum_slopes<float>(device, call);
    case Op::squared_error:
      return sum_values(device, SquaredError{in, matrix(call.in[1]), matrix(call.in[2]), sums},
                        in.rows * in.cols, out, false);
    case Op::palette_colors_gradient:
      return sum_values(device, PaletteSlope{as_const(out), in}, in.rows, sums, true);
    default:
      throw std::logic_error("cuda: not an op of columns");
  }
}

}  // namespace chorus::CHORUS_DEVICE
