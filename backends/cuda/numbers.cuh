#pragma once

#ifdef CHORUS_CUDA_EMULATED
#include "cuda/emulation/instructions.hpp"
#else
#include "cuda/instructions.cuh"
#endif

// Numbers as they are stored: floats, or 16 bits. Kernels compute with floats. Runs of neighbours
// in a row are converted on reading and writing, and moved at once where possible.

namespace chorus::CHORUS_DEVICE {

/// Rounds to the nearest, ties away from zero; tensor cores ignore the lower 13 bits. Infinity and
/// NaN stay what they are: the GPU's own NaN, 0x7FFFFFFF, would become -0.
__device__ inline Word tf32_word(float value) {
  constexpr Word exponent = 0x7F800000, half_a_unit = 1U << 12;
  const Word bits = bits_of(value);
  return (bits & exponent) == exponent ? bits : bits + half_a_unit;
}

/// 5 bits of exponent, 10 of fraction: for sines and weights, which are never large or tiny.
struct Fp16Number {
  std::uint16_t bits;
};
/// The exponent range of single precision, 7 bits of fraction.
struct Bf16Number {
  std::uint16_t bits;
};

template <class T>
MatrixOf<T> matrix_of(const View& v) {
  return matrix_at(reinterpret_cast<T*>(v.data), v.rows, v.cols, v.stride);
}
template <class T>
MatrixOf<const T> matrix_of(const ConstView& v) {
  return matrix_at(reinterpret_cast<const T*>(v.data), v.rows, v.cols, v.stride);
}

__device__ inline float value_of(float number) { return number; }
__device__ inline float value_of(Fp16Number number) { return fp16_value(number.bits); }
__device__ inline float value_of(Bf16Number number) { return float_of(Word{number.bits} << 16); }

/// Two neighbours in one word, the first in the lower half.
__device__ inline Word word_of(Fp16Number, float low, float high) { return fp16_word(low, high); }
__device__ inline Word word_of(Bf16Number, float low, float high) { return bf16_word(low, high); }

__device__ inline void set(float& number, float value) { number = value; }
template <class Number>
__device__ void set(Number& number, float value) {
  number.bits = static_cast<std::uint16_t>(word_of(Number{}, value, 0));
}

template <int count>
__device__ void to_values(const Word (&words)[count], float, float (&values)[count]) {
  CHORUS_UNROLL
  for (int i = 0; i < count; ++i) values[i] = float_of(words[i]);
}
template <int words, int count, class Number>
__device__ void to_values(const Word (&from)[words], Number, float (&values)[count]) {
  CHORUS_UNROLL
  for (int i = 0; i < count; ++i)
    values[i] = value_of(Number{static_cast<std::uint16_t>(from[i / 2] >> i % 2 * 16)});
}
template <int count>
__device__ void to_words(const float (&values)[count], float, Word (&words)[count]) {
  CHORUS_UNROLL
  for (int i = 0; i < count; ++i) words[i] = bits_of(values[i]);
}
template <int words, int count, class Number>
__device__ void to_words(const float (&values)[count], Number number, Word (&to)[words]) {
  CHORUS_UNROLL
  for (int i = 0; i < words; ++i) to[i] = word_of(number, values[2 * i], values[2 * i + 1]);
}

template <class Number, int count>
constexpr int words_of_run = count* static_cast<int>(sizeof(Number)) / 4;

/// Reads columns col to col + count - 1 of a row, and zeros beyond the last column. col must be a
/// multiple of count, a power of two.
template <int count, class Number>
__device__ void load_run(const MatrixOf<const Number>& m, int row, int col,
                         float (&values)[count]) {
  constexpr int words = words_of_run<Number, count>;
  if constexpr (words > 0)
    if (m.aligned && col + count <= m.cols) {
      check_inside(m, row, col);
      Word read[words];
      read_words(m.row(row) + col, read);
      to_values(read, Number{}, values);
      return;
    }
  CHORUS_UNROLL
  for (int i = 0; i < count; ++i)
    values[i] = col + i < m.cols ? value_of(m.at(row, col + i)) : 0.0F;
}

/// Writes these columns; nothing is written beyond the last column.
template <int count, class Number>
__device__ void store_run(const float (&values)[count], const MatrixOf<Number>& m, int row,
                          int col) {
  constexpr int words = words_of_run<Number, count>;
  if constexpr (words > 0)
    if (m.aligned && col + count <= m.cols) {
      check_inside(m, row, col);
      Word written[words];
      to_words(values, Number{}, written);
      write_words(written, m.row(row) + col);
      return;
    }
  CHORUS_UNROLL
  for (int i = 0; i < count; ++i)
    if (col + i < m.cols) set(m.at(row, col + i), values[i]);
}

}  // namespace chorus::CHORUS_DEVICE
