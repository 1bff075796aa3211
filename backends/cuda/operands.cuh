#pragma once

#include "cuda/numbers.cuh"

// The formats in which products multiply. Sums are always in single precision.

namespace chorus::CHORUS_DEVICE {

/// Single precision, multiplied by ordinary instructions; 16-bit operands are widened.
struct Fp32 {
  static constexpr bool tensor_cores = false;
  static constexpr int part_depth = 16;  ///< depth of the parts in shared memory
};

/// The exponent range of single precision, 10 bits of fraction.
struct Tf32 {
  static constexpr bool tensor_cores = true;
  static constexpr int part_depth = 16;
  __device__ static Word left(Word word) { return tf32_word(float_of(word)); }
  __device__ static Word right(Word word) { return tf32_word(float_of(word)); }
  __device__ static void multiply_add(Pair& c0, Pair& c1, const Word4& a, Word b0, Word b1) {
    mma_tf32(c0, c1, a, b0, b1);
  }
};

/// The left operand was rounded when it was put into shared memory, once instead of at each use.
struct Tf32OfKept : Tf32 {
  __device__ static Word kept(Word word) { return tf32_word(float_of(word)) & ~((1U << 13) - 1); }
  __device__ static Word left(Word word) { return word; }
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

/// The right operand (sines) is stored as fp16. The left one has their derivatives, which can be
/// smaller than the smallest number of fp16.
struct Bf16OfFp16 : Bf16 {
  __device__ static Word right(Word word) {
    return bf16_word(fp16_value(word & 0xFFFF), fp16_value(word >> 16));
  }
};

/// The operands of a product: their formats in memory, the format of the multiplication, and
/// whether they are transposed. Rows of the result x depth on the left, columns x depth on the
/// right; transposed, depth x rows and depth x columns.
template <class Format_, class Left_, class Right_, bool left_transposed_, bool right_transposed_>
struct Operands {
  using Format = Format_;
  using Left = Left_;
  using Right = Right_;
  static constexpr bool left_transposed = left_transposed_, right_transposed = right_transposed_;
};

}  // namespace chorus::CHORUS_DEVICE
