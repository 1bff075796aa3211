#pragma once

#ifdef CHORUS_CUDA_EMULATED
#include "cuda/emulation/instructions.hpp"
#else
#include "cuda/instructions.cuh"
#endif

// The number formats of a product's operands. An operand in shared memory is a matrix of 32-bit
// words along the depth of the product: one number a word, or two of 16 bits, the earlier one in
// the lower half. Sums are always single precision.

namespace chorus::CHORUS_DEVICE {

/// Single precision, multiplied by ordinary instructions.
struct Fp32 {
  static constexpr int per_word = 1;
  static constexpr bool tensor_cores = false;
  __device__ static Word word(float value) { return bits_of(value); }
};

/// The exponent of single precision, 10 bits of fraction.
struct Tf32 {
  static constexpr int per_word = 1;
  static constexpr bool tensor_cores = true;
  __device__ static Word word(float value) { return tf32_word(value); }
  __device__ static void multiply_add(Pair& c0, Pair& c1, const Word4& a, Word b0, Word b1) {
    mma_tf32(c0, c1, a, b0, b1);
  }
};

/// 5 bits of exponent, 10 of fraction: for sines and weights, which are never large or tiny.
struct Fp16 {
  static constexpr int per_word = 2;
  static constexpr bool tensor_cores = true;
  __device__ static Word word(float low, float high) { return fp16_word(low, high); }
  __device__ static void multiply_add(Pair& c0, Pair& c1, const Word4& a, Word b0, Word b1) {
    mma_fp16(c0, c1, a, b0, b1);
  }
};

/// The exponent of single precision, 7 bits of fraction.
struct Bf16 {
  static constexpr int per_word = 2;
  static constexpr bool tensor_cores = true;
  __device__ static Word word(float low, float high) { return bf16_word(low, high); }
  __device__ static void multiply_add(Pair& c0, Pair& c1, const Word4& a, Word b0, Word b1) {
    mma_bf16(c0, c1, a, b0, b1);
  }
};

}  // namespace chorus::CHORUS_DEVICE
