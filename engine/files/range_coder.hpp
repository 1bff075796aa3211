#pragma once

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>

#include "chorus/version.hpp"

// Binary arithmetic coding with probabilities that learn from the bits before them (Martin 1979,
// "Range encoding"; the carry is propagated as in LZMA). Integers only, so that every machine
// reads what another has written.

// Exported: the room training, in another shared library, uses it.
namespace CHORUS_API chorus {

/// The probability that a bit is 0: the mean of a guess that learns fast and of one that learns
/// slowly but becomes more exact.
class AdaptiveBit {
 public:
  /// In 1 / 65,536, and never certain.
  std::uint32_t zero() const {
    return std::clamp((std::uint32_t{fast_} + slow_) / 2, least, 65536 - least);
  }
  void learn(bool bit) {
    fast_ = towards(fast_, bit, 4);
    slow_ = towards(slow_, bit, 7);
  }

 private:
  static constexpr std::uint32_t least = 32;
  static std::uint16_t towards(std::uint32_t guess, bool bit, int shift) {
    return static_cast<std::uint16_t>(bit ? guess - (guess >> shift)
                                          : guess + ((65535 - guess) >> shift));
  }
  std::uint16_t fast_ = 32768, slow_ = 32768;
};

// Encoder and decoder have the same functions, which return the bits that were coded. One piece of
// code can thus do both: a decoder ignores the bits that it is given.

class RangeEncoder {
 public:
  bool bit(AdaptiveBit& model, bool value);
  /// The lowest `count` bits (at most 24), each as likely 0 as 1.
  std::uint32_t even_bits(std::uint32_t value, int count);
  /// Everything that was coded. Nothing may be coded afterwards.
  std::string finish();

 private:
  void shift_low();
  void shift_while_small();

  std::string bytes_;
  std::uint64_t low_ = 0, waiting_ = 1;  ///< waiting: bytes that a carry may still change
  std::uint32_t range_ = 0xFFFFFFFF;
  std::uint8_t cache_ = 0;
};

class RangeDecoder {
 public:
  /// Throws Error, as every function does, if more bytes are needed than there are.
  explicit RangeDecoder(std::string_view bytes);
  bool bit(AdaptiveBit& model, bool ignored = false);
  std::uint32_t even_bits(std::uint32_t ignored, int count);
  /// Whether all bytes were used.
  bool is_at_end() const { return next_ == bytes_.size(); }

 private:
  std::uint8_t next_byte();
  void shift_while_small();

  std::string_view bytes_;
  std::size_t next_ = 0;
  std::uint32_t range_ = 0xFFFFFFFF, code_ = 0;
};

}  // namespace chorus
