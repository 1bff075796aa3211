#pragma once

#include <bit>
#include <cmath>
#include <cstdint>

#include "chorus/call.hpp"

// Conversions to and from 16-bit floats (IEEE 754 binary16, and the upper half of binary32),
// rounding to the nearest, ties to even.

namespace chorus {

/// Keeps `kept` bits of the fraction. Infinities stay infinite; NaN may become infinite.
inline std::uint32_t rounded_fraction(float value, int kept) {
  const int dropped = 23 - kept;
  const auto bits = std::bit_cast<std::uint32_t>(value);
  const std::uint32_t tie = (1U << (dropped - 1)) - 1 + (bits >> dropped & 1);
  return (bits + tie) >> dropped << dropped;
}

inline std::uint16_t fp16_of(float value) {
  constexpr float largest_that_rounds_down = 65519.996F, smallest_normal = 0x1p-14F;
  const std::uint32_t sign = std::bit_cast<std::uint32_t>(value) >> 16 & 0x8000;
  const float magnitude = std::abs(value);
  std::uint32_t bits = 0;
  if (std::isnan(value))
    bits = 0x7E00;
  else if (magnitude > largest_that_rounds_down)
    bits = 0x7C00;
  else if (magnitude < smallest_normal)
    bits = static_cast<std::uint32_t>(std::nearbyint(magnitude * 0x1p24F));
  else
    bits = (rounded_fraction(magnitude, 10) >> 13) - (112U << 10);
  return static_cast<std::uint16_t>(sign | bits);
}

inline float fp16_to_float(std::uint16_t half) {
  const std::uint32_t magnitude = half & 0x7FFFU;
  float value = std::bit_cast<float>((magnitude << 13) + (112U << 23));
  if (magnitude < 0x0400)
    value = static_cast<float>(magnitude) * 0x1p-24F;
  else if (magnitude >= 0x7C00)  // infinity or NaN
    value = std::bit_cast<float>((magnitude << 13) + (224U << 23));
  return (half & 0x8000) != 0 ? -value : value;
}

inline std::uint16_t bf16_of(float value) {
  if (std::isnan(value)) return 0x7FC0;
  return static_cast<std::uint16_t>(rounded_fraction(value, 7) >> 16);
}

inline float bf16_to_float(std::uint16_t half) {
  return std::bit_cast<float>(std::uint32_t{half} << 16);
}

inline float widened(std::uint16_t half, DType dtype) {
  return dtype == DType::fp16 ? fp16_to_float(half) : bf16_to_float(half);
}
inline std::uint16_t narrowed(float value, DType dtype) {
  return dtype == DType::fp16 ? fp16_of(value) : bf16_of(value);
}

}  // namespace chorus
