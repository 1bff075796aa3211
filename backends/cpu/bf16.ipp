// Cannot be compiled alone; begin at kernels_avx512bf16.cpp.

// Instructions on bf16 numbers, and products of pairs of them (see pairs.ipp) by AVX-512's dot
// product. The loop is that of single precision, over half the depth.
//
// Where AVX512-BF16 is missing (in tests), its two instructions are emulated. They take numbers
// below 2^-126 as zero; the emulation does not.

/// 32 bf16 numbers, rounded to nearest even: those of `low`, then those of `high`.
CHORUS_INLINE __m512i round_to_bf16(const __m512& low, const __m512& high) {
#ifdef __AVX512BF16__
  return (__m512i)_mm512_cvtne2ps_pbh(high, low);
#else
  const auto rounded = [](const __m512& x) {
    const __m512i bits = _mm512_castps_si512(x);
    const __m512i odd = _mm512_and_si512(_mm512_srli_epi32(bits, 16), _mm512_set1_epi32(1));
    const __m512i bias = _mm512_add_epi32(odd, _mm512_set1_epi32(0x7FFF));
    // A NaN keeps the upper half of its bits and becomes quiet; rounding could turn it into zero.
    const __mmask16 is_nan = _mm512_cmp_ps_mask(x, x, _CMP_UNORD_Q);
    const __m512i kept = _mm512_or_si512(bits, _mm512_set1_epi32(0x400000));
    const __m512i all = _mm512_mask_mov_epi32(_mm512_add_epi32(bits, bias), is_nan, kept);
    return _mm512_cvtepi32_epi16(_mm512_srli_epi32(all, 16));
  };
  return _mm512_inserti64x4(_mm512_castsi256_si512(rounded(low)), rounded(high), 1);
#endif
}

/// sum + the dot product of two pairs, in each lane. The products of the second elements are added
/// first.
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

/// Pairs of neighbours in a row of 32 numbers: (x0, x1), (x2, x3) ...
CHORUS_INLINE Batch pairs_along(const Batch& low, const Batch& high) {
  return Batch(_mm512_castsi512_ps(round_to_bf16(low, high)));
}

/// Pairs of neighbours in a column, from two rows: (x0, y0), (x1, y1) ...
CHORUS_INLINE Batch pairs_across(const Batch& x, const Batch& y) {
  const __m512i order = _mm512_setr_epi32(
      16 << 16, 17 << 16 | 1, 18 << 16 | 2, 19 << 16 | 3, 20 << 16 | 4, 21 << 16 | 5, 22 << 16 | 6,
      23 << 16 | 7, 24 << 16 | 8, 25 << 16 | 9, 26 << 16 | 10, 27 << 16 | 11, 28 << 16 | 12,
      29 << 16 | 13, 30 << 16 | 14, 31 << 16 | 15);
  return Batch(_mm512_castsi512_ps(_mm512_permutexvar_epi16(order, round_to_bf16(x, y))));
}

/// The transpose of a square of 16 x 16 pairs.
CHORUS_INLINE void transpose(Batch (&rows)[lanes]) {
  static_assert(lanes == 16);
  const __m512i lane = _mm512_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
#pragma GCC unroll 4
  for (int d = 1; d < 16; d *= 2) {
    // Swaps the off-diagonal d x d blocks of each 2d x 2d block. An index of 16 or more refers to
    // b.
    const __m512i of_d = _mm512_and_si512(lane, _mm512_set1_epi32(d));
    const __mmask16 odd = _mm512_test_epi32_mask(of_d, of_d);
    const __m512i from_b = _mm512_add_epi32(lane, _mm512_set1_epi32(16 - d));
    const __m512i upper = _mm512_mask_mov_epi32(lane, odd, from_b);
    const __m512i lower = _mm512_mask_mov_epi32(_mm512_add_epi32(lane, _mm512_set1_epi32(d)), odd,
                                                _mm512_add_epi32(lane, _mm512_set1_epi32(16)));
#pragma GCC unroll 16
    for (int i = 0; i < 16; ++i) {
      if ((i & d) != 0) continue;
      const __m512 a = rows[i], b = rows[i | d];
      rows[i] = Batch(_mm512_permutex2var_ps(a, upper, b));
      rows[i | d] = Batch(_mm512_permutex2var_ps(a, lower, b));
    }
  }
}

/// Products of pairs, one vector of the result at a time.
struct DotProducts {
  static constexpr std::size_t depth_multiple = 1;  ///< pairs
  static constexpr std::size_t rows_multiple = 1;
  static constexpr bool left_is_row_major = false;  ///< or else read as it comes

  static CHORUS_INLINE Batch multiply_add(const Batch& left, const Batch& right, const Batch& sum) {
    return Batch(add_dot_of_pairs(left, right, sum));
  }

  template <class Finish>
  static void multiply(const LeftMatrix& a, const RightMatrix& b, std::size_t depth,
                       const Finish& finish, std::size_t rows, std::size_t cols) {
    product<DotProducts>(a, b, depth, finish, rows, cols);
  }
};
