// Products of 16 bits: bf16 numbers (8 bits of exponent, 7 of fraction), sums in single precision.
// The unit is a pair of numbers that follow each other along the depth, first one low, in the 32
// bits of a float of scratch or packed weights; such a float is moved, never computed with. So
// products are the same loop as in single precision over half the depth, its multiply-add the
// AVX512-BF16 dot product of pairs. An odd depth ends with a pair whose second number is zero.
//
// Without AVX512-BF16 (in tests) its two instructions are emulated. They take numbers below 2^-126
// as zero, which the emulation does not.

/// 32 bf16 numbers, round to nearest even: those of `low`, then those of `high`.
CHORUS_INLINE __m512i round_to_bf16(const __m512& low, const __m512& high) {
#ifdef __AVX512BF16__
  return (__m512i)_mm512_cvtne2ps_pbh(high, low);
#else
  const auto rounded = [](const __m512& x) {
    const __m512i bits = _mm512_castps_si512(x);
    const __m512i odd = _mm512_and_si512(_mm512_srli_epi32(bits, 16), _mm512_set1_epi32(1));
    const __m512i bias = _mm512_add_epi32(odd, _mm512_set1_epi32(0x7FFF));
    // A NaN keeps the upper half of its bits and becomes quiet; added to, it could become zero.
    const __mmask16 is_nan = _mm512_cmp_ps_mask(x, x, _CMP_UNORD_Q);
    const __m512i kept = _mm512_or_si512(bits, _mm512_set1_epi32(0x400000));
    const __m512i all = _mm512_mask_mov_epi32(_mm512_add_epi32(bits, bias), is_nan, kept);
    return _mm512_cvtepi32_epi16(_mm512_srli_epi32(all, 16));
  };
  return _mm512_inserti64x4(_mm512_castsi256_si512(rounded(low)), rounded(high), 1);
#endif
}

/// sum + the dot product of two pairs, in each lane; the second products are added first.
CHORUS_INLINE __m512 add_dot_of_pairs(const __m512& left, const __m512& right, const __m512& sum) {
#ifdef __AVX512BF16__
  return _mm512_dpbf16_ps(sum, (__m512bh)left, (__m512bh)right);
#else
  // The upper half of a float's bits is a bf16 number; a product of two is exact.
  const auto first = [](const __m512& pair) {
    return _mm512_castsi512_ps(_mm512_slli_epi32(_mm512_castps_si512(pair), 16));
  };
  const auto second = [](const __m512& pair) {
    const __m512i upper = _mm512_set1_epi32(static_cast<int>(0xFFFF0000U));
    return _mm512_castsi512_ps(_mm512_and_si512(_mm512_castps_si512(pair), upper));
  };
  return _mm512_fmadd_ps(first(left), first(right),
                         _mm512_fmadd_ps(second(left), second(right), sum));
#endif
}

/// Pairs of neighbours in a row: (x0, x1), (x2, x3) ... of 32 numbers.
CHORUS_INLINE Batch pairs_along(const Batch& low, const Batch& high) {
  return Batch(_mm512_castsi512_ps(round_to_bf16(low, high)));
}

/// Pairs of neighbours in a column: (x0, y0), (x1, y1) ... of two rows.
CHORUS_INLINE Batch pairs_across(const Batch& x, const Batch& y) {
  const __m512i order = _mm512_setr_epi32(
      16 << 16, 17 << 16 | 1, 18 << 16 | 2, 19 << 16 | 3, 20 << 16 | 4, 21 << 16 | 5, 22 << 16 | 6,
      23 << 16 | 7, 24 << 16 | 8, 25 << 16 | 9, 26 << 16 | 10, 27 << 16 | 11, 28 << 16 | 12,
      29 << 16 | 13, 30 << 16 | 14, 31 << 16 | 15);
  return Batch(_mm512_castsi512_ps(_mm512_permutexvar_epi16(order, round_to_bf16(x, y))));
}

constexpr std::size_t pairs(std::size_t depth) { return (depth + 1) / 2; }

/// Distance between rows of pairs: whole cache lines, and one more against power-of-two strides.
constexpr std::size_t pairs_stride(std::size_t count) {
  return (count + lanes - 1) / lanes * lanes + lanes;
}

/// Each row of m as pairs along it, zeros up to a whole vector.
void pair_along_rows(const ConstView& m, float* to, std::size_t to_stride) {
  for (std::size_t r = 0; r < m.rows; ++r, to += to_stride) {
    const float* row = m.data + r * m.stride;
    for (std::size_t c = 0; c < m.cols; c += 2 * lanes)
      store(to + c / 2,
            pairs_along(load_within(row, c, m.cols), load_within(row, c + lanes, m.cols)));
  }
}

/// Each two rows of m as one row of pairs across them, zeros up to `to_cols`, whole vectors.
void pair_across_rows(const ConstView& m, float* to, std::size_t to_stride, std::size_t to_cols) {
  for (std::size_t r = 0; r < m.rows; r += 2, to += to_stride) {
    const float* row = m.data + r * m.stride;
    const bool is_whole = r + 1 < m.rows;
    for (std::size_t c = 0; c < to_cols; c += lanes)
      store(to + c, pairs_across(load_within(row, c, m.cols),
                                 is_whole ? load_within(row + m.stride, c, m.cols) : Batch(0.0F)));
  }
}

/// Panels of pairs: those of w (depth x cols).
void pack_pairs(const ConstView& w, float* to) {
  const std::size_t depth = pairs(w.rows);
  for (std::size_t first = 0; first < w.cols; first += panel) {
    const ConstView part{w.data + first, w.rows, smaller(panel, w.cols - first), w.stride};
    pair_across_rows(part, to + first * depth, panel, panel);
  }
}

/// Panels of pairs: those of the transpose of w (cols x depth). `scratch` holds a panel's rows.
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

/// The Operand of products that multiplies pairs of bf16 numbers. Small products stay single.
struct Pairs {
  static constexpr bool bf16 = true;

  static CHORUS_INLINE Batch multiply_add(const Batch& left, const Batch& right, const Batch& sum) {
    return Batch(add_dot_of_pairs(left, right, sum));
  }

  static std::size_t packed_floats(std::size_t rows, std::size_t cols) {
    if (!is_large(rows, cols)) return Singles::packed_floats(rows, cols);
    return panels_floats(pairs(cols), rows) + panels_floats(pairs(rows), cols);
  }

  static void pack(const ConstView& w, float* scratch, float* to) {
    if (!is_large(w.rows, w.cols)) return Singles::pack(w, scratch, to);
    pack_pairs_transposed(w, scratch, to);
    pack_pairs(w, to + panels_floats(pairs(w.cols), w.rows));
  }

  static std::size_t scratch_floats(const Call& call) {
    if (call.op == Op::pack)
      return is_large(call.in[0].rows, call.in[0].cols) ? panel_scratch(call.in[0]) : 0;
    return is_large(call) ? left_floats(call) + right_floats(call) : Singles::scratch_floats(call);
  }

  template <class Finish>
  static void multiply(const Call& call, float* scratch, const Finish& finish) {
    if (!is_large(call)) return Singles::multiply(call, scratch, finish);
    const View& c = call.out[0];
    const std::size_t depth = pairs(call.transpose_a ? call.in[0].rows : call.in[0].cols);
    const float* right = right_pairs(call, scratch + left_floats(call));
    product<Pairs>(left_pairs(call, scratch), {right, panel * depth, panel}, depth, finish, c.rows,
                   c.cols);
  }

 private:
  /// Below this the rounding of the operands costs more than half of the multiply-adds.
  static constexpr std::size_t least_side = 32;

  static bool is_large(std::size_t rows, std::size_t cols) {
    return smaller(rows, cols) >= least_side;
  }

  /// Packed weights are pairs if they are large; otherwise the result has to be large as well.
  static bool is_large(const Call& call) {
    return is_large(call.in[1].rows, call.in[1].cols) &&
           (!call.transpose_a || call.packed != nullptr || call.out[0].rows >= least_side);
  }

  /// The left-hand matrix is rounded once, row by row as it is.
  static std::size_t left_floats(const Call& call) {
    const ConstView& a = call.in[0];
    return call.transpose_a ? pairs(a.rows) * pairs_stride(a.cols)
                            : a.rows * pairs_stride(pairs(a.cols));
  }

  static LeftMatrix left_pairs(const Call& call, float* scratch) {
    const ConstView& a = call.in[0];
    if (call.transpose_a) {
      const std::size_t stride = pairs_stride(a.cols);
      pair_across_rows(a, scratch, stride, a.cols);
      return {scratch, 1, stride};
    }
    const std::size_t stride = pairs_stride(pairs(a.cols));
    pair_along_rows(a, scratch, stride);
    return {scratch, stride, 1};
  }

  /// The right-hand matrix in panels, and what packing its transpose takes.
  static std::size_t right_floats(const Call& call) {
    const ConstView& b = call.in[1];
    if (call.packed != nullptr) return 0;
    return transposes_right(call) ? panels_floats(pairs(b.cols), b.rows) + panel_scratch(b)
                                  : panels_floats(pairs(b.rows), b.cols);
  }
  static std::size_t panel_scratch(const ConstView& w) {
    return panel * pairs_stride(pairs(w.cols));
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
