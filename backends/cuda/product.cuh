// The naive twin of this kernel, which defines what is right, is `matmul` of
// backends/reference/reference.cpp.

#pragma once

#include "cuda/parts.cuh"
#include "cuda/sine.cuh"

// One kernel for all products, in all precisions:
//
//  * A block computes a tile of the result. It walks along the depth: while one part of both
//    operands is multiplied in shared memory, the next two are being copied there. With three
//    buffers, one barrier for each part is enough.
//  * A warp computes a part of the tile and holds it in registers. A thread has the rows g + 8 i of
//    it (g = lane / 4), or, where threads read four neighbouring rows at once, the rows 4 g + i of
//    each 32. Of 32 columns it has 8 neighbours, or four times two if the right operand is of 16
//    bits and transposed. The epilogue can then move many at once.
//  * The epilogue finishes the elements: store, add, or bias and sine.

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
using SmallTiling = Tiling<64, 32, 32, 32>;

constexpr int buffers = 3;

/// The sums of a thread: rows i, columns 2 j and 2 j + 1 of its own.
template <class T>
using Sums = Pair[T::row_steps][T::col_steps];

template <class Operands, class T>
struct Parts {
  static constexpr int depth = Operands::Format::part_depth;
  using Left = PartLayout<typename Operands::Left, Operands::left_transposed, T::block_rows, depth>;
  using Right =
      PartLayout<typename Operands::Right, Operands::right_transposed, T::block_cols, depth>;
};

/// The i-th row of a thread in the part of its warp.
template <class Operands>
__device__ int row_of(int i) {
  using Left = typename Operands::Left;
  constexpr bool neighbours = !Operands::Format::tensor_cores ||
                              (Operands::left_transposed && sizeof(Left) == sizeof(Word));
  const int g = static_cast<int>(threadIdx.x) % 32 / 4;
  return neighbours ? i / 4 * 32 + 4 * g + i % 4 : 8 * i + g;
}

/// sums += left right^T by the tensor cores, for the rows and columns from `row` and `col` on. A
/// left part may be deeper than the right one; it is read from the word `left_depth` of its depth
/// on.
template <class Operands, class T, class P, int left_count, int right_count>
__device__ void multiply_on_tensor_cores(Sums<T>& sums, const SharedWords<left_count>& left,
                                         int left_word, int row, int left_depth,
                                         const SharedWords<right_count>& right, int right_word,
                                         int col) {
  using Format = typename Operands::Format;
  constexpr int words = 16, step = 8;
  CHORUS_UNROLL
  for (int word = 0; word < words; word += step) {
    Word4 a[T::row_steps / 2], b[T::col_steps / 2];
    right_fragments<typename P::Right>(right, right_word, col, word, b);
    left_fragments<typename P::Left>(left, left_word, row, left_depth + word, a);
    CHORUS_UNROLL
    for (Word4& fragment : b) CHORUS_UNROLL
    for (Word& each : fragment.of) each = Format::right(each);
    CHORUS_UNROLL
    for (int i = 0; i < T::row_steps; i += 2) {
      CHORUS_UNROLL
      for (Word& each : a[i / 2].of) each = Format::left(each);
      CHORUS_UNROLL
      for (int j = 0; j < T::col_steps; ++j)
        Format::multiply_add(sums[i][j], sums[i + 1][j], a[i / 2], b[j / 2].of[j % 2 * 2],
                             b[j / 2].of[j % 2 * 2 + 1]);
    }
  }
}

/// sums of column n += the elements k of each row of a, times a factor.
template <class T, bool across>
__device__ void add_multiples(Sums<T>& sums, const float (&a)[T::row_steps][4], int k, float factor,
                              int n) {
  CHORUS_UNROLL
  for (int i = 0; i < T::row_steps; ++i) {
    float& sum = sums[i][n / 2].of[n % 2];
    sum = fma(across ? a[i / 4 * 4 + k][i % 4] : a[i][k], factor, sum);
  }
}

/// The elements a[i][k] of a thread: four of the depth in each of its rows. Transposed, it has
/// a[k][i] for each four rows i.
template <class Operands, class T, class Left, int count>
__device__ void left_squares(const SharedWords<count>& left, int left_word, int row, int depth,
                             float (&a)[T::row_steps][4]) {
  CHORUS_UNROLL
  for (int i = 0; i < T::row_steps; ++i)
    if constexpr (Left::transposed) {
      const int at = row + row_of<Operands>(i / 4 * 4);
      const int place = left_word + Left::place(depth + i % 4, at / Left::per_chunk);
      four_of_part<Left>(left, place, at, a[i]);
    } else {  // some neighbours have the same twist, and rows 32 apart
      constexpr int alike = Left::alike;
      const int chunk = depth / Left::per_chunk,
                first = row + row_of<Operands>(i % 4 / alike * alike);
      const int place = left_word + Left::place(first, chunk);
      four_of_part<Left>(left, place + (i / 4 * 32 + i % alike) * Left::row_words, depth, a[i]);
    }
}

/// The same by ordinary instructions, from squares of 4 rows x 4 of depth.
template <class Operands, class T, class P, int left_count, int right_count>
__device__ void multiply_in_order(Sums<T>& sums, const SharedWords<left_count>& left, int left_word,
                                  int row, int left_depth, const SharedWords<right_count>& right,
                                  int right_word, int col) {
  using Right = typename P::Right;
  constexpr bool across = Operands::left_transposed;
  const int first = col + static_cast<int>(threadIdx.x) % 4 * 8;
  for (int square = 0; square < P::depth / 4; ++square) {
    const int depth = 4 * square;
    float a[T::row_steps][4];
    left_squares<Operands, T, typename P::Left>(left, left_word, row, left_depth + depth, a);
    CHORUS_UNROLL
    for (int step = 0; step < 8; ++step) {
      float b[4];  // four of the depth in a column; transposed: four columns at one depth
      if constexpr (Right::transposed) {
        const int k = step % 4, at = first + step / 4 * 4;
        const int place = right_word + Right::place(depth + k, at / Right::per_chunk);
        four_of_part<Right>(right, place, at, b);
        CHORUS_UNROLL
        for (int n = 0; n < 4; ++n) add_multiples<T, across>(sums, a, k, b[n], step / 4 * 4 + n);
      } else {  // the eight rows of a thread have the same twist
        const int place = right_word + Right::place(dealt(first), depth / Right::per_chunk);
        four_of_part<Right>(right, place + (step / 2 * 8 + step % 2) * Right::row_words, depth, b);
        CHORUS_UNROLL
        for (int k = 0; k < 4; ++k) add_multiples<T, across>(sums, a, k, b[k], step);
      }
    }
  }
}

/// sums += a part of the product, by whichever of the two suits the format.
template <class Operands, class T, class P, int left_count, int right_count>
__device__ void multiply_part(Sums<T>& sums, const SharedWords<left_count>& left, int left_word,
                              int row, int left_depth, const SharedWords<right_count>& right,
                              int right_word, int col) {
  if constexpr (Operands::Format::tensor_cores)
    multiply_on_tensor_cores<Operands, T, P>(sums, left, left_word, row, left_depth, right,
                                             right_word, col);
  else
    multiply_in_order<Operands, T, P>(sums, left, left_word, row, left_depth, right, right_word,
                                      col);
}

/// The number of the next of the buffers for parts, which are used in turn.
__device__ inline int following(int buffer) { return buffer + 1 < buffers ? buffer + 1 : 0; }

/// out (+)= the product, plus the bias of the row's group unless that is null. If several layers of
/// blocks share the depth, `out` holds their partial sums, one below the other.
struct StoreProduct {
  static constexpr bool sums_columns = false;
  Matrix out;
  ConstMatrix bias;
  int group, rows;  ///< number of rows of the product
  bool accumulate;

  template <int count>
  __device__ void operator()(int row, int col, const float (&values)[count]) const {
    const int to = row + static_cast<int>(blockIdx.z) * rows;
    float old[count] = {}, shift[count] = {}, sums[count];
    if (accumulate) load_run(as_const(out), to, col, old);
    if (bias.data != nullptr) load_run(bias, row / group, col, shift);
    CHORUS_UNROLL
    for (int i = 0; i < count; ++i) sums[i] = values[i] + shift[i] + old[i];
    store_run(sums, out, to, col);
  }
};

/// sine, cosine = sin, cos of the product + the bias of the row's group.
template <class Sine, class Cosine>
struct SineOfProduct {
  static constexpr bool sums_columns = false;
  MatrixOf<Sine> sine;
  MatrixOf<Cosine> cosine;  ///< data may be null
  ConstMatrix bias;
  int group, rows;

  template <int count>
  __device__ void operator()(int row, int col, const float (&values)[count]) const {
    float shift[count], sines[count], cosines[count];
    load_run(bias, row / group, col, shift);
    CHORUS_UNROLL
    for (int i = 0; i < count; ++i) {
      const SineCosine both = sine_cosine_for(Sine{}, values[i] + shift[i]);
      sines[i] = both.sine;
      cosines[i] = both.cosine;
    }
    store_run(sines, sine, row, col);
    if (cosine.data != nullptr) store_run(cosines, cosine, row, col);
  }
};

/// Replaces the cosine by the slope, which is the product times the cosine. Row b of `sums` is the
/// sum of the slopes of the b-th rows of one warp, unless its data is null.
template <class Number>
struct SlopeOfProduct {
  static constexpr bool sums_columns = true;
  MatrixOf<Number> cosine;
  Matrix sums;
  int rows;

  /// `values` become the slopes.
  template <int count>
  __device__ void operator()(int row, int col, float (&values)[count]) const {
    float cosines[count];
    load_run(as_const(cosine), row, col, cosines);
    CHORUS_UNROLL
    for (int i = 0; i < count; ++i) values[i] *= cosines[i];
    store_run(values, cosine, row, col);
  }
};

/// The runs of neighbours that a thread holds: their length, and the beginning of the j-th one.
template <class Operands>
struct Runs {
  static constexpr bool on_tensor_cores = Operands::Format::tensor_cores;
  static constexpr bool single = sizeof(typename Operands::Right) == sizeof(Word);
  static constexpr bool pairs = on_tensor_cores && Operands::right_transposed && !single;
  static constexpr bool fours = on_tensor_cores && Operands::right_transposed && single;
  static constexpr int length = pairs ? 2 : 8;

  __device__ static int first_col(int j) {
    const int t = static_cast<int>(threadIdx.x) % 4;
    return pairs ? 8 * j + 2 * t : 8 * t;
  }
  template <class T>
  __device__ static float value(const Sums<T>& sums, int i, int j, int e) {
    return fours ? sums[i][e % 4].of[e / 4] : sums[i][j * length / 2 + e / 2].of[e % 2];
  }
  template <class T>
  __device__ static float& value(Sums<T>& sums, int i, int j, int e) {
    return fours ? sums[i][e % 4].of[e / 4] : sums[i][j * length / 2 + e / 2].of[e % 2];
  }
};

/// Adds up over the threads of a warp that have the same columns, and stores the sums as row `row`.
template <class Operands, int runs, int length>
__device__ void store_column_sums(float (&of_thread)[runs][length], const Matrix& to, int row,
                                  int col) {
  CHORUS_UNROLL
  for (int j = 0; j < runs; ++j) {
    CHORUS_UNROLL
    for (float& sum : of_thread[j]) CHORUS_UNROLL
    for (int distance = 4; distance < 32; distance *= 2) sum += of_lane_across(sum, distance);
    const int at_col = col + Runs<Operands>::first_col(j);
    if (threadIdx.x % 32 < 4 && row < to.rows && at_col < to.cols)
      store_run(of_thread[j], to, row, at_col);
  }
}

/// Passes the sums of the thread to the epilogue, in runs of neighbours, from a row and a column
/// on.
template <class Operands, class T, class Epilogue>
__device__ void finish(const Sums<T>& sums, int row, int col, int cols, const Epilogue& epilogue) {
  static_assert(T::warp_cols == 32, "a thread has 8 of 32 columns");
  using R = Runs<Operands>;
  constexpr int runs = 8 / R::length;
  float column_sums[runs][R::length] = {};
  CHORUS_UNROLL
  for (int i = 0; i < T::row_steps; ++i) CHORUS_UNROLL
  for (int j = 0; j < runs; ++j) {
    float values[R::length];
    CHORUS_UNROLL
    for (int e = 0; e < R::length; ++e) values[e] = R::template value<T>(sums, i, j, e);
    const int at_row = row + row_of<Operands>(i), at_col = col + R::first_col(j);
    if (at_row >= epilogue.rows || at_col >= cols) continue;
    epilogue(at_row, at_col, values);
    if constexpr (Epilogue::sums_columns) CHORUS_UNROLL
    for (int e = 0; e < R::length; ++e) column_sums[j][e] += values[e];
  }
  if constexpr (Epilogue::sums_columns)
    if (epilogue.sums.data != nullptr)
      store_column_sums<Operands>(column_sums, epilogue.sums, row / T::warp_rows, col);
}

/// epilogue(row, col, run) for the tile of left right^T that block x computes, tiles being numbered
/// row by row, from the depth `begin` to `begin + depth_share`.
template <class Operands, class T, class Epilogue>
__device__ void product_tile(const MatrixOf<const typename Operands::Left>& left,
                             const MatrixOf<const typename Operands::Right>& right, int begin,
                             int depth_share, const Epilogue& epilogue) {
  using P = Parts<Operands, T>;
  using Left = typename P::Left;
  using Right = typename P::Right;
  __shared__ SharedArray<Word, buffers * Left::words> left_memory;
  __shared__ SharedArray<Word, buffers * Right::words> right_memory;
  const SharedWords left_parts(left_memory);
  const SharedWords right_parts(right_memory);

  const int cols = Right::transposed ? right.cols : right.rows;
  const int tiles_across = (cols + T::block_cols - 1) / T::block_cols;
  const int first_row = static_cast<int>(blockIdx.x) / tiles_across * T::block_rows;
  const int first_col = static_cast<int>(blockIdx.x) % tiles_across * T::block_cols;
  const int whole_depth = Left::transposed ? left.rows : left.cols;
  const int parts = (min(depth_share, whole_depth - begin) + P::depth - 1) / P::depth;
  const int warp = static_cast<int>(threadIdx.x) / 32;
  const int warp_row = warp / T::warps_across * T::warp_rows;
  const int warp_col = warp % T::warps_across * T::warp_cols;
  Copier<Left, T::threads, false> left_copier(left, Left::transposed ? begin : first_row,
                                              Left::transposed ? first_row : begin);
  Copier<Right, T::threads, !Right::transposed> right_copier(
      right, Right::transposed ? begin : first_col, Right::transposed ? first_col : begin);

  // Groups of copies are counted, so there is one for each part, even if it is empty.
  const auto begin_next = [&](int part, int buffer) {
    if (part < parts) {
      left_copier.begin_next(left_parts, buffer * Left::words);
      right_copier.begin_next(right_parts, buffer * Right::words);
    }
    end_copies();
  };
  Sums<T> sums = {};
  for (int part = 0; part < buffers - 1; ++part) begin_next(part, part);
  int buffer = 0, next_buffer = buffers - 1;
  for (int part = 0; part < parts; ++part) {
    wait_for_copies<buffers - 2>();
    __syncthreads();
    begin_next(part + buffers - 1, next_buffer);
    multiply_part<Operands, T, P>(sums, left_parts, buffer * Left::words, warp_row, 0, right_parts,
                                  buffer * Right::words, warp_col);
    buffer = following(buffer);
    next_buffer = following(next_buffer);
  }
  finish<Operands, T>(sums, first_row + warp_row, first_col + warp_col, cols, epilogue);
}

/// A product. Blocks: x the tiles of the result; z parts of the depth, of length `depth_share`.
template <class Operands, class T, class Epilogue>
__global__ void __launch_bounds__(T::threads, 512 / T::threads)
    product_kernel(MatrixOf<const typename Operands::Left> left,
                   MatrixOf<const typename Operands::Right> right, int depth_share,
                   Epilogue epilogue) {
  product_tile<Operands, T>(left, right, static_cast<int>(blockIdx.z) * depth_share, depth_share,
                            epilogue);
}

}  // namespace chorus::CHORUS_DEVICE
