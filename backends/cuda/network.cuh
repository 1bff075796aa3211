// All sine layers of a network in one kernel forwards and one backwards. What is right is what
// sine_linear and sine_linear_gradient compute one layer after another (op_parameters.hpp,
// SineNetwork).

#pragma once

#include "cuda/network_tiles.cuh"

// A block owns some rows and computes all columns of all layers for them, so that a layer's result
// is the next one's left operand without leaving shared memory (network_tiles.cuh):
//
//  * Forwards, the first layer (of x and y) is computed in registers. The sines of each layer go to
//    shared memory for the next one, and with the cosines to memory for the backward pass.
//  * Backwards, the slopes D = U cosine replace the cosines in memory, go to shared memory for the
//    next product U = D W, and are added up over the rows of groups. The first layer's D is
//    multiplied by x and y at once.
//  * The gradients of the hidden layers' weights are products over all rows, made of the tiles of
//    product_kernel, all layers in one launch (network.cu).

namespace chorus::CHORUS_DEVICE {

template <class Number, class Sine, class Cosine>
struct NetworkForward {
  int layers, rows;  ///< all layers, the first one included
  ConstMatrix places, first_weights;
  MatrixOf<const Number> weights[most_layers];  ///< of the hidden layers
  ConstMatrix shift[most_layers];
  int group[most_layers];                ///< rows that share a row of the shift
  MatrixOf<Sine> sine[most_layers];      ///< data may be null, except the last
  MatrixOf<Cosine> cosine[most_layers];  ///< data may be null
};

/// The products of the first layer, whose depth is 2.
template <class Operands, class T>
__device__ void multiply_places(Sums<T>& sums, const Position<T>& at, const ConstMatrix& places,
                                const ConstMatrix& weights) {
  float x[T::row_steps], y[T::row_steps];
  CHORUS_UNROLL
  for (int i = 0; i < T::row_steps; ++i) {
    const int row = min(at.first_row + at.warp_row + row_of<Operands>(i), places.rows - 1);
    x[i] = places.at(row, 0);
    y[i] = places.at(row, 1);
  }
  CHORUS_UNROLL
  for (int e = 0; e < 8; ++e) {
    const float of_x = weights.at(at.col + e, 0), of_y = weights.at(at.col + e, 1);
    CHORUS_UNROLL
    for (int i = 0; i < T::row_steps; ++i)
      Runs<Operands>::template value<T>(sums, i, 0, e) = fma(of_x, x[i], of_y * y[i]);
  }
}

/// Sums of products to sines and cosines of a layer, in shared memory and in memory.
template <class Operands, class T, class Sine, class Cosine, int count>
__device__ void put_sines(const Sums<T>& sums, const Position<T>& at, int rows,
                          const ConstMatrix& shift, int group, const MatrixOf<Sine>& sine,
                          const MatrixOf<Cosine>& cosine, bool keeps,
                          const SharedWords<count>& kept) {
  CHORUS_UNROLL
  for (int i = 0; i < T::row_steps; ++i) {
    const int of_tile = at.warp_row + row_of<Operands>(i), row = at.first_row + of_tile;
    float shifts[8], sines[8], cosines[8];
    load_eight(shift, min(row, rows - 1) / group, at.col, shifts);
    CHORUS_UNROLL
    for (int e = 0; e < 8; ++e) {
      const SineCosine both =
          sine_cosine_for(Sine{}, Runs<Operands>::template value<T>(sums, i, 0, e) + shifts[e]);
      sines[e] = both.sine;
      cosines[e] = both.cosine;
    }
    if (keeps) keep<Operands, T>(sines, kept, of_tile, at.col);
    if (row >= rows) continue;
    if (sine.data != nullptr) store_eight(sines, sine, row, at.col);
    if (cosine.data != nullptr) store_eight(cosines, cosine, row, at.col);
  }
}

template <class Operands, class T, class Sine, class Cosine>
__global__ void __launch_bounds__(T::threads, 512 / T::threads) network_forward(
    const __grid_constant__ NetworkForward<typename Operands::Left, Sine, Cosine> n) {
  using P = NetworkParts<Operands, T>;
  using Shared = NetworkShared<Operands, T>;
  DYNAMIC_SHARED(Shared, shared);
  const SharedWords kept(shared.kept);
  const SharedWords parts(shared.weights);
  const Position<T> at;
  WeightStream<Operands, T, buffers * P::Right::words> stream(n.weights, n.layers - 1, parts);
  Sums<T> sums;
  multiply_places<Operands, T>(sums, at, n.places, n.first_weights);
  for (int l = 0; l < n.layers; ++l) {
    if (l > 0) stream.multiply(sums, kept, at.warp_row, at.warp_col);
    put_sines<Operands, T>(sums, at, n.rows, n.shift[l], n.group[l], n.sine[l], n.cosine[l],
                           l + 1 < n.layers, kept);
  }
}

template <class Number, class Cosine>
struct NetworkBackward {
  int layers, rows;
  ConstMatrix places;
  ConstMatrix upstream;     ///< derivatives of the last sines, or of what follows them
  ConstMatrix out_weights;  ///< by which they are multiplied first; data may be null
  MatrixOf<const Number> weights[most_layers];  ///< of the hidden layers, the last one first
  MatrixOf<Cosine> cosine[most_layers];         ///< become the slopes
  int group[most_layers], common_multiple[most_layers];  ///< of the group and chunk_rows
  Matrix pieces[most_layers];  ///< sums of slopes (sums.cuh); data may be null
  Matrix first_gradient;       ///< of each chunk: width x 2; data may be null
};

/// U of the last layer: the derivatives, or their product with the weights that follow, in single
/// precision, since there are few.
template <class Operands, class T, class Number, class Cosine>
__device__ void begin_upstream(Sums<T>& sums, const Position<T>& at,
                               const NetworkBackward<Number, Cosine>& n) {
  using R = Runs<Operands>;
  const auto row_at = [&](int i) {
    return min(at.first_row + at.warp_row + row_of<Operands>(i), n.rows - 1);
  };
  CHORUS_UNROLL
  for (int i = 0; i < T::row_steps; ++i) {
    float u[8] = {};
    if (n.out_weights.data == nullptr) load_eight(n.upstream, row_at(i), at.col, u);
    CHORUS_UNROLL
    for (int e = 0; e < 8; ++e) R::template value<T>(sums, i, 0, e) = u[e];
  }
  if (n.out_weights.data == nullptr) return;
  for (int k = 0; k < n.upstream.cols; ++k) {
    float weights[8];
    load_eight(n.out_weights, k, at.col, weights);
    CHORUS_UNROLL
    for (int i = 0; i < T::row_steps; ++i) {
      const float derivative = n.upstream.at(row_at(i), k);
      CHORUS_UNROLL
      for (int e = 0; e < 8; ++e) {
        float& u = R::template value<T>(sums, i, 0, e);
        u = fma(derivative, weights[e], u);
      }
    }
  }
}

/// Sums of products, which are U, to slopes of a layer, in shared memory and in memory, where they
/// replace the cosines. Adds up the thread's slopes of each column.
template <class Operands, class T, class Cosine, int count>
__device__ void put_slopes(const Sums<T>& sums, const Position<T>& at, int rows,
                           const MatrixOf<Cosine>& cosine, const SharedWords<count>& kept,
                           float (&column_sums)[1][8]) {
  CHORUS_UNROLL
  for (int i = 0; i < T::row_steps; ++i) {
    const int of_tile = at.warp_row + row_of<Operands>(i), row = at.first_row + of_tile;
    float slopes[8] = {};
    if (row < rows) {
      load_eight(as_const(cosine), row, at.col, slopes);
      CHORUS_UNROLL
      for (int e = 0; e < 8; ++e) {
        slopes[e] *= Runs<Operands>::template value<T>(sums, i, 0, e);
        column_sums[0][e] += slopes[e];
      }
      store_eight(slopes, cosine, row, at.col);
    }
    keep<Operands, T>(slopes, kept, of_tile, at.col);
  }
}

/// A thread walks down a column of a chunk in shared memory, and stores a sum for each piece.
template <class Operands, class T, int count>
__device__ void sum_pieces(const SharedWords<count>& kept, int first_row, int rows, int group,
                           int common_multiple, const Matrix& pieces) {
  const int thread = static_cast<int>(threadIdx.x), col = thread % T::width;
  const int first = thread / T::width * chunk_rows;
  const int begin = first_row + first, end = min(begin + chunk_rows, rows);
  if (begin >= end) return;
  int piece = piece_of(begin, group, common_multiple), of_group = group - begin % group;
  float sum = 0;
  for (int row = begin; row < end; ++row) {
    sum += kept_value<Operands, T>(kept, row - first_row, col);
    if (--of_group > 0 && row + 1 < end) continue;
    pieces.at(piece++, col) = sum;
    sum = 0;
    of_group = group;
  }
}

/// The gradient of the first layer's weights over a chunk, likewise.
template <class Operands, class T, int count>
__device__ void first_gradient(const SharedWords<count>& kept, int first_row, int rows,
                               const ConstMatrix& places, const Matrix& out) {
  const int thread = static_cast<int>(threadIdx.x), col = thread % T::width;
  const int first = thread / T::width * chunk_rows;
  if (first_row + first >= rows) return;
  float x = 0, y = 0;
  for (int r = first; r < first + chunk_rows && first_row + r < rows; ++r) {
    const float slope = kept_value<Operands, T>(kept, r, col);
    x = fma(slope, places.at(first_row + r, 0), x);
    y = fma(slope, places.at(first_row + r, 1), y);
  }
  const int to = (first_row + first) / chunk_rows * T::width + col;
  out.at(to, 0) = x;
  out.at(to, 1) = y;
}

template <class Operands, class T, class Cosine>
__global__ void __launch_bounds__(T::threads, 512 / T::threads)
    network_backward(const __grid_constant__ NetworkBackward<typename Operands::Left, Cosine> n) {
  using P = NetworkParts<Operands, T>;
  using Shared = NetworkShared<Operands, T>;
  DYNAMIC_SHARED(Shared, shared);
  const SharedWords kept(shared.kept);
  const SharedWords parts(shared.weights);
  const Position<T> at;
  WeightStream<Operands, T, buffers * P::Right::words> stream(n.weights, n.layers - 1, parts);
  Sums<T> sums;
  begin_upstream<Operands, T>(sums, at, n);
  for (int l = n.layers - 1; l >= 0; --l) {
    if (l + 1 < n.layers) stream.multiply(sums, kept, at.warp_row, at.warp_col);
    float column_sums[1][8] = {};
    put_slopes<Operands, T>(sums, at, n.rows, n.cosine[l], kept, column_sums);
    const bool has_sums = n.pieces[l].data != nullptr, whole = n.group[l] % chunk_rows == 0;
    if (has_sums && whole)
      store_column_sums<Operands>(column_sums, n.pieces[l],
                                  (at.first_row + at.warp_row) / chunk_rows, at.warp_col);
    const bool is_first = l == 0 && n.first_gradient.data != nullptr;
    if ((has_sums && !whole) || is_first) __syncthreads();
    if (has_sums && !whole)
      sum_pieces<Operands, T>(kept, at.first_row, n.rows, n.group[l], n.common_multiple[l],
                              n.pieces[l]);
    if (is_first)
      first_gradient<Operands, T>(kept, at.first_row, n.rows, n.places, n.first_gradient);
  }
}

}  // namespace chorus::CHORUS_DEVICE
