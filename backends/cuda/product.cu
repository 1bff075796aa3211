#include "cuda/product.cuh"

#include <algorithm>
#include <cstdint>

#include "cuda/ops.hpp"

namespace chorus::CHORUS_DEVICE {

namespace {

/// Least multiply-adds of a product that is worth (and bears) another precision. Below are the
/// products with latents, where an error is the same for all pixels of an image.
constexpr double least_operations = 1 << 22;
/// Least extent in each direction: coordinates and colours stay in single precision.
constexpr std::size_t least_extent = 16;
/// Depth that a block should walk at least before the depth is shared with another one.
constexpr int least_depth_share = 256;

Operand operand(const ConstView& view, bool transposed) {
  const bool aligned =
      view.stride % 4 == 0 && reinterpret_cast<std::uintptr_t>(view.data) % sizeof(Float4) == 0;
  return {matrix(view), transposed, aligned};
}

/// A product as the kernel takes it, the right operand as columns of the result x depth.
struct Product {
  Operand left, right;
  int rows, cols, depth;
};

Product product_of(const Call& call) {
  const bool transpose_b = call.op == Op::sine_linear || call.transpose_b;
  const Operand left = operand(call.in[0], call.transpose_a);
  const Operand right = operand(call.in[1], !transpose_b);
  const View& out = call.out[0];
  const auto depth = static_cast<int>(call.transpose_a ? call.in[0].rows : call.in[0].cols);
  return {left, right, static_cast<int>(out.rows), static_cast<int>(out.cols), depth};
}

template <class T>
int blocks(const Product& p) {
  return blocks_for(p.rows, T::block_rows) * blocks_for(p.cols, T::block_cols);
}

/// Layers of blocks that share the depth, so that all multiprocessors have work. Depends on shapes
/// and the device only: so do the bits of the result.
int layers(const Device& device, const Product& p, int blocks_of_layer) {
  const int most = std::max(1, p.depth / least_depth_share);
  return std::clamp(device.multiprocessors() / blocks_of_layer, 1, most);
}

/// Adds the partial products of the layers, in their order, and finishes the sum.
__global__ void sum_layers(ConstMatrix partial, StoreProduct finish) {
  const int i = static_cast<int>(blockIdx.x * blockDim.x + threadIdx.x);
  const int row = i / partial.cols, col = i % partial.cols;
  if (row >= finish.rows) return;
  float sum = 0;
  for (int from = row; from < partial.rows; from += finish.rows) sum += partial.at(from, col);
  finish(row, col, sum);
}

template <class Format, class T, class Epilogue>
void launch_layers(Device& device, const Product& p, int layer_count, int share,
                   const Epilogue& epilogue) {
  const Grid grid{blocks_for(p.cols, T::block_cols), blocks_for(p.rows, T::block_rows),
                  layer_count};
  launch(device, product_kernel<Format, T, Epilogue>, grid, T::threads, p.left, p.right, share,
         epilogue);
}

/// Rows of the result that share a row of the bias.
int bias_group(const Product& p, const ConstView& bias) {
  return bias.data == nullptr ? 1 : p.rows / static_cast<int>(bias.rows);
}

template <class Format, class T>
void store_product(Device& device, const Call& call, const Product& p) {
  constexpr int part_depth = part_words * Format::per_word;
  const ConstView& bias = call.in[2];
  const StoreProduct finish{matrix(call.out[0]), matrix(bias), bias_group(p, bias), p.rows,
                            call.accumulate};
  const int parts = blocks_for(p.depth, part_depth);
  const int share = blocks_for(parts, layers(device, p, blocks<T>(p))) * part_depth;
  const int layer_count = blocks_for(p.depth, share);
  if (layer_count == 1) return launch_layers<Format, T>(device, p, 1, share, finish);

  const int rows = layer_count * p.rows;
  float* memory = device.scratch(static_cast<std::size_t>(rows) * p.cols);
  const Matrix partial{memory, rows, p.cols, p.cols};
  launch_layers<Format, T>(device, p, layer_count, share,
                           StoreProduct{partial, ConstMatrix{}, 1, p.rows, false});
  constexpr int threads = 256;
  launch(device, sum_layers, {blocks_for(p.rows * p.cols, threads)}, threads, as_const(partial),
         finish);
}

template <class Format, class T>
void run_tiled(Device& device, const Call& call, const Product& p) {
  if (call.op == Op::matmul) return store_product<Format, T>(device, call, p);
  if (call.op == Op::sine_linear_gradient)
    return launch_layers<Format, T>(device, p, 1, p.depth,
                                    SlopeOfProduct{matrix(call.out[0]), p.rows});
  launch_layers<Format, T>(device, p, 1, p.depth,
                           SineOfProduct{matrix(call.out[0]), matrix(call.out[1]),
                                         matrix(call.in[2]), bias_group(p, call.in[2]), p.rows});
}

template <class Format>
void run_in(Device& device, const Call& call) {
  const Product p = product_of(call);
  // Large tiles need less of the memory, small ones keep more multiprocessors busy.
  const int large = blocks<LargeTiling>(p);
  const int layer_count = call.op == Op::matmul ? layers(device, p, large) : 1;
  if (3 * large * layer_count >= 2 * device.multiprocessors())
    run_tiled<Format, LargeTiling>(device, call, p);
  else
    run_tiled<Format, SmallTiling>(device, call, p);
}

bool bears_less_precision(const Call& call) {
  const View& out = call.out[0];
  const std::size_t depth = call.transpose_a ? call.in[0].rows : call.in[0].cols;
  return std::min({out.rows, out.cols, depth}) >= least_extent &&
         static_cast<double>(out.rows) * static_cast<double>(out.cols) *
                 static_cast<double>(depth) >=
             least_operations;
}

}  // namespace

void run_product(Device& device, const Call& call, Precision precision) {
  if (!bears_less_precision(call)) return run_in<Fp32>(device, call);
  switch (precision) {
    case Precision::fp32:
      return run_in<Fp32>(device, call);
    case Precision::tf32:
      return run_in<Tf32>(device, call);
    case Precision::fp16: {
      // Derivatives can be too small for 16 bits with a short exponent.
      const bool forward = call.op == Op::sine_linear || (call.transpose_b && !call.transpose_a);
      return forward ? run_in<Fp16>(device, call) : run_in<Bf16>(device, call);
    }
    case Precision::bf16:
      return run_in<Bf16>(device, call);
  }
}

}  // namespace chorus::CHORUS_DEVICE
