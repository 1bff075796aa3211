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
    Large::multiply(call, scratch, Store{c, call.accumulate});
  }
  if (call.in[2].data != nullptr) add_bias(c, call.in[2]);
}

void pack(const Call& call, float* scratch) { Large::pack(call.in[0], scratch, call.out[0].data); }

std::size_t packed_floats(std::size_t rows, std::size_t cols) {
  return Large::packed_floats(rows, cols);
}

std::size_t scratch_floats(const Call& call) {
  const bool is_product = call.op == Op::matmul || call.op == Op::sine_linear ||
                          call.op == Op::pack ||
                          (call.op == Op::sine_linear_gradient && call.in[1].data != nullptr);
  return is_product ? Large::scratch_floats(call) : 0;
}
