#pragma once

#include <cstdint>

namespace chorus {

/// Converts a value from [0, 1] to 8 bits, rounded. Values outside are clipped, and NaN gives 0.
inline std::uint8_t to_byte(float value) {
  if (!(value > 0.0F)) return 0;
  if (value >= 1.0F) return 255;
  // lround would be a call for each value of an image.
  return static_cast<std::uint8_t>(value * 255.0F + 0.5F);  // NOLINT(bugprone-incorrect-roundings)
}

}  // namespace chorus
