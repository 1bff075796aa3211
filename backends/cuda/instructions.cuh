#pragma once

#include "cuda/language.cuh"

// Instructions that CUDA C++ does not offer (PTX ISA, "Warp Level Matrix Instructions").
// emulation/instructions.hpp implements them without a GPU.

namespace chorus::CHORUS_DEVICE {

// Tensor cores for these formats require compute capability 8.0. The backend does not launch them
// on older devices, for which this code only has to compile.
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

// C += A B for A of 16 rows and B of 8 columns, both of 8 words of depth. Let g be lane / 4, and t
// be lane % 4. A lane holds the words (row g, word t), (g + 8, t), (g, t + 4) and (g + 8, t + 4) of
// A, the words t and t + 4 of column g of B, and columns 2 t and 2 t + 1 of C, of row g in c0 and
// of row g + 8 in c1.
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

__device__ inline float fp16_value(Word bits) {
  float value;
  asm("cvt.f32.f16 %0, %1;" : "=f"(value) : "h"(static_cast<std::uint16_t>(bits)));
  return value;
}

/// For arguments up to pi.
__device__ inline float fast_sine(float argument) { return __sinf(argument); }
__device__ inline float fast_cosine(float argument) { return __cosf(argument); }

/// The value of the lane whose number differs from this one in the single bit of `distance`.
__device__ inline float of_lane_across(float value, int distance) {
  return __shfl_xor_sync(0xFFFFFFFF, value, distance);
}

/// Words in shared memory, with their address in the form that the instructions below need.
template <int count>
struct SharedWords {
  SharedArray<Word, count>& words;
  unsigned address;
  __device__ explicit SharedWords(SharedArray<Word, count>& array)
      : words(array), address(static_cast<unsigned>(__cvta_generic_to_shared(&array[0]))) {
    asm volatile("" : "+r"(address));  // keeps the compiler from computing it anew in each use
  }
  __device__ unsigned at(int place) const { return address + static_cast<unsigned>(place) * 4; }
};

/// Four matrices of 8 rows x 4 words. Lane l passes the place of row l % 8 of matrix l / 8, and
/// receives word l % 4 of row l / 4 of each matrix.
template <int count>
__device__ Word4 load_matrices(const SharedWords<count>& from, int place) {
  Word4 words;
  asm volatile("ldmatrix.sync.aligned.m8n8.x4.shared.b16 {%0,%1,%2,%3}, [%4];"
               : "=r"(words.of[0]), "=r"(words.of[1]), "=r"(words.of[2]), "=r"(words.of[3])
               : "r"(from.at(place)));
  return words;
}
/// The same for matrices of 8 x 8 halves of words, which are transposed.
template <int count>
__device__ Word4 load_matrices_transposed(const SharedWords<count>& from, int place) {
  Word4 words;
  asm volatile("ldmatrix.sync.aligned.m8n8.x4.trans.shared.b16 {%0,%1,%2,%3}, [%4];"
               : "=r"(words.of[0]), "=r"(words.of[1]), "=r"(words.of[2]), "=r"(words.of[3])
               : "r"(from.at(place)));
  return words;
}

template <int words>
struct alignas(words * sizeof(Word)) Words {
  Word of[words];
};

/// Words from an address that is a multiple of their size in bytes, at most 16 bytes at once.
template <int count>
__device__ void read_words(const void* from, Word (&to)[count]) {
  constexpr int piece = count < 4 ? count : 4;
  CHORUS_UNROLL
  for (int w = 0; w < count; w += piece) {
    const auto read = static_cast<const Words<piece>*>(from)[w / piece];
    CHORUS_UNROLL
    for (int i = 0; i < piece; ++i) to[w + i] = read.of[i];
  }
}
template <int count>
__device__ void write_words(const Word (&from)[count], void* to) {
  constexpr int piece = count < 4 ? count : 4;
  CHORUS_UNROLL
  for (int w = 0; w < count; w += piece) {
    Words<piece> written;
    CHORUS_UNROLL
    for (int i = 0; i < piece; ++i) written.of[i] = from[w + i];
    static_cast<Words<piece>*>(to)[w / piece] = written;
  }
}
/// Words place, place + 1, ... of shared memory; place must be a multiple of their number.
template <int array_count, int count>
__device__ void read_shared(const SharedWords<array_count>& from, int place, Word (&to)[count]) {
  read_words(&from.words[place], to);
}

template <int array_count, int count>
__device__ void write_shared(const Word (&from)[count], const SharedWords<array_count>& to,
                             int place) {
  write_words(from, &to.words[place]);
}

// Copies into shared memory that run in the background. The thread that started them may use the
// data after wait_for_copies(), the other threads after a barrier. Devices below compute capability
// 8.0 copy immediately.

/// Copies 16 bytes, or writes zeros. Both addresses must be multiples of 16.
template <int count>
__device__ void begin_copy(const SharedWords<count>& to, int place, const void* from, bool zeros) {
#if __CUDA_ARCH__ >= 800 && __CUDACC_VER_MAJOR__ >= 13
  // The predicate makes the copy ignore its source: no branch, no register for a number of bytes.
  asm volatile(
      "{.reg .pred zeros; setp.ne.b32 zeros, %2, 0;\n"
      "cp.async.cg.shared.global [%0], [%1], 16, zeros;}" ::"r"(to.at(place)),
      "l"(from), "r"(static_cast<int>(zeros))
      : "memory");
#elif __CUDA_ARCH__ >= 800
  asm volatile("cp.async.cg.shared.global [%0], [%1], 16, %2;" ::"r"(to.at(place)), "l"(from),
               "r"(zeros ? 0 : 16)
               : "memory");
#else
  Word words[4] = {};
  if (!zeros) read_words(from, words);
  write_words(words, &to.words[place]);
#endif
}
/// Writes 16 bytes, of which the first `bytes` are copied and the others zero.
template <int count>
__device__ void begin_partial_copy(const SharedWords<count>& to, int place, const void* from,
                                   int bytes) {
#if __CUDA_ARCH__ >= 800
  asm volatile("cp.async.cg.shared.global [%0], [%1], 16, %2;" ::"r"(to.at(place)), "l"(from),
               "r"(bytes)
               : "memory");
#else
  Word words[4] = {};
  for (int b = 0; b < bytes; ++b)
    words[b / 4] |= Word{static_cast<const unsigned char*>(from)[b]} << b % 4 * 8;
  write_words(words, &to.words[place]);
#endif
}
/// Copies a word, or writes zero if `bytes` is 0.
template <int count>
__device__ void begin_word_copy(const SharedWords<count>& to, int place, const void* from,
                                int bytes) {
#if __CUDA_ARCH__ >= 800
  asm volatile("cp.async.ca.shared.global [%0], [%1], 4, %2;" ::"r"(to.at(place)), "l"(from),
               "r"(bytes)
               : "memory");
#else
  to.words[place] = bytes == 0 ? 0 : *static_cast<const Word*>(from);
#endif
}
/// Ends a group of copies.
__device__ inline void end_copies() {
#if __CUDA_ARCH__ >= 800
  asm volatile("cp.async.commit_group;" ::: "memory");
#endif
}
/// Waits for all groups of the thread except the last few.
template <int last>
__device__ void wait_for_copies() {
#if __CUDA_ARCH__ >= 800
  asm volatile("cp.async.wait_group %0;" ::"n"(last) : "memory");
#endif
}

}  // namespace chorus::CHORUS_DEVICE
