#include "stored_types.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <cstring>

#include "dtype.hpp"

namespace chorus {

namespace {

static_assert(std::endian::native == std::endian::little, "safetensors data is little-endian");

/// Writes each value as a Number, which `convert` makes of it.
template <class Number, class Convert>
std::string encoded_as(const std::vector<float>& values, Convert convert) {
  std::string bytes(values.size() * sizeof(Number), '\0');
  for (std::size_t i = 0; i < values.size(); ++i) {
    const Number number = convert(values[i]);
    std::memcpy(&bytes[sizeof number * i], &number, sizeof number);
  }
  return bytes;
}

template <class Number, class Convert>
std::vector<float> decoded_as(std::string_view bytes, Convert convert) {
  std::vector<float> values(bytes.size() / sizeof(Number));
  for (std::size_t i = 0; i < values.size(); ++i) {
    Number number{};
    std::memcpy(&number, bytes.data() + sizeof number * i, sizeof number);
    values[i] = convert(number);
  }
  return values;
}

template <class Number>
float as_float(Number number) {
  return static_cast<float>(number);
}

bool is_whole(float value, float least, float most) {
  return value >= least && value <= most && std::nearbyint(value) == value;
}

}  // namespace

const StoredTypeInfo& info_of(StoredType type) {
  return *std::ranges::find(stored_types, type, &StoredTypeInfo::type);
}

std::size_t data_bytes(const StoredTensor& tensor) {
  return tensor.values.size() * info_of(tensor.type).bytes;
}

bool fits(float value, StoredType type) {
  constexpr float largest_half = 65504;
  switch (type) {
    case StoredType::f32:
      return true;
    case StoredType::f16:
      return std::abs(value) <= largest_half;
    case StoredType::i8:
      return is_whole(value, -128, 127);
    case StoredType::u8:
      return is_whole(value, 0, 255);
  }
  return false;
}

std::string encoded(const StoredTensor& tensor) {
  const std::vector<float>& values = tensor.values;
  switch (tensor.type) {
    case StoredType::f32:
      return encoded_as<float>(values, as_float<float>);
    case StoredType::f16:
      return encoded_as<std::uint16_t>(values, fp16_of);
    case StoredType::i8:
      return encoded_as<std::int8_t>(values, [](float v) { return static_cast<std::int8_t>(v); });
    case StoredType::u8:
      return encoded_as<std::uint8_t>(values, [](float v) { return static_cast<std::uint8_t>(v); });
  }
  return {};
}

std::vector<float> decoded(std::string_view bytes, StoredType type) {
  switch (type) {
    case StoredType::f32:
      return decoded_as<float>(bytes, as_float<float>);
    case StoredType::f16:
      return decoded_as<std::uint16_t>(bytes, fp16_to_float);
    case StoredType::i8:
      return decoded_as<std::int8_t>(bytes, as_float<std::int8_t>);
    case StoredType::u8:
      return decoded_as<std::uint8_t>(bytes, as_float<std::uint8_t>);
  }
  return {};
}

}  // namespace chorus
