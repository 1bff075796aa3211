#include <algorithm>

#include "cuda/product_launch.cuh"

// Chooses the kernel of a product; and the copies of weights that products in 16 bits read.

namespace chorus::CHORUS_DEVICE {

namespace {

/// The least multiply-adds of a product that another precision makes faster without harm. Products
/// with latents are smaller; in them an error would be the same for all pixels of an image.
constexpr double least_operations = 1 << 22;
/// The least extent in each direction: coordinates and colours stay in single precision.
constexpr std::size_t least_extent = 16;

Product product_of(const Call& call) {
  const bool transpose_b = call.op == Op::sine_linear || call.transpose_b;
  const ConstView& left = call.in[0];
  const View& out = call.out[0];
  const auto depth = static_cast<int>(call.transpose_a ? left.rows : left.cols);
  return {call,
          left,
          call.in[1],
          call.transpose_a,
          !transpose_b,
          static_cast<int>(out.rows),
          static_cast<int>(out.cols),
          depth};
}

bool bears_less_precision(const Product& p) {
  return std::min({p.rows, p.cols, p.depth}) >= static_cast<int>(least_extent) &&
         double(p.rows) * p.cols * p.depth >= least_operations;
}

std::size_t copy_stride(std::size_t cols) { return (cols + 7) / 8 * 8; }

template <class Plain, class Transposed>
struct WeightCopies {
  ConstMatrix weights;
  MatrixOf<Plain> plain;
  MatrixOf<Transposed> transposed;
};

/// Those of several matrices. Block b belongs to the last one whose first block is not behind it.
template <class Plain, class Transposed>
struct CopyBatch {
  WeightCopies<Plain, Transposed> entry[most_together];
  unsigned first_block[most_together];
  int count;
};

/// A thread copies one weight to two places.
template <class Plain, class Transposed>
__global__ void copy_weights(const __grid_constant__ CopyBatch<Plain, Transposed> batch) {
  int e = 0;
  while (e + 1 < batch.count && blockIdx.x >= batch.first_block[e + 1]) ++e;
  const WeightCopies<Plain, Transposed>& copies = batch.entry[e];
  const int i = static_cast<int>((blockIdx.x - batch.first_block[e]) * blockDim.x + threadIdx.x);
  const int row = i / copies.weights.cols, col = i % copies.weights.cols;
  if (row >= copies.weights.rows) return;
  const float weight = copies.weights.at(row, col);
  set(copies.plain.at(row, col), weight);
  set(copies.transposed.at(col, row), weight);
}

View writable(const ConstView& v) {
  return {const_cast<float*>(v.data), v.rows, v.cols, v.stride, v.dtype};
}

template <class Plain, class Transposed>
void launch_copies(Device& device, const std::vector<Call>& calls, std::size_t first,
                   ActivationTypes numbers) {
  constexpr int threads = 256;
  CopyBatch<Plain, Transposed> batch = {};
  int all_blocks = 0;
  for (std::size_t c = first; c < std::min(first + most_together, calls.size()); ++c) {
    const ConstView& w = calls[c].in[0];
    const auto copy = [&](bool transposed) {
      return writable(copy_of_weights(calls[c].out[0].data, w, transposed, numbers));
    };
    batch.first_block[batch.count] = static_cast<unsigned>(all_blocks);
    batch.entry[batch.count++] = {matrix(w), matrix_of<Plain>(copy(false)),
                                  matrix_of<Transposed>(copy(true))};
    all_blocks += blocks_for(size_of_32_bits(w.rows * w.cols), threads);
  }
  launch(device, copy_weights<Plain, Transposed>, {all_blocks}, threads, batch);
}

}  // namespace

ConstView copy_of_weights(const float* packed, const ConstView& w, bool transposed,
                          ActivationTypes numbers) {
  const std::size_t floats_of_first = w.rows * copy_stride(w.cols) / 2;
  if (!transposed) return {packed, w.rows, w.cols, copy_stride(w.cols), numbers.values};
  return {packed + floats_of_first, w.cols, w.rows, copy_stride(w.rows), numbers.cosines};
}

std::size_t packed_floats(std::size_t rows, std::size_t cols, ActivationTypes numbers) {
  if (numbers.values == DType::fp32 || std::min(rows, cols) < least_extent) return 0;
  return (rows * copy_stride(cols) + cols * copy_stride(rows)) / 2;
}

void run_packs(Device& device, const std::vector<Call>& calls, ActivationTypes numbers) {
  for (std::size_t first = 0; first < calls.size(); first += most_together) {
    if (numbers.values == DType::fp16)
      launch_copies<Fp16Number, Bf16Number>(device, calls, first, numbers);
    else if (numbers.values == DType::bf16)
      launch_copies<Bf16Number, Bf16Number>(device, calls, first, numbers);
  }
}

void run_product(Device& device, const Call& call, Precision precision, ActivationTypes numbers) {
  Product p = product_of(call);
  if (run_thin(device, p)) return;
  const bool left_in_16_bits = p.left.dtype != DType::fp32;
  if (left_in_16_bits && call.packed != nullptr && !p.left_transposed) {
    p.right = copy_of_weights(call.packed, p.right, p.right_transposed, numbers);
    p.right_transposed = false;
  }
  const bool right_in_16_bits = p.right.dtype != DType::fp32;
  if (left_in_16_bits && right_in_16_bits) return run_16_bits(device, p);
  const bool in_16_bits = left_in_16_bits || right_in_16_bits || call.out[0].dtype != DType::fp32;
  if (precision != Precision::fp32 && !in_16_bits && bears_less_precision(p))
    return run_tf32(device, p);
  run_fp32(device, p);
}

}  // namespace chorus::CHORUS_DEVICE
