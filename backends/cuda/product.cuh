#pragma once

#include "cuda/operands.cuh"
#include "cuda/sine.cuh"

// One kernel for all products, in all precisions:
//
//   * A block computes a tile of the result. It walks along the depth; the next part of both
//     operands is on its way from memory into registers while the present one, in shared memory,
//     is multiplied. There are two buffers, so that one barrier a part is enough.
//   * A warp computes a part of the tile and holds it in registers, each thread rows g + 8 i and
//     columns 8 j + 2 t, 8 j + 2 t + 1 (g = lane / 4, t = lane % 4): as tensor cores want it, and
//     with single precision free of bank conflicts.
//   * What happens to the finished elements is an epilogue's affair: store, add, or bias and sine.
//
// Operands are converted on their way into shared memory, see operands.cuh.

namespace chorus::CHORUS_DEVICE {

template <int block_rows_, int block_cols_, int warp_rows_, int warp_cols_>
struct Tiling {
  static constexpr int block_rows = block_rows_, block_cols = block_cols_;
  static constexpr int warp_rows = warp_rows_, warp_cols = warp_cols_;
  static constexpr int warps_across = block_cols / warp_cols;
  static constexpr int threads = block_rows / warp_rows * warps_across * 32;
  static constexpr int row_steps = warp_rows / 8, col_steps = warp_cols / 8;
};
using LargeTiling = Tiling<128, 128, 64, 32>;
using SmallTiling = Tiling<64, 32, 32, 16>;

constexpr int part_words = 16;    ///< depth of the part of an operand that is in shared memory
constexpr int padded_words = 20;  ///< of a row there: rows 8 apart share banks, no nearer ones

/// One operand: rows of the result (or its columns) x depth, or transposed.
struct Operand {
  ConstMatrix matrix;
  bool transposed;  ///< the depth runs over the rows of the matrix
  bool aligned;     ///< each row begins at a multiple of 16 bytes

  __device__ int size() const { return transposed ? matrix.cols : matrix.rows; }
  __device__ int depth() const { return transposed ? matrix.rows : matrix.cols; }
};

/// Columns col to col + 3 of a row, with zeros for what is outside.
__device__ inline Float4 fetch_four(const Operand& operand, int row, int col) {
  const ConstMatrix& m = operand.matrix;
  if (operand.aligned && row < m.rows && col + 3 < m.cols) return m.four_at(row, col);
  Float4 four;
  CHORUS_UNROLL
  for (int i = 0; i < 4; ++i)
    four.of[i] = row < m.rows && col + i < m.cols ? m.at(row, col + i) : 0;
  return four;
}

/// The share of one thread in moving a part of an operand: units of four words each.
template <class Format, int rows, int threads>
class Mover {
 public:
  __device__ void fetch(const Operand& operand, int first_row, int first_depth) {
    CHORUS_UNROLL
    for (int n = 0; n < units; ++n) {
      const Unit u(n, operand.transposed);
      const int row = first_row + u.row, depth = first_depth + u.word * Format::per_word;
      CHORUS_UNROLL
      for (int p = 0; p < Format::per_word; ++p)
        fetched_[n][p] = operand.transposed ? fetch_four(operand, depth + p, row)
                                            : fetch_four(operand, row, depth + 4 * p);
    }
  }

  template <int count>
  __device__ void store(SharedArray<Word, count>& to, int buffer, bool transposed) const {
    CHORUS_UNROLL
    for (int n = 0; n < units; ++n) {
      const Unit u(n, transposed);
      const int place = (buffer * rows + u.row) * padded_words + u.word;
      if (transposed) CHORUS_UNROLL
      for (int i = 0; i < 4; ++i) to[place + i * padded_words] = word_across(fetched_[n], i);
      else store_four(to, place, words_along(fetched_[n]));
    }
  }

 private:
  static constexpr int units = rows * part_words / 4 / threads;

  /// Four words along a row, or, transposed, one word of four rows.
  struct Unit {
    int row, word;
    __device__ Unit(int n, bool transposed) {
      const int number = static_cast<int>(threadIdx.x) + n * threads;
      row = transposed ? number / part_words * 4 : number / 4;
      word = transposed ? number % part_words : number % 4 * 4;
    }
  };

  __device__ static Word4 words_along(const Float4 (&four)[Format::per_word]) {
    Word4 words;
    CHORUS_UNROLL
    for (int i = 0; i < 4; ++i)
      if constexpr (Format::per_word == 1)
        words.of[i] = Format::word(four[0].of[i]);
      else
        words.of[i] = Format::word(four[i / 2].of[i % 2 * 2], four[i / 2].of[i % 2 * 2 + 1]);
    return words;
  }
  __device__ static Word word_across(const Float4 (&four)[Format::per_word], int i) {
    if constexpr (Format::per_word == 1)
      return Format::word(four[0].of[i]);
    else
      return Format::word(four[0].of[i], four[1].of[i]);
  }

  Float4 fetched_[units][Format::per_word];
};

template <class T>
using Sums = Pair[T::row_steps][T::col_steps];

/// sums += left right^T for the parts in shared memory whose rows begin at the places given.
template <class Format, class T, int left_count, int right_count>
__device__ void multiply_part(Sums<T>& sums, const SharedArray<Word, left_count>& left,
                              int left_place, const SharedArray<Word, right_count>& right,
                              int right_place) {
  const int lane = static_cast<int>(threadIdx.x) % 32;
  if constexpr (Format::tensor_cores) {
    // The rows whose places this lane names to load_matrices().
    const int left_lane = left_place + lane % 16 * padded_words + lane / 16 * 4;
    const int right_lane =
        right_place + (lane % 8 + lane / 16 * 8) * padded_words + lane / 8 % 2 * 4;
    CHORUS_UNROLL
    for (int word = 0; word < part_words; word += 8) {
      Word4 b[T::col_steps / 2];
      CHORUS_UNROLL
      for (int j = 0; j < T::col_steps / 2; ++j)
        b[j] = load_matrices(right, right_lane + j * 16 * padded_words + word);
      CHORUS_UNROLL
      for (int i = 0; i < T::row_steps; i += 2) {
        const Word4 a = load_matrices(left, left_lane + i * 8 * padded_words + word);
        CHORUS_UNROLL
        for (int j = 0; j < T::col_steps; ++j)
          Format::multiply_add(sums[i][j], sums[i + 1][j], a, b[j / 2].of[j % 2 * 2],
                               b[j / 2].of[j % 2 * 2 + 1]);
      }
    }
  } else {
    const int left_lane = left_place + lane / 4 * padded_words;
    const int right_lane = right_place + lane % 4 * 2 * padded_words;
    for (int word = 0; word < part_words; word += 4) {
      Word4 a[T::row_steps];
      CHORUS_UNROLL
      for (int i = 0; i < T::row_steps; ++i)
        a[i] = load_four(left, left_lane + i * 8 * padded_words + word);
      CHORUS_UNROLL
      for (int j = 0; j < T::col_steps; ++j) CHORUS_UNROLL
      for (int e = 0; e < 2; ++e) {
        const Word4 b = load_four(right, right_lane + (8 * j + e) * padded_words + word);
        CHORUS_UNROLL
        for (int k = 0; k < 4; ++k) CHORUS_UNROLL
        for (int i = 0; i < T::row_steps; ++i)
          sums[i][j].of[e] = fma(float_of(a[i].of[k]), float_of(b.of[k]), sums[i][j].of[e]);
      }
    }
  }
}

/// out (+)= the product, + the bias of the row's group unless that is null. With the depth shared
/// among several layers of blocks, `out` holds their partial sums, one below the other.
struct StoreProduct {
  Matrix out;
  ConstMatrix bias;
  int group, rows;  ///< rows of the product
  bool accumulate;

  __device__ void operator()(int row, int col, float value) const {
    float& to = out.at(row + static_cast<int>(blockIdx.z) * rows, col);
    if (bias.data != nullptr) value += bias.at(row / group, col);
    to = accumulate ? to + value : value;
  }
};

/// sine, cosine = sin, cos of the product + the bias of the row's group.
struct SineOfProduct {
  Matrix sine, cosine;  ///< cosine.data may be null
  ConstMatrix bias;
  int group, rows;

  __device__ void operator()(int row, int col, float value) const {
    const SineCosine both = sine_cosine(value + bias.at(row / group, col));
    sine.at(row, col) = both.sine;
    if (cosine.data != nullptr) cosine.at(row, col) = both.cosine;
  }
};

/// slope, in place of the cosine, = the product times it.
struct SlopeOfProduct {
  Matrix cosine;
  int rows;

  __device__ void operator()(int row, int col, float value) const { cosine.at(row, col) *= value; }
};

/// epilogue(row, col, element) for each element of left right^T. Blocks: x columns, y rows of the
/// result, z shares of `depth_share` of the depth.
template <class Format, class T, class Epilogue>
__global__ void __launch_bounds__(T::threads, 512 / T::threads)
    product_kernel(Operand left, Operand right, int depth_share, Epilogue epilogue) {
  constexpr int part_depth = part_words * Format::per_word;
  __shared__ SharedArray<Word, 2 * T::block_rows * padded_words> left_parts;
  __shared__ SharedArray<Word, 2 * T::block_cols * padded_words> right_parts;
  Mover<Format, T::block_rows, T::threads> left_mover;
  Mover<Format, T::block_cols, T::threads> right_mover;

  const int first_row = static_cast<int>(blockIdx.y) * T::block_rows;
  const int first_col = static_cast<int>(blockIdx.x) * T::block_cols;
  const int begin = static_cast<int>(blockIdx.z) * depth_share;
  const int depth = min(depth_share, left.depth() - begin);
  const int parts = (depth + part_depth - 1) / part_depth;
  const int warp = static_cast<int>(threadIdx.x) / 32;
  const int warp_row = warp / T::warps_across * T::warp_rows;
  const int warp_col = warp % T::warps_across * T::warp_cols;

  Sums<T> sums = {};
  left_mover.fetch(left, first_row, begin);
  right_mover.fetch(right, first_col, begin);
  left_mover.store(left_parts, 0, left.transposed);
  right_mover.store(right_parts, 0, right.transposed);
  __syncthreads();
  for (int part = 0; part < parts; ++part) {
    const int buffer = part % 2;
    const bool more = part + 1 < parts;
    if (more) {
      left_mover.fetch(left, first_row, begin + (part + 1) * part_depth);
      right_mover.fetch(right, first_col, begin + (part + 1) * part_depth);
    }
    multiply_part<Format, T>(sums, left_parts, (buffer * T::block_rows + warp_row) * padded_words,
                             right_parts, (buffer * T::block_cols + warp_col) * padded_words);
    if (more) {
      left_mover.store(left_parts, 1 - buffer, left.transposed);
      right_mover.store(right_parts, 1 - buffer, right.transposed);
    }
    __syncthreads();
  }

  const int lane = static_cast<int>(threadIdx.x) % 32;
  CHORUS_UNROLL
  for (int i = 0; i < T::row_steps; ++i) CHORUS_UNROLL
  for (int j = 0; j < T::col_steps; ++j) CHORUS_UNROLL
  for (int e = 0; e < 2; ++e) {
    const int row = first_row + warp_row + 8 * i + lane / 4;
    const int col = first_col + warp_col + 8 * j + lane % 4 * 2 + e;
    if (row < epilogue.rows && col < right.size()) epilogue(row, col, sums[i][j].of[e]);
  }
}

}  // namespace chorus::CHORUS_DEVICE
