#pragma once

#include <algorithm>
#include <stdexcept>
#include <string>

#include "cuda/ops.hpp"
#include "cuda/product.cuh"

// The host side of product.cuh: tilings, grids, the division of the depth, and the epilogues of the
// ops.

namespace chorus::CHORUS_DEVICE {

/// A product in the form that the kernel takes.
struct Product {
  const Call& call;
  ConstView left, right;
  bool left_transposed, right_transposed;  ///< see Operands
  int rows, cols, depth;
};

// One file for each format, which can be compiled in parallel.
void run_fp32(Device& device, const Product& product);
void run_tf32(Device& device, const Product& product);
void run_16_bits(Device& device, const Product& product);

/// Products of which one extent is small; returns false if this is none.
bool run_thin(Device& device, const Product& product);

[[noreturn]] inline void unknown_product(const Product& p) {
  throw std::logic_error("cuda: no kernel for " + std::string(name(p.call.op)) +
                         " of these numbers and transpositions");
}

/// The least depth of a block when several blocks divide the depth, since partial sums have to be
/// written and read again.
constexpr int least_depth_share = 256;

template <class T>
int blocks(const Product& p) {
  return blocks_for(p.rows, T::block_rows) * blocks_for(p.cols, T::block_cols);
}

/// The number of layers of blocks that divide the depth, so that all multiprocessors have work. It
/// depends on shapes and the device only, and so do the bits of the result.
inline int layers(const Device& device, const Product& p, int blocks_of_layer) {
  const int most = std::max(1, p.depth / least_depth_share);
  return std::clamp(device.multiprocessors() / blocks_of_layer, 1, most);
}

/// Large tiles need less memory traffic. Small ones occupy more multiprocessors, which the queues
/// share.
inline bool large_tiles_suit(const Device& device, const Product& p) {
  const bool narrow = std::min(p.rows, p.cols) <= SmallTiling::block_cols;
  const int large = blocks<LargeTiling>(p);
  const int layer_count = p.call.op == Op::matmul ? layers(device, p, large) : 1;
  return !narrow && 3 * large * layer_count * device.queues() >= 2 * device.multiprocessors();
}

template <class Operands, class T, class Epilogue>
void launch_tiled(Device& device, const Product& p, int layer_count, int share,
                  const Epilogue& epilogue) {
  const Grid grid{blocks<T>(p), 1, layer_count};
  launch(device, product_kernel<Operands, T, Epilogue>, grid, T::threads,
         matrix_of<typename Operands::Left>(p.left), matrix_of<typename Operands::Right>(p.right),
         share, epilogue);
}

/// Calls run(tiling) with the tiling that suits the product.
template <class Run>
void with_tiling(const Device& device, const Product& p, const Run& run) {
  if (large_tiles_suit(device, p))
    run(LargeTiling{});
  else
    run(SmallTiling{});
}

/// Adds the partial products of the layers, in their order, and finishes the sum.
template <class Epilogue>
__global__ void sum_layers(ConstMatrix partial, Epilogue finish) {
  const int i = static_cast<int>(blockIdx.x * blockDim.x + threadIdx.x);
  const int row = i / partial.cols, col = i % partial.cols;
  if (row >= finish.rows) return;
  float sums[1] = {};
  for (int from = row; from < partial.rows; from += finish.rows) sums[0] += partial.at(from, col);
  finish(row, col, sums);
}

/// The number of rows of the result that share a row of the bias.
inline int bias_group(const Product& p) {
  const ConstView& bias = p.call.in[2];
  return bias.data == nullptr ? 1 : p.rows / static_cast<int>(bias.rows);
}

template <class Operands, class T>
void store_tiled(Device& device, const Product& p) {
  constexpr int part_depth = Operands::Format::part_depth;
  const StoreProduct finish{matrix(p.call.out[0]), matrix(p.call.in[2]), bias_group(p), p.rows,
                            p.call.accumulate};
  const int parts = blocks_for(p.depth, part_depth);
  const int share = blocks_for(parts, layers(device, p, blocks<T>(p))) * part_depth;
  const int layer_count = blocks_for(p.depth, share);
  if (layer_count == 1) return launch_tiled<Operands, T>(device, p, 1, share, finish);

  const auto rows = static_cast<std::size_t>(layer_count) * static_cast<std::size_t>(p.rows);
  const auto cols = static_cast<std::size_t>(p.cols), stride = (cols + 3) / 4 * 4;
  const Matrix partial = matrix_at(device.scratch(rows * stride), rows, cols, stride);
  launch_tiled<Operands, T>(device, p, layer_count, share,
                            StoreProduct{partial, ConstMatrix{}, 1, p.rows, false});
  constexpr int threads = 256;
  launch(device, sum_layers<StoreProduct>, {blocks_for(p.rows * p.cols, threads)}, threads,
         as_const(partial), finish);
}

template <class Operands>
void store_product(Device& device, const Product& p) {
  with_tiling(device, p, [&](auto tiling) { store_tiled<Operands, decltype(tiling)>(device, p); });
}

template <class Operands, class Sine, class Cosine>
void sine_of_product(Device& device, const Product& p) {
  const View* out = p.call.out;
  const SineOfProduct<Sine, Cosine> sine{matrix_of<Sine>(out[0]), matrix_of<Cosine>(out[1]),
                                         matrix(p.call.in[2]), bias_group(p), p.rows};
  with_tiling(device, p, [&](auto tiling) {
    launch_tiled<Operands, decltype(tiling)>(device, p, 1, p.depth, sine);
  });
}

/// The slopes, and their sums over the rows of groups. If groups consist of whole warps' rows, the
/// kernel of the product adds them up; otherwise the slopes are read again.
template <class Operands, class T, class Number>
void slope_tiled(Device& device, const Product& p) {
  const View& groups = p.call.out[1];
  const int group = p.rows / static_cast<int>(groups.rows);
  const bool in_warps = group % T::warp_rows == 0;
  SlopeOfProduct<Number> slope{matrix_of<Number>(p.call.out[0]), Matrix{}, p.rows};
  ConstView sums;
  if (in_warps) {
    const auto rows = static_cast<std::size_t>(p.rows / T::warp_rows);
    const std::size_t stride = (groups.cols + 3) / 4 * 4;
    float* memory = device.scratch(rows * stride);
    slope.sums = matrix_at(memory, rows, groups.cols, stride);
    sums = {memory, rows, groups.cols, stride};
  }
  launch_tiled<Operands, T>(device, p, 1, p.depth, slope);
  if (in_warps)
    add_short_columns(device, sums, groups);
  else
    run_columns(device, p.call);
}

template <class Operands, class Number>
void slope_of_product(Device& device, const Product& p) {
  with_tiling(device, p,
              [&](auto tiling) { slope_tiled<Operands, decltype(tiling), Number>(device, p); });
}

}  // namespace chorus::CHORUS_DEVICE
