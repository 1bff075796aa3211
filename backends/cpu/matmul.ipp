// Cannot be compiled alone; begin at kernels_avx2.cpp.

// Matrix products. Products with few columns (coordinates, colours) would leave most of a vector
// empty, so they have kernels of their own.

constexpr std::size_t few_columns = 4;

/// Some rows of C (+)= A B^T, with vectors along the depth.
template <std::size_t rows, std::size_t cols>
CHORUS_INLINE void dot_products(const Call& call, std::size_t row) {
  const ConstView &a = call.in[0], &b = call.in[1];
  const View& c = call.out[0];
  const float* left = a.data + row * a.stride;
  Batch sums[rows][cols];
  for (std::size_t i = 0; i < rows; ++i)
    for (std::size_t j = 0; j < cols; ++j) sums[i][j] = Batch(0.0F);
  for (std::size_t k = 0; k < a.cols; k += lanes) {
    Batch right[cols];
#pragma GCC unroll 4
    for (std::size_t j = 0; j < cols; ++j) right[j] = load_within(b.data + j * b.stride, k, a.cols);
#pragma GCC unroll 4
    for (std::size_t i = 0; i < rows; ++i) {
      const Batch value = load_within(left + i * a.stride, k, a.cols);
#pragma GCC unroll 4
      for (std::size_t j = 0; j < cols; ++j) sums[i][j] = xsimd::fma(value, right[j], sums[i][j]);
    }
  }
#pragma GCC unroll 4
  for (std::size_t i = 0; i < rows; ++i) {
    float* to = c.data + (row + i) * c.stride;
#pragma GCC unroll 4
    for (std::size_t j = 0; j < cols; ++j) {
      const float sum = xsimd::hadd(sums[i][j]);
      to[j] = call.accumulate ? to[j] + sum : sum;
    }
  }
}

template <std::size_t cols>
void narrow_product(const Call& call) {
  constexpr std::size_t rows = lanes >= 16 ? 4 : 2;
  if constexpr (cols > 0) {
    if (call.out[0].cols != cols) return narrow_product<cols - 1>(call);
    std::size_t row = 0;
    for (; row + rows <= call.out[0].rows; row += rows) dot_products<rows, cols>(call, row);
    for (; row < call.out[0].rows; ++row) dot_products<1, cols>(call, row);
  }
}

/// Writes or adds a block of the transpose of C.
struct StoreTransposed {
  View c;
  bool accumulate;

  template <std::size_t rows, std::size_t vectors>
  CHORUS_INLINE void prepare(std::size_t, std::size_t) const {}

  template <std::size_t rows, std::size_t vectors>
  CHORUS_INLINE void finish(const Block<rows, vectors>& block, std::size_t row,
                            std::size_t col) const {
    alignas(64) float values[vectors * lanes];
    const std::size_t count = smaller(vectors * lanes, c.rows - col);
    for (std::size_t i = 0; i < rows; ++i) {
      for (std::size_t j = 0; j < vectors; ++j) block.sums[i][j].store_aligned(values + j * lanes);
      float* to = c.data + col * c.stride + row + i;
      for (std::size_t l = 0; l < count; ++l, to += c.stride)
        *to = accumulate ? *to + values[l] : values[l];
    }
  }
};

void matmul(const Call& call, float* scratch) {
  const ConstView &a = call.in[0], &b = call.in[1];
  const View& c = call.out[0];
  const bool narrow = c.cols <= few_columns;
  if (narrow && !call.transpose_a && call.transpose_b) {
    narrow_product<few_columns>(call);
  } else if (narrow && call.transpose_a && !call.transpose_b) {
    // C^T = B^T A
    product<Singles>(left_matrix(b, true), {a.data, panel, a.stride}, a.rows,
                     StoreTransposed{c, call.accumulate}, c.cols, c.rows);
  } else {
    Singles::multiply(call, scratch, Store{c, call.accumulate});
  }
  if (call.in[2].data != nullptr) add_bias(c, call.in[2]);
}
