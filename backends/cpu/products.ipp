// Cannot be compiled alone; begin at kernels_avx2.cpp.

// Products: C (+)= A B. Almost every product of the engine is "broadcast an element of A, load a
// vector of a row of B, multiply-add", with a block of C in registers over the whole depth. The
// Operand defines what an element is: a number, or a pair of numbers (pairs.ipp). The caller's
// `finish` defines what happens to a finished block: see Store and Sine.
//
// A right-hand matrix is read in panels of columns, each of them dense, the last one padded with
// zeros. Weights W are packed twice: for products with W^T (forward), then with W (backward).

constexpr std::size_t panel_vectors = 2;
constexpr std::size_t panel = panel_vectors * lanes;  // columns of a register block

/// Element (i, k) of A is data[i * row_step + k * depth_step]; one of the steps is 1.
/// Row k of B's panel p is data[p * panel_step + k * depth_step].
struct LeftMatrix {
  const float* data;
  std::size_t row_step;
  std::size_t depth_step;
};
struct RightMatrix {
  const float* data;
  std::size_t panel_step;
  std::size_t depth_step;
};

CHORUS_INLINE LeftMatrix left_matrix(const ConstView& a, bool transpose) {
  return transpose ? LeftMatrix{a.data, 1, a.stride} : LeftMatrix{a.data, a.stride, 1};
}

/// Whether a product uses the transpose of the call's right-hand matrix.
CHORUS_INLINE bool transposes_right(const Call& call) {
  return call.op == Op::sine_linear || call.transpose_b;
}

CHORUS_INLINE std::size_t panels_floats(std::size_t depth, std::size_t cols) {
  return round_up(cols, panel) * depth;
}

/// A block of C: its sums and its position.
template <std::size_t rows, std::size_t vectors>
struct Block {
  Batch sums[rows][vectors];
};

template <std::size_t rows, std::size_t vectors>
CHORUS_INLINE void clear(Block<rows, vectors>& block) {
#pragma GCC unroll 16
  for (std::size_t i = 0; i < rows; ++i)
#pragma GCC unroll 2
    for (std::size_t j = 0; j < vectors; ++j) block.sums[i][j] = Batch(0.0F);
}

template <class Operand, std::size_t rows, std::size_t vectors, bool depth_is_dense>
CHORUS_INLINE void multiply_add(const float* a, std::size_t a_step, std::size_t k, const float* b,
                                Block<rows, vectors>& block) {
  Batch row[vectors];
#pragma GCC unroll 2
  for (std::size_t j = 0; j < vectors; ++j) row[j] = load(b + j * lanes);
#pragma GCC unroll 16
  for (std::size_t i = 0; i < rows; ++i) {
    const Batch left(depth_is_dense ? a[i * a_step + k] : a[k * a_step + i]);
#pragma GCC unroll 2
    for (std::size_t j = 0; j < vectors; ++j)
      block.sums[i][j] = Operand::multiply_add(left, row[j], block.sums[i][j]);
  }
}

/// block = A B over the whole depth. A small block has too few sums to keep the multipliers busy
/// while each of them waits for its last addition. Four times as many, added up at the end, are
/// enough.
template <class Operand, std::size_t rows, std::size_t vectors, bool depth_is_dense>
CHORUS_INLINE void multiply_block(const float* a, std::size_t a_step, const float* b,
                                  std::size_t b_step, std::size_t depth,
                                  Block<rows, vectors>& block) {
  clear(block);
  std::size_t k = 0;
  if constexpr (rows * vectors <= 4) {
    constexpr std::size_t chains = 4;
    Block<rows, vectors> chain[chains - 1];
#pragma GCC unroll 4
    for (Block<rows, vectors>& each : chain) clear(each);
    for (; k + chains <= depth; k += chains) {
      multiply_add<Operand, rows, vectors, depth_is_dense>(a, a_step, k, b + k * b_step, block);
#pragma GCC unroll 4
      for (std::size_t n = 1; n < chains; ++n)
        multiply_add<Operand, rows, vectors, depth_is_dense>(a, a_step, k + n, b + (k + n) * b_step,
                                                             chain[n - 1]);
    }
#pragma GCC unroll 4
    for (const Block<rows, vectors>& each : chain)
#pragma GCC unroll 16
      for (std::size_t i = 0; i < rows; ++i)
#pragma GCC unroll 2
        for (std::size_t j = 0; j < vectors; ++j) block.sums[i][j] += each.sums[i][j];
  }
#pragma GCC unroll 2
  for (; k < depth; ++k)
    multiply_add<Operand, rows, vectors, depth_is_dense>(a, a_step, k, b + k * b_step, block);
}

/// A block in memory, for element-wise work on the last columns of C.
template <std::size_t rows, std::size_t vectors>
struct BlockValues {
  alignas(64) float values[rows][vectors * lanes];

  CHORUS_INLINE explicit BlockValues(const Block<rows, vectors>& block) {
#pragma GCC unroll 16
    for (std::size_t i = 0; i < rows; ++i)
#pragma GCC unroll 2
      for (std::size_t j = 0; j < vectors; ++j)
        block.sums[i][j].store_aligned(&values[i][j * lanes]);
  }
};

/// Fetches the block before the loop over the depth, which hides the latency.
template <std::size_t rows, std::size_t vectors>
CHORUS_INLINE void prefetch_block(const View& c, std::size_t row, std::size_t col) {
  const float* to = c.data + row * c.stride + col;
#pragma GCC unroll 16
  for (std::size_t i = 0; i < rows; ++i)
#pragma GCC unroll 2
    for (std::size_t j = 0; j < vectors; ++j) __builtin_prefetch(to + i * c.stride + j * lanes, 1);
}

/// Writes a block to C, or adds it.
struct Store {
  View c;
  bool accumulate;

  template <std::size_t rows, std::size_t vectors>
  CHORUS_INLINE void prepare(std::size_t row, std::size_t col) const {
    prefetch_block<rows, vectors>(c, row, col);
  }

  template <std::size_t rows, std::size_t vectors>
  CHORUS_INLINE void finish(const Block<rows, vectors>& block, std::size_t row,
                            std::size_t col) const {
    if (col + vectors * lanes > c.cols) {
      BlockValues<rows, vectors> values(block);
      add_part(&values.values[0][0], vectors * lanes, rows, row, col);
      return;
    }
    float* to = c.data + row * c.stride + col;
#pragma GCC unroll 16
    for (std::size_t i = 0; i < rows; ++i)
#pragma GCC unroll 2
      for (std::size_t j = 0; j < vectors; ++j) {
        float* at = to + i * c.stride + j * lanes;
        store(at, accumulate ? load(at) + block.sums[i][j] : block.sums[i][j]);
      }
  }

  __attribute__((noinline)) void add_part(const float* values, std::size_t step, std::size_t rows,
                                          std::size_t row, std::size_t col) const {
    float* to = c.data + row * c.stride;
    for (std::size_t i = 0; i < rows; ++i, to += c.stride, values += step)
      for (std::size_t j = col; j < c.cols; ++j)
        to[j] = accumulate ? to[j] + values[j - col] : values[j - col];
  }
};

/// c += bias, which has one row for each group of rows of c.
void add_bias(const View& c, const ConstView& bias) {
  const std::size_t group = c.rows / bias.rows;
  for (std::size_t r = 0; r < c.rows; ++r) {
    const float* shift = bias.data + r / group * bias.stride;
    float* to = c.data + r * c.stride;
    std::size_t j = 0;
    for (; j + lanes <= c.cols; j += lanes) store(to + j, load(to + j) + load(shift + j));
    for (; j < c.cols; ++j) to[j] += shift[j];
  }
}

template <class Operand, std::size_t rows, std::size_t vectors, class Finish>
void block_product(const LeftMatrix& a, const float* b, std::size_t b_step, std::size_t depth,
                   const Finish& finish, std::size_t row, std::size_t col) {
  finish.template prepare<rows, vectors>(row, col);
  Block<rows, vectors> block;
  const float* left = a.data + row * a.row_step;
  if (a.depth_step == 1)
    multiply_block<Operand, rows, vectors, true>(left, a.row_step, b, b_step, depth, block);
  else
    multiply_block<Operand, rows, vectors, false>(left, a.depth_step, b, b_step, depth, block);
  finish.finish(block, row, col);
}

/// The last rows of C, of which there are fewer than in a block.
template <class Operand, std::size_t rows, std::size_t vectors, class Finish>
void last_rows_product(std::size_t count, const LeftMatrix& a, const float* b, std::size_t b_step,
                       std::size_t depth, const Finish& finish, std::size_t row, std::size_t col) {
  if constexpr (rows > 0) {
    if (count == rows)
      block_product<Operand, rows, vectors>(a, b, b_step, depth, finish, row, col);
    else
      last_rows_product<Operand, rows - 1, vectors>(count, a, b, b_step, depth, finish, row, col);
  }
}

/// One panel of columns of C, all its rows.
template <class Operand, std::size_t vectors, class Finish>
void panel_product(const LeftMatrix& a, const float* b, std::size_t b_step, std::size_t depth,
                   const Finish& finish, std::size_t rows, std::size_t col) {
  std::size_t row = 0;
  for (; row + block_rows <= rows; row += block_rows)
    block_product<Operand, block_rows, vectors>(a, b, b_step, depth, finish, row, col);
  last_rows_product<Operand, block_rows - 1, vectors>(rows - row, a, b, b_step, depth, finish, row,
                                                      col);
}

template <class Operand, class Finish>
void product(const LeftMatrix& a, const RightMatrix& b, std::size_t depth, const Finish& finish,
             std::size_t rows, std::size_t cols) {
  const float* data = b.data;
  for (std::size_t col = 0; col < cols; col += panel, data += b.panel_step) {
    if (cols - col <= lanes)
      panel_product<Operand, 1>(a, data, b.depth_step, depth, finish, rows, col);
    else
      panel_product<Operand, panel_vectors>(a, data, b.depth_step, depth, finish, rows, col);
  }
}
