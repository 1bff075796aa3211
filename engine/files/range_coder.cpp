#include "range_coder.hpp"

#include "chorus/error.hpp"

namespace chorus {

namespace {

constexpr std::uint32_t least_range = 1U << 24U;
constexpr int end_bytes = 5;  // those of `low_` and the one that waits

}  // namespace

bool RangeEncoder::bit(AdaptiveBit& model, bool value) {
  const std::uint32_t zeros = (range_ >> 16) * model.zero();
  if (value) {
    low_ += zeros;
    range_ -= zeros;
  } else {
    range_ = zeros;
  }
  model.learn(value);
  shift_while_small();
  return value;
}

std::uint32_t RangeEncoder::even_bits(std::uint32_t value, int count) {
  for (int k = count - 1; k >= 0; --k) {
    range_ >>= 1;
    if ((value >> k & 1) != 0) low_ += range_;
    shift_while_small();
  }
  return value;
}

void RangeEncoder::shift_while_small() {
  while (range_ < least_range) {
    range_ <<= 8;
    shift_low();
  }
}

/// Writes the bytes that no carry can change any more.
void RangeEncoder::shift_low() {
  constexpr std::uint64_t undecided = 0xFF000000, carry = 1ULL << 32U;
  if (low_ < undecided || low_ >= carry) {
    const auto carried = static_cast<std::uint8_t>(low_ >> 32);
    for (std::uint8_t byte = cache_; waiting_ > 0; --waiting_, byte = 0xFF)
      bytes_.push_back(static_cast<char>(static_cast<std::uint8_t>(byte + carried)));
    cache_ = static_cast<std::uint8_t>(low_ >> 24);
  }
  ++waiting_;
  low_ = (low_ & 0x00FFFFFF) << 8;
}

std::string RangeEncoder::finish() {
  for (int k = 0; k < end_bytes; ++k) shift_low();
  return bytes_.substr(1);  // the first byte is 0: nothing comes before it that could be carried to
}

RangeDecoder::RangeDecoder(std::string_view bytes) : bytes_(bytes) {
  for (int k = 0; k < 4; ++k) code_ = code_ << 8 | next_byte();
}

std::uint8_t RangeDecoder::next_byte() {
  if (next_ == bytes_.size()) throw Error("the coded numbers end too early");
  return static_cast<std::uint8_t>(bytes_[next_++]);
}

void RangeDecoder::shift_while_small() {
  while (range_ < least_range) {
    range_ <<= 8;
    code_ = code_ << 8 | next_byte();
  }
}

bool RangeDecoder::bit(AdaptiveBit& model, bool /*ignored*/) {
  const std::uint32_t zeros = (range_ >> 16) * model.zero();
  const bool value = code_ >= zeros;
  if (value) {
    code_ -= zeros;
    range_ -= zeros;
  } else {
    range_ = zeros;
  }
  model.learn(value);
  shift_while_small();
  return value;
}

std::uint32_t RangeDecoder::even_bits(std::uint32_t /*ignored*/, int count) {
  std::uint32_t value = 0;
  for (int k = 0; k < count; ++k) {
    range_ >>= 1;
    const bool is_one = code_ >= range_;
    if (is_one) code_ -= range_;
    value = value << 1 | static_cast<std::uint32_t>(is_one);
    shift_while_small();
  }
  return value;
}

}  // namespace chorus
