#pragma once

#include "cuda/operands.cuh"

// Parts of operands in shared memory: their layout, how they are copied there, and which elements a
// thread multiplies. A part has the layout of the operand in memory; a transposed operand is read
// accordingly.

namespace chorus::CHORUS_DEVICE {

/// Rows of chunks of 16 bytes. The chunks of a row are permuted ("twisted"), so that those which a
/// warp reads at the same time lie in different banks.
template <class Number_, bool transposed_, int extent, int depth_>
struct PartLayout {
  using Number = Number_;
  static constexpr bool transposed = transposed_;
  static constexpr int depth = depth_;
  static constexpr int per_chunk = 16 / static_cast<int>(sizeof(Number));
  static constexpr int rows = transposed ? depth : extent;
  static constexpr int chunks = (transposed ? extent : depth) / per_chunk;
  static constexpr int row_words = chunks * 4, words = rows * row_words;
  // A transposed operand in single precision is read as two chunks of each of four rows at once,
  // all others as one chunk of each of eight rows.
  static constexpr bool in_fours = transposed && per_chunk == 4;
  static constexpr int twist_period = in_fours ? 4 : 8;  ///< rows so far apart are twisted alike
  static constexpr int alike = 2;  ///< so many neighbours are, where rows are of four chunks

  __device__ static int twist(int row) {
    if (in_fours) return row % 4 * 2;
    return chunks >= 8 ? row % 8 : row / (8 / chunks) % chunks;
  }
  /// The first word of a chunk.
  __device__ static int place(int row, int chunk) {
    return row * row_words + (chunk ^ twist(row)) * 4;
  }
};

/// Rows of many chunks for products in single precision, whose lanes read every fourth row.
template <int extent, int depth_>
struct RowsInFours : PartLayout<float, false, extent, depth_> {
  using Base = PartLayout<float, false, extent, depth_>;
  static_assert(Base::chunks >= 8);
  static constexpr int alike = 4;

  __device__ static int place(int row, int chunk) {
    return row * Base::row_words + (chunk ^ (row / 4 % 8)) * 4;
  }
};

/// The place of a column of the result in the right operand's part, if that is not transposed. Of
/// 32 columns, lane t of four gets 8 t to 8 t + 7, as columns 2 t and 2 t + 1 of four products of
/// the tensor cores.
__device__ inline int dealt(int column) {
  const int t = column % 32 / 8, j = column % 8 / 2;
  return column / 32 * 32 + 8 * j + 2 * t + column % 2;
}
__device__ inline int undealt(int row) {
  const int t = row % 8 / 2, j = row % 32 / 8;
  return row / 32 * 32 + 8 * t + 2 * j + row % 2;
}

/// Copies the parts of an operand, one after the other along the depth, by all threads of the
/// block. With `deal`, rows are placed as dealt() says.
template <class Layout, int threads, bool deal>
class Copier {
 public:
  using Number = typename Layout::Number;

  /// Copies from a row and a column of a matrix on.
  __device__ Copier(const MatrixOf<const Number>& m, int first_row, int first_col) : m_(m) {
    const int thread = static_cast<int>(threadIdx.x);
    const int row = thread / Layout::chunks, chunk = thread % Layout::chunks;
    col_ = first_col + chunk * Layout::per_chunk;
    place_ = Layout::place(row, chunk);
    CHORUS_UNROLL
    for (int n = 0; n < units; ++n) {
      row_[n] = first_row + (deal ? undealt(row + n * row_step) : row + n * row_step);
      offset_[n] = static_cast<unsigned>(row_[n]) * static_cast<unsigned>(m.stride) +
                   static_cast<unsigned>(col_);
    }
  }

  /// Begins to copy a part.
  template <int count>
  __device__ void begin_next(const SharedWords<count>& to, int first_word) {
    if (m_.whole) {
      CHORUS_UNROLL
      for (int n = 0; n < units; ++n)
        begin_copy(to, first_word + place(n), source(n), row_[n] >= m_.rows || col_ >= m_.cols);
    } else {
      CHORUS_UNROLL
      for (int n = 0; n < units; ++n) begin_rest(to, first_word + place(n), source(n), columns(n));
    }
    CHORUS_UNROLL
    for (int n = 0; n < units; ++n) {
      if (Layout::transposed) row_[n] += Layout::depth;
      offset_[n] +=
          static_cast<unsigned>(Layout::transposed ? Layout::depth * m_.stride : Layout::depth);
    }
    if (!Layout::transposed) col_ += Layout::depth;
  }

 private:
  static constexpr int row_step = threads / Layout::chunks;
  static constexpr int units = Layout::rows / row_step;
  static_assert(row_step % Layout::twist_period == 0 && units * row_step == Layout::rows);

  __device__ int place(int n) const { return place_ + n * row_step * Layout::row_words; }
  /// The number of columns of the chunk that are inside the matrix.
  __device__ int columns(int n) const {
    return row_[n] < m_.rows ? min(max(m_.cols - col_, 0), Layout::per_chunk) : 0;
  }
  /// An address from which nothing is read if there are no columns.
  __device__ const Number* source(int n) const {
    if (columns(n) > 0) {
      check_inside(m_, row_[n], col_);
      check_inside(m_, row_[n], col_ + columns(n) - 1);
    }
    return m_.data + offset_[n];
  }
  /// For matrices whose rows are not whole chunks, or not aligned.
  template <int count>
  __device__ void begin_rest(const SharedWords<count>& to, int place, const Number* from,
                             int columns) {
    if (m_.aligned) {
      begin_partial_copy(to, place, from, columns * static_cast<int>(sizeof(Number)));
    } else if constexpr (Layout::per_chunk == 4) {
      CHORUS_UNROLL
      for (int i = 0; i < 4; ++i) begin_word_copy(to, place + i, from + i, i < columns ? 4 : 0);
    }
  }

  MatrixOf<const Number> m_;
  int col_, place_, row_[units];
  unsigned offset_[units];
};

/// The left operands of the tensor cores for the rows of a warp from `row` on and 8 words of depth
/// from `word` on, each of 16 rows; see row_of() for which.
template <class Layout, int steps, int count>
__device__ void left_fragments(const SharedWords<count>& part, int first_word, int row, int word,
                               Word4 (&fragments)[steps]) {
  const int lane = static_cast<int>(threadIdx.x) % 32;
  if constexpr (!Layout::transposed) {
    const int place = first_word + Layout::place(row + lane % 16, word / 4 + lane / 16);
    CHORUS_UNROLL
    for (int i = 0; i < steps; ++i)
      fragments[i] = load_matrices(part, place + 16 * i * Layout::row_words);
  } else if constexpr (Layout::per_chunk == 8) {
    const int depth = lane / 16 * 8 + lane % 8, chunk = row / 8 + lane / 8 % 2;
    CHORUS_UNROLL
    for (int i = 0; i < steps; ++i)
      fragments[i] = load_matrices_transposed(
          part, first_word + Layout::place(depth, chunk + 2 * i) + 2 * word * Layout::row_words);
  } else {
    CHORUS_UNROLL
    for (int i = 0; i < steps; i += 2) {
      Word near[4], far[4];  // in the order of the depth
      const int chunk = row / 4 + 4 * i + lane / 4;
      const int place = first_word + Layout::place(lane % 4, chunk) + word * Layout::row_words;
      read_shared(part, place, near);
      read_shared(part, place + 4 * Layout::row_words, far);
      fragments[i] = {{near[0], near[1], far[0], far[1]}};
      fragments[i + 1] = {{near[2], near[3], far[2], far[3]}};
    }
  }
}

/// The right operands for the columns of a warp; each Word4 has 16 columns, which are two operands.
template <class Layout, int steps, int count>
__device__ void right_fragments(const SharedWords<count>& part, int first_word, int col, int word,
                                Word4 (&fragments)[steps]) {
  const int lane = static_cast<int>(threadIdx.x) % 32;
  if constexpr (!Layout::transposed) {
    const int place =
        first_word + Layout::place(col + lane / 16 * 8 + lane % 8, word / 4 + lane / 8 % 2);
    CHORUS_UNROLL
    for (int j = 0; j < steps; ++j)
      fragments[j] = load_matrices(part, place + 16 * j * Layout::row_words);
  } else if constexpr (Layout::per_chunk == 8) {
    const int depth = lane / 8 % 2 * 8 + lane % 8, chunk = col / 8 + lane / 16;
    CHORUS_UNROLL
    for (int j = 0; j < steps; ++j)
      fragments[j] = load_matrices_transposed(
          part, first_word + Layout::place(depth, chunk + 2 * j) + 2 * word * Layout::row_words);
  } else {
    CHORUS_UNROLL
    for (int j = 0; j < steps; j += 2) {
      Word near[4], far[4];
      const int chunk = col / 4 + 4 * j + lane / 4;
      const int place = first_word + Layout::place(lane % 4, chunk) + word * Layout::row_words;
      read_shared(part, place, near);
      read_shared(part, place + 4 * Layout::row_words, far);
      fragments[j] = {{near[0], far[0], near[1], far[1]}};
      fragments[j + 1] = {{near[2], far[2], near[3], far[3]}};
    }
  }
}

/// Four neighbours from a place on that begins a row of chunks; `element` is a multiple of 4.
template <class Layout, int count>
__device__ void four_of_part(const SharedWords<count>& part, int place_of_chunk, int element,
                             float (&values)[4]) {
  using Number = typename Layout::Number;
  Word words[words_of_run<Number, 4>];
  read_shared(part, place_of_chunk + element % Layout::per_chunk * 4 / Layout::per_chunk, words);
  to_values(words, Number{}, values);
}

}  // namespace chorus::CHORUS_DEVICE
