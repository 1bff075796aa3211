// Cannot be compiled alone; begin at kernels_avx512bf16.cpp.

// Products of 16 bits: bf16 numbers (8 bits of exponent, 7 of fraction) with sums in single
// precision. The unit is a pair of numbers that follow each other along the depth, the first one in
// the lower half, in the 32 bits of a float of scratch or packed weights. Such a float is moved,
// but never computed with. If the depth is odd, or no multiple of what PairProduct needs, zeros are
// appended.

/// The number of pairs in a depth, including zeros at its end.
constexpr std::size_t pairs(std::size_t depth) {
  constexpr std::size_t multiple = PairProduct::depth_multiple;
  return ((depth + 1) / 2 + multiple - 1) / multiple * multiple;
}

/// The distance between rows of pairs: whole cache lines, plus one against power-of-two strides.
constexpr std::size_t pairs_stride(std::size_t count) {
  return (count + lanes - 1) / lanes * lanes + lanes;
}

/// Each row of m as pairs along it, with zeros up to a whole vector.
void pair_along_rows(const ConstView& m, float* to, std::size_t to_stride) {
  for (std::size_t r = 0; r < m.rows; ++r, to += to_stride) {
    const float* row = m.data + r * m.stride;
    for (std::size_t c = 0; c < m.cols; c += 2 * lanes)
      store(to + c / 2,
            pairs_along(load_within(row, c, m.cols), load_within(row, c + lanes, m.cols)));
  }
}

/// The vector at column c of row r of m, with zeros outside of m.
CHORUS_INLINE Batch load_inside(const ConstView& m, std::size_t r, std::size_t c) {
  return r < m.rows ? load_within(m.data + r * m.stride, c, m.cols) : Batch(0.0F);
}

/// Each two rows of m as one row of pairs across them, with zeros up to `to_cols`, up to whole
/// vectors and up to a whole depth.
void pair_across_rows(const ConstView& m, float* to, std::size_t to_stride, std::size_t to_cols) {
  const std::size_t to_rows = pairs(m.rows);
  for (std::size_t r = 0; r < to_rows; ++r, to += to_stride)
    for (std::size_t c = 0; c < to_cols; c += lanes)
      store(to + c, pairs_across(load_inside(m, 2 * r, c), load_inside(m, 2 * r + 1, c)));
}

/// The transpose of the result of pair_across_rows(): each column of m as a row of pairs along it.
void pair_along_columns(const ConstView& m, float* to, std::size_t to_stride) {
  const std::size_t to_cols = pairs(m.rows);
  for (std::size_t c = 0; c < m.cols; c += lanes, to += lanes * to_stride)
    for (std::size_t r = 0; r < to_cols; r += lanes) {
      Batch square[lanes];
#pragma GCC unroll 16
      for (std::size_t i = 0; i < lanes; ++i)
        square[i] =
            pairs_across(load_inside(m, 2 * (r + i), c), load_inside(m, 2 * (r + i) + 1, c));
      transpose(square);
#pragma GCC unroll 16
      for (std::size_t i = 0; i < lanes; ++i) store(to + i * to_stride + r, square[i]);
    }
}

/// The panels of pairs of w (depth x cols).
void pack_pairs(const ConstView& w, float* to) {
  const std::size_t depth = pairs(w.rows);
  for (std::size_t first = 0; first < w.cols; first += panel) {
    const ConstView part{w.data + first, w.rows, smaller(panel, w.cols - first), w.stride};
    pair_across_rows(part, to + first * depth, panel, panel);
  }
}

/// The panels of pairs of the transpose of w (cols x depth). `scratch` holds the rows of a panel.
void pack_pairs_transposed(const ConstView& w, float* scratch, float* to) {
  const std::size_t depth = pairs(w.cols), stride = pairs_stride(depth);
  for (std::size_t first = 0; first < w.rows; first += panel) {
    const std::size_t count = smaller(panel, w.rows - first);
    pair_along_rows({w.data + first * w.stride, count, w.cols, w.stride}, scratch, stride);
    float* dense = to + first * depth;
    for (std::size_t k = 0; k < depth; ++k, dense += panel) {
      for (std::size_t j = 0; j < count; ++j) dense[j] = scratch[j * stride + k];
      for (std::size_t j = count; j < panel; ++j) dense[j] = 0.0F;
    }
  }
}

/// Products of bf16 numbers in pairs, by PairProduct. Small products stay in single precision, and
/// are not computed here.
struct Pairs {
  /// With a smaller side, rounding the operands takes more than half as long as the multiply-adds.
  static bool is_large(std::size_t rows, std::size_t cols) { return smaller(rows, cols) >= 32; }

  /// Packed weights are pairs if they are large; otherwise the result must be large as well.
  static bool is_large(const Call& call) {
    return is_large(call.in[1].rows, call.in[1].cols) &&
           (!call.transpose_a || call.packed != nullptr || call.out[0].rows >= 32);
  }

  static std::size_t packed_floats(std::size_t rows, std::size_t cols) {
    return panels_floats(pairs(cols), rows) + panels_floats(pairs(rows), cols);
  }

  static void pack(const ConstView& w, float* scratch, float* to) {
    pack_pairs_transposed(w, scratch, to);
    pack_pairs(w, to + panels_floats(pairs(w.cols), w.rows));
  }

  /// The scratch for packing the transpose of a matrix.
  static std::size_t pack_scratch(const ConstView& w) {
    return panel * pairs_stride(pairs(w.cols));
  }

  static std::size_t scratch_floats(const Call& call) {
    return left_floats(call) + right_floats(call);
  }

  template <class Finish>
  static void multiply(const Call& call, float* scratch, const Finish& finish) {
    const View& c = call.out[0];
    const std::size_t depth = pairs(call.transpose_a ? call.in[0].rows : call.in[0].cols);
    const float* right = right_pairs(call, scratch + left_floats(call));
    PairProduct::multiply(left_pairs(call, scratch), {right, panel * depth, panel}, depth, finish,
                          c.rows, c.cols);
  }

 private:
  /// The left-hand matrix is rounded once, either as it is or transposed, as PairProduct needs it.
  static std::size_t left_floats(const Call& call) {
    const ConstView& a = call.in[0];
    if (call.transpose_a && !PairProduct::left_is_row_major)
      return pairs(a.rows) * pairs_stride(a.cols);
    const std::size_t rows = call.transpose_a ? a.cols : a.rows;
    const std::size_t depth = call.transpose_a ? a.rows : a.cols;
    return round_up(rows, PairProduct::rows_multiple) * pairs_stride(pairs(depth));
  }

  static LeftMatrix left_pairs(const Call& call, float* scratch) {
    const ConstView& a = call.in[0];
    if (call.transpose_a && !PairProduct::left_is_row_major) {
      const std::size_t stride = pairs_stride(a.cols);
      pair_across_rows(a, scratch, stride, a.cols);
      return {scratch, 1, stride};
    }
    const std::size_t stride = pairs_stride(pairs(call.transpose_a ? a.rows : a.cols));
    if (call.transpose_a)
      pair_along_columns(a, scratch, stride);
    else
      pair_along_rows(a, scratch, stride);
    return {scratch, stride, 1};
  }

  /// The right-hand matrix in panels, and the scratch for packing its transpose.
  static std::size_t right_floats(const Call& call) {
    const ConstView& b = call.in[1];
    if (call.packed != nullptr) return 0;
    return transposes_right(call) ? panels_floats(pairs(b.cols), b.rows) + pack_scratch(b)
                                  : panels_floats(pairs(b.rows), b.cols);
  }

  static const float* right_pairs(const Call& call, float* scratch) {
    const ConstView& b = call.in[1];
    const bool transpose = transposes_right(call);
    if (call.packed != nullptr)
      return call.packed + (transpose ? 0 : panels_floats(pairs(b.cols), b.rows));
    if (transpose)
      pack_pairs_transposed(b, scratch + panels_floats(pairs(b.cols), b.rows), scratch);
    else
      pack_pairs(b, scratch);
    return scratch;
  }
};
