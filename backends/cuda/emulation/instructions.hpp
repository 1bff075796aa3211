#pragma once

#include <cstring>
#include <utility>
#include <vector>

#include "cuda/language.cuh"
#include "dtype.hpp"

// The functions of instructions.cuh without a GPU. The lanes of a warp exchange their registers
// through memory.

namespace chorus::CHORUS_DEVICE {

inline float fp16_value(Word bits) { return fp16_to_float(static_cast<std::uint16_t>(bits)); }

inline Word fp16_word(float low, float high) { return fp16_of(low) | Word{fp16_of(high)} << 16; }
inline Word bf16_word(float low, float high) { return bf16_of(low) | Word{bf16_of(high)} << 16; }

/// More exact than the GPU's instructions, which are off by up to 5e-7.
inline float fast_sine(float argument) { return std::sin(argument); }
inline float fast_cosine(float argument) { return std::cos(argument); }

inline float product_of_tf32(Word a, Word b) {
  constexpr Word seen = ~((1U << 13) - 1);
  return float_of(a & seen) * float_of(b & seen);
}
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

inline float of_lane_across(float value, int distance) {
  Word* values = simt::warp_memory();
  values[simt::lane()] = bits_of(value);
  __syncwarp();
  const float other = float_of(values[simt::lane() ^ static_cast<unsigned>(distance)]);
  __syncwarp();
  return other;
}

template <int count>
struct SharedWords {
  SharedArray<Word, count>& words;
  explicit SharedWords(SharedArray<Word, count>& array) : words(array) {}
  Word operator[](int place) const { return std::as_const(words)[place]; }
};

/// The places that the lanes pass, in the order of the lanes.
inline const Word* exchange_places(int place) {
  Word* places = simt::warp_memory();
  places[simt::lane()] = static_cast<Word>(place);
  __syncwarp();
  return places;
}
template <int count>
Word4 load_matrices(const SharedWords<count>& from, int place) {
  const Word* places = exchange_places(place);
  const unsigned lane = simt::lane();
  Word4 words;
  for (unsigned m = 0; m < 4; ++m)
    words.of[m] = from[static_cast<int>(places[8 * m + lane / 4] + lane % 4)];
  __syncwarp();
  return words;
}
template <int count>
Word4 load_matrices_transposed(const SharedWords<count>& from, int place) {
  const Word* places = exchange_places(place);
  const unsigned row = simt::lane() / 4, col = simt::lane() % 4 * 2;
  const auto half = [&](Word first, unsigned at) {
    return from[static_cast<int>(first + at / 2)] >> at % 2 * 16 & 0xFFFF;
  };
  Word4 words;
  for (unsigned m = 0; m < 4; ++m)
    words.of[m] = half(places[8 * m + col], row) | half(places[8 * m + col + 1], row) << 16;
  __syncwarp();
  return words;
}

template <int count>
void read_words(const void* from, Word (&to)[count]) {
  simt::check_alignment(from, sizeof(Word) * (count < 4 ? count : 4));
  std::memcpy(to, from, sizeof to);
}
template <int count>
void write_words(const Word (&from)[count], void* to) {
  simt::check_alignment(to, sizeof(Word) * (count < 4 ? count : 4));
  std::memcpy(to, from, sizeof from);
}
template <int array_count, int count>
void write_shared(const Word (&from)[count], const SharedWords<array_count>& to, int place) {
  if (place % count != 0) throw simt::Error("CUDA: misaligned words of shared memory");
  for (int i = 0; i < count; ++i) to.words[place + i] = from[i];
}
template <int array_count, int count>
void read_shared(const SharedWords<array_count>& from, int place, Word (&to)[count]) {
  if (place % count != 0) throw simt::Error("CUDA: misaligned words of shared memory");
  for (int i = 0; i < count; ++i) to[i] = from[place + i];
}

/// Forbids any use of the places from now on; they are written when the thread waits.
template <int count>
void begin_copies(const SharedWords<count>& shared, int place, int words, const void* from,
                  int bytes) {
  SharedArray<Word, count>& to = shared.words;
  if (place % words != 0) throw simt::Error("CUDA: a copy to misaligned shared memory");
  if (bytes != 0) simt::check_alignment(from, sizeof(Word) * static_cast<std::size_t>(words));
  for (int i = 0; i < words; ++i) to[place + i] = 0xFFFFFFFF;  // a NaN in every format
  simt::defer([&to, place, words, from, bytes] {
    std::vector<Word> copied(static_cast<std::size_t>(words));
    std::memcpy(copied.data(), from, static_cast<std::size_t>(bytes));
    for (int i = 0; i < words; ++i) to[place + i] = copied[static_cast<std::size_t>(i)];
  });
}
template <int count>
void begin_copy(const SharedWords<count>& to, int place, const void* from, bool zeros) {
  begin_copies(to, place, 4, from, zeros ? 0 : 16);
}
template <int count>
void begin_partial_copy(const SharedWords<count>& to, int place, const void* from, int bytes) {
  begin_copies(to, place, 4, from, bytes);
}
template <int count>
void begin_word_copy(const SharedWords<count>& to, int place, const void* from, int bytes) {
  begin_copies(to, place, 1, from, bytes);
}
inline void end_copies() { simt::end_deferred(); }
template <int last>
void wait_for_copies() {
  simt::wait_for_deferred(last);
}

}  // namespace chorus::CHORUS_DEVICE
