#pragma once

#include "cuda/language.cuh"

// Instructions that CUDA C++ has no words for (PTX ISA, "Warp Level Matrix Instructions").
// emulation/instructions.hpp does the same without a GPU.

namespace chorus::CHORUS_DEVICE {

// Tensor cores of these formats came with compute capability 8.0. The backend does not launch them
// on older devices, for which this only has to compile.
#if defined(__CUDA_ARCH__) && __CUDA_ARCH__ < 800
#define CHORUS_CONVERT(instruction, result, ...) result = 0
#define CHORUS_MMA(shape_and_types) __trap()
#else
#define CHORUS_CONVERT(instruction, result, ...) asm(instruction : "=r"(result) : __VA_ARGS__)
#define CHORUS_MMA(shape_and_types)                                                             \
  asm("mma.sync.aligned." shape_and_types " {%0,%1,%2,%3},{%4,%5,%6,%7},{%8,%9},{%0,%1,%2,%3};" \
      : "+f"(c0.of[0]), "+f"(c0.of[1]), "+f"(c1.of[0]), "+f"(c1.of[1])                          \
      : "r"(a.of[0]), "r"(a.of[1]), "r"(a.of[2]), "r"(a.of[3]), "r"(b0), "r"(b1))
#endif

__device__ inline Word tf32_word(float value) {
  Word word;
  CHORUS_CONVERT("cvt.rna.tf32.f32 %0, %1;", word, "f"(value));
  return word;
}
__device__ inline Word fp16_word(float low, float high) {
  Word word;
  CHORUS_CONVERT("cvt.rn.f16x2.f32 %0, %1, %2;", word, "f"(high), "f"(low));
  return word;
}
__device__ inline Word bf16_word(float low, float high) {
  Word word;
  CHORUS_CONVERT("cvt.rn.bf16x2.f32 %0, %1, %2;", word, "f"(high), "f"(low));
  return word;
}

// C += A B for A of 16 rows and B of 8 columns, both of 8 words of depth. With g = lane / 4 and
// t = lane % 4, a lane holds the words (row g, word t), (g + 8, t), (g, t + 4), (g + 8, t + 4) of
// A, the words t and t + 4 of column g of B, and columns 2 t and 2 t + 1 of rows g (c0) and g + 8
// (c1) of C.
__device__ inline void mma_tf32(Pair& c0, Pair& c1, const Word4& a, Word b0, Word b1) {
  CHORUS_MMA("m16n8k8.row.col.f32.tf32.tf32.f32");
}
__device__ inline void mma_fp16(Pair& c0, Pair& c1, const Word4& a, Word b0, Word b1) {
  CHORUS_MMA("m16n8k16.row.col.f32.f16.f16.f32");
}
__device__ inline void mma_bf16(Pair& c0, Pair& c1, const Word4& a, Word b0, Word b1) {
  CHORUS_MMA("m16n8k16.row.col.f32.bf16.bf16.f32");
}

#undef CHORUS_CONVERT
#undef CHORUS_MMA

/// Four matrices of 8 rows x 4 words. Lane l names the place of row l % 8 of matrix l / 8, and gets
/// word l % 4 of row l / 4 of each matrix.
template <int count>
__device__ Word4 load_matrices(const SharedArray<Word, count>& from, int place) {
  Word4 words;
  const auto address = static_cast<unsigned>(__cvta_generic_to_shared(&from[place]));
  asm volatile("ldmatrix.sync.aligned.m8n8.x4.shared.b16 {%0,%1,%2,%3}, [%4];"
               : "=r"(words.of[0]), "=r"(words.of[1]), "=r"(words.of[2]), "=r"(words.of[3])
               : "r"(address));
  return words;
}

/// Words place to place + 3; place must be a multiple of 4.
template <int count>
__device__ Word4 load_four(const SharedArray<Word, count>& from, int place) {
  return *reinterpret_cast<const Word4*>(&from[place]);
}
template <int count>
__device__ void store_four(SharedArray<Word, count>& to, int place, const Word4& words) {
  *reinterpret_cast<Word4*>(&to[place]) = words;
}

}  // namespace chorus::CHORUS_DEVICE
