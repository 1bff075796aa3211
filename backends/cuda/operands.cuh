#pragma once

#include "cuda/numbers.cuh"

// The formats in which products multiply. Sums are always single precision.

namespace chorus::CHORUS_DEVICE {

/// Single precision, multiplied by ordinary instructions; operands of 16 bits are widened.
struct Fp32 {
  static constexpr bool tensor_cores = false;
  static constexpr int part_depth = 16;  ///< depth of the parts that are in shared memory
};

/// The exponent of single precision, 10 bits of fraction.
struct Tf32 {
  static constexpr bool tensor_cores = true;
  static constexpr int part_depth = 16;
  __device__ static Word left(Word word) { return tf32_word(float_of(word)); }
  __device__ static Word right(Word word) { return tf32_word(float_of(word)); }
  __device__ static void multiply_add(Pair& c0, Pair& c1, const Word4& a, Word b0, Word b1) {
    mma_tf32(c0, c1, a, b0, b1);
  }
};

struct Fp16 {
  static constexpr bool tensor_cores = true;
  static constexpr int part_depth = 32;
  __device__ static Word left(Word word) { return word; }
  __device__ static Word right(Word word) { return word; }
  __device__ static void multiply_add(Pair& c0, Pair& c1, const Word4& a, Word b0, Word b1) {
    mma_fp16(c0, c1, a, b0, b1);
  }
};

struct Bf16 {
  static constexpr bool tensor_cores = true;
  static constexpr int part_depth = 32;
  __device__ static Word left(Word word) { return word; }
  __device__ static Word right(Word word) { return word; }
  __device__ static void multiply_add(Pair& c0, Pair& c1, const Word4& a, Word b0, Word b1) {
    mma_bf16(c0, c1, a, b0, b1);
  }
};

/// The right operand, sines, lies in memory as fp16; the left one are their derivatives, which can
/// be smaller than the smallest number of fp16.
struct Bf16OfFp16 : Bf16 {
  __device__ static Word right(Word word) {
    return bf16_word(fp16_value(word & 0xFFFF), fp16_value(word >> 16));
  }
};

/// What a product multiplies, how it lies in memory, and in which format it is multiplied: rows of
/// the result x depth on the left, columns x depth on the right. Transposed: depth x rows, depth x
/// columns.
template <class Format_, class Left_, class Right_, bool left_transposed_, bool right_transposed_>
struct Operands {
  using Format = Format_;
  using Left = Left_;
  using Right = Right_;
  static constexpr bool left_transposed = left_transposed_, right_transposed = right_transposed_;
};

}  // namespace chorus::CHORUS_DEVICE
