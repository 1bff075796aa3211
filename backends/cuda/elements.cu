#include <stdexcept>

#include "cuda/language.cuh"
#include "cuda/ops.hpp"
#include "cuda/sine.cuh"
#include "op_parameters.hpp"

// Ops that compute each element of the result separately.

namespace chorus::CHORUS_DEVICE {

namespace {

constexpr int threads = 256;

struct Add {
  ConstMatrix a, b;
  __device__ float operator()(int r, int c) const { return a.at(r, c) + b.at(r, c); }
};
struct Subtract {
  ConstMatrix a, b;
  __device__ float operator()(int r, int c) const { return a.at(r, c) - b.at(r, c); }
};
struct Multiply {
  ConstMatrix a, b;
  __device__ float operator()(int r, int c) const { return a.at(r, c) * b.at(r, c); }
};
struct Scale {
  ConstMatrix a;
  float factor;
  __device__ float operator()(int r, int c) const { return factor * a.at(r, c); }
};
struct ScaleBy {
  ConstMatrix a, b;
  float factor;
  __device__ float operator()(int r, int c) const { return factor * b.at(0, 0) * a.at(r, c); }
};
struct Constant {
  float value;
  __device__ float operator()(int, int) const { return value; }
};
struct Sine {
  ConstMatrix a;
  __device__ float operator()(int r, int c) const { return sine_cosine(a.at(r, c)).sine; }
};
struct Cosine {
  ConstMatrix a;
  __device__ float operator()(int r, int c) const { return sine_cosine(a.at(r, c)).cosine; }
};
struct RowOfGroup {
  ConstMatrix a;
  int group;
  __device__ float operator()(int r, int c) const { return a.at(r / group, c); }
};
struct ScaleRow {
  ConstMatrix a, factors;
  __device__ float operator()(int r, int c) const { return a.at(r, c) * factors.at(r, 0); }
};
/// See PaletteScores of op_parameters.hpp.
struct PaletteScore {
  ConstMatrix palettes, colors, places;  ///< places.data may be null
  int entries;
  int group;
  float per_square, lowest;

  __device__ float color(int r, int c, int k) const {
    const int term = entries * colors.cols, place = c * entries + k;
    float sum = palettes.at(r / group, place);
    if (places.data == nullptr) return sum;
    for (int axis = 0; axis < 2; ++axis)
      sum += places.at(r, axis) * palettes.at(r / group, (1 + axis) * term + place);
    return sum;
  }
  __device__ float operator()(int r, int k) const {
    float square = 0;
    for (int c = 0; c < colors.cols; ++c) {
      const float difference = color(r, c, k) - colors.at(r, c);
      square += difference * difference;
    }
    const float score = -per_square * square;
    return score < lowest ? lowest : score;  // NaN stays NaN
  }
};
struct RowByNumber {
  ConstMatrix a;
  Indices rows;
  __device__ float operator()(int r, int c) const {
    return a.at(static_cast<int>(rows[static_cast<std::uint32_t>(r)]), c);
  }
};

struct WeightedRows {
  ConstMatrix a, weights;
  Indices rows;
  __device__ float operator()(int r, int c) const {
    float sum = 0;
    for (int k = 0; k < weights.cols; ++k) {
      const std::uint32_t row = rows[static_cast<std::uint32_t>(r * weights.cols + k)];
      sum += weights.at(r, k) * a.at(static_cast<int>(row), c);
    }
    return sum;
  }
};
/// Each element looks for its row in the whole list, so that sums have one order.
struct WeightedRowsGradient {
  ConstMatrix a, weights;
  Indices rows;
  __device__ float operator()(int i, int c) const {
    float sum = 0;
    for (int r = 0; r < weights.rows; ++r)
      for (int k = 0; k < weights.cols; ++k)
        if (rows[static_cast<std::uint32_t>(r * weights.cols + k)] == static_cast<std::uint32_t>(i))
          sum += weights.at(r, k) * a.at(r, c);
    return sum;
  }
};

template <class Value>
__global__ void each_element(Value value, Matrix out, bool accumulate) {
  const auto i = std::size_t{blockIdx.x} * blockDim.x + threadIdx.x;
  const int row = static_cast<int>(i / static_cast<unsigned>(out.cols));
  const int col = static_cast<int>(i % static_cast<unsigned>(out.cols));
  if (row >= out.rows) return;
  float& to = out.at(row, col);
  const float result = value(row, col);
  to = accumulate ? to + result : result;
}

template <class Value>
void launch_elements(Device& device, const Call& call, const Value& value) {
  const Matrix out = matrix(call.out[0]);
  const std::size_t elements = call.out[0].rows * call.out[0].cols;
  const int blocks = static_cast<int>((elements + threads - 1) / threads);
  if (blocks > 0)
    launch(device, each_element<Value>, {blocks}, threads, value, out, call.accumulate);
}

}  // namespace

void run_elements(Device& device, const Call& call) {
  const ConstMatrix a = matrix(call.in[0]), b = matrix(call.in[1]);
  switch (call.op) {
    case Op::add:
      return launch_elements(device, call, Add{a, b});
    case Op::subtract:
      return launch_elements(device, call, Subtract{a, b});
    case Op::multiply:
      return launch_elements(device, call, Multiply{a, b});
    case Op::scale:
      return launch_elements(device, call, Scale{a, call.scale});
    case Op::scale_by:
      return launch_elements(device, call, ScaleBy{a, b, call.scale});
    case Op::fill:
      return launch_elements(device, call, Constant{call.scale});
    case Op::sin:
      return launch_elements(device, call, Sine{a});
    case Op::cos:
      return launch_elements(device, call, Cosine{a});
    case Op::broadcast_rows:
      return launch_elements(device, call,
                             RowOfGroup{a, static_cast<int>(call.out[0].rows / call.in[0].rows)});
    case Op::scale_rows:
      return launch_elements(device, call, ScaleRow{a, b});
    case Op::gather_rows:
      return launch_elements(device, call, RowByNumber{a, indices(call.index[0])});
    case Op::weighted_rows:
      return launch_elements(device, call, WeightedRows{a, b, indices(call.index[0])});
    case Op::weighted_rows_gradient:
      return launch_elements(device, call, WeightedRowsGradient{a, b, indices(call.index[0])});
    case Op::palette_scores:
      return launch_elements(
          device, call,
          PaletteScore{a, b, matrix(call.in[2]), static_cast<int>(call.out[0].cols),
                       static_cast<int>(call.out[0].rows / call.in[0].rows),
                       call.scores->per_square, call.scores->lowest});
    default:
      throw std::logic_error("cuda: not an op of elements");
  }
}

}  // namespace chorus::CHORUS_DEVICE
