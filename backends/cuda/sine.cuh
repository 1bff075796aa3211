#pragma once

#include "cuda/numbers.cuh"

namespace chorus::CHORUS_DEVICE {

struct SineCosine {
  float sine, cosine;
};

/// Both at once. The nearest multiple of pi is subtracted from the argument in two parts, so that
/// nothing is lost for arguments of some thousands. Two polynomials of the square of the rest
/// follow (least maximum error over a quarter turn to either side, 5e-9). The GPU's own instruction
/// for sines is off by 5e-7 near 0 and by more far from it, and its instruction for rounding is
/// slow. Floats near 1.5 * 2^23 are integers, so adding that number rounds, and the last bit tells
/// odd from even. Valid for arguments up to 1e7.
__device__ inline SineCosine sine_cosine(float argument) {
  constexpr float inverse_pi = 0.318309886F, pi_high = 3.14159274F, pi_low = -8.74227766e-8F;
  constexpr float whole = 12582912.0F;
  const float shifted = fma(argument, inverse_pi, whole);
  const float half_turns = shifted - whole;
  float f = fma(half_turns, -pi_high, argument);
  f = fma(half_turns, -pi_low, f);
  const float u = f * f;
  float s = 2.6000243e-6F;
  s = fma(s, u, -1.9806602e-4F);
  s = fma(s, u, 8.333017e-3F);
  s = fma(s, u, -0.16666657F);
  float c = -2.6076816e-7F;
  c = fma(c, u, 2.476187e-5F);
  c = fma(c, u, -1.3888404e-3F);
  c = fma(c, u, 0.04166664F);
  c = fma(c, u, -0.5F);
  const Word sign = bits_of(shifted) << 31;  // an odd number of half turns changes the sign
  return {float_of(bits_of(fma(f * u, s, f)) ^ sign), float_of(bits_of(fma(u, c, 1.0F)) ^ sign)};
}

/// The same for results that are rounded to 16 bits: the rest after whole turns, at most pi, goes
/// to the GPU's own instructions for sine and cosine, which are off by less than 5e-7 there. Half a
/// unit of 16 bits is 2.4e-4 and more. 7 instructions instead of 18.
__device__ inline SineCosine short_sine_cosine(float argument) {
  constexpr float inverse_turn = 0.159154943F, turn_high = 6.28318548F, turn_low = -1.74845553e-7F;
  constexpr float whole = 12582912.0F;
  const float turns = fma(argument, inverse_turn, whole) - whole;
  float f = fma(turns, -turn_high, argument);
  f = fma(turns, -turn_low, f);
  return {fast_sine(f), fast_cosine(f)};
}

/// As exactly as numbers of this type show it.
template <class Number>
__device__ SineCosine sine_cosine_for(Number, float argument) {
  if constexpr (sizeof(Number) == sizeof(float))
    return sine_cosine(argument);
  else
    return short_sine_cosine(argument);
}

}  // namespace chorus::CHORUS_DEVICE
