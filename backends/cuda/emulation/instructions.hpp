#pragma once

#include <cmath>

#include "cuda/language.cuh"

// What instructions.cuh does on a GPU. The lanes of a warp exchange their registers through memory.

namespace chorus::CHORUS_DEVICE {

/// Keeps `kept` bits of the fraction: the nearest value, ties to even.
inline Word rounded_fraction(float value, int kept) {
  const int dropped = 23 - kept;
  const Word word = bits_of(value);
  const Word tie = (Word{1} << (dropped - 1)) - 1 + (word >> dropped & 1);
  return (word + tie) >> dropped << dropped;
}

inline Word fp16_bits(float value) {
  constexpr float largest_that_rounds_down = 65519.996F, smallest_normal = 0x1p-14F;
  const Word sign = bits_of(value) >> 16 & 0x8000;
  const float magnitude = std::abs(value);
  if (magnitude > largest_that_rounds_down) return sign | 0x7C00;
  if (magnitude < smallest_normal)
    return sign | static_cast<Word>(std::nearbyint(magnitude * 0x1p24F));
  return sign | ((rounded_fraction(magnitude, 10) >> 13) - (112U << 10));
}

inline float fp16_value(Word bits) {
  const Word magnitude = bits & 0x7FFF;
  const float value = magnitude < 0x0400 ? static_cast<float>(magnitude) * 0x1p-24F
                                         : float_of((magnitude << 13) + (112U << 23));
  return (bits & 0x8000) != 0 ? -value : value;
}

inline Word tf32_word(float value) {  // ties away from zero
  return (bits_of(value) + (1U << 12)) >> 13 << 13;
}
inline Word fp16_word(float low, float high) { return fp16_bits(low) | fp16_bits(high) << 16; }
inline Word bf16_word(float low, float high) {
  return rounded_fraction(low, 7) >> 16 | rounded_fraction(high, 7);
}

inline float product_of_tf32(Word a, Word b) { return float_of(a) * float_of(b); }
inline float product_of_fp16(Word a, Word b) {
  return fp16_value(a & 0xFFFF) * fp16_value(b & 0xFFFF) +
         fp16_value(a >> 16) * fp16_value(b >> 16);
}
inline float product_of_bf16(Word a, Word b) {
  return float_of(a << 16) * float_of(b << 16) + float_of(a & ~0xFFFFU) * float_of(b & ~0xFFFFU);
}

inline void mma(Pair& c0, Pair& c1, const Word4& a, Word b0, Word b1,
                float (*product)(Word, Word)) {
  Word* left = simt::warp_memory();  // 16 rows of 8 words
  Word* right = left + 16 * 8;       // 8 columns of 8 words
  const unsigned g = simt::lane() / 4, t = simt::lane() % 4;
  left[g * 8 + t] = a.of[0];
  left[(g + 8) * 8 + t] = a.of[1];
  left[g * 8 + t + 4] = a.of[2];
  left[(g + 8) * 8 + t + 4] = a.of[3];
  right[g * 8 + t] = b0;
  right[g * 8 + t + 4] = b1;
  __syncwarp();
  for (unsigned e = 0; e < 2; ++e)
    for (unsigned k = 0; k < 8; ++k) {
      const Word b = right[(2 * t + e) * 8 + k];
      c0.of[e] += product(left[g * 8 + k], b);
      c1.of[e] += product(left[(g + 8) * 8 + k], b);
    }
  __syncwarp();
}
inline void mma_tf32(Pair& c0, Pair& c1, const Word4& a, Word b0, Word b1) {
  mma(c0, c1, a, b0, b1, product_of_tf32);
}
inline void mma_fp16(Pair& c0, Pair& c1, const Word4& a, Word b0, Word b1) {
  mma(c0, c1, a, b0, b1, product_of_fp16);
}
inline void mma_bf16(Pair& c0, Pair& c1, const Word4& a, Word b0, Word b1) {
  mma(c0, c1, a, b0, b1, product_of_bf16);
}

template <int count>
Word4 load_matrices(const SharedArray<Word, count>& from, int place) {
  Word* places = simt::warp_memory();
  const unsigned lane = simt::lane();
  places[lane] = static_cast<Word>(place);
  __syncwarp();
  Word4 words;
  for (unsigned m = 0; m < 4; ++m)
    words.of[m] = from[static_cast<int>(places[8 * m + lane / 4] + lane % 4)];
  __syncwarp();
  return words;
}

template <int count>
Word4 load_four(const SharedArray<Word, count>& from, int place) {
  return {{from[place], from[place + 1], from[place + 2], from[place + 3]}};
}
template <int count>
void store_four(SharedArray<Word, count>& to, int place, const Word4& words) {
  for (int i = 0; i < 4; ++i) to[place + i] = words.of[i];
}

}  // namespace chorus::CHORUS_DEVICE
