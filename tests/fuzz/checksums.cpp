#include "checksums.hpp"

#include <fmt/format.h>
#include <lodepng.h>

#include <cstddef>
#include <cstdint>
#include <cstring>

namespace chorus::fuzz {

namespace {

std::uint32_t crc32(const char* data, std::size_t size) {
  return lodepng_crc32(reinterpret_cast<const unsigned char*>(data), size);
}

std::uint32_t read_big_endian(const char* bytes) {
  std::uint32_t number = 0;
  for (int i = 0; i < 4; ++i) number = number << 8U | static_cast<unsigned char>(bytes[i]);
  return number;
}

void write_big_endian(char* bytes, std::uint32_t number) {
  for (int i = 0; i < 4; ++i) bytes[i] = static_cast<char>(number >> (24 - 8 * i));
}

/// The length of the JSON object that the text begins with; 0 if it does not end.
std::size_t object_length(std::string_view text) {
  std::size_t depth = 0;
  bool in_string = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (in_string && text[i] == '\\') {
      ++i;
    } else if (text[i] == '"') {
      in_string = !in_string;
    } else if (!in_string && text[i] == '{') {
      ++depth;
    } else if (!in_string && text[i] == '}' && --depth == 0) {
      return i + 1;
    }
    if (depth == 0) return 0;
  }
  return 0;
}

}  // namespace

std::string with_png_checksums(std::string_view png) {
  constexpr std::size_t signature = 8, length_and_type = 8, checksum = 4;
  std::string mended(png);
  std::size_t chunk = signature;
  while (mended.size() >= chunk + length_and_type + checksum) {
    const std::size_t length = read_big_endian(&mended[chunk]);
    const std::size_t checksum_at = chunk + length_and_type + length;
    if (checksum_at + checksum > mended.size()) break;
    write_big_endian(&mended[checksum_at], crc32(&mended[chunk + 4], 4 + length));
    chunk = checksum_at + checksum;
  }
  return mended;
}

std::string with_safetensors_checksum(std::string_view file) {
  constexpr std::size_t length_bytes = sizeof(std::uint64_t), digits = 8;
  constexpr std::string_view mark = "\"checksum\":\"crc32:";
  if (file.size() < length_bytes) return std::string(file);
  const std::uint64_t length = object_length(file.substr(length_bytes));
  const std::size_t found = file.find(mark);
  if (length == 0 || found == std::string_view::npos ||
      found + mark.size() + digits > length_bytes + length)
    return std::string(file);
  std::string mended(file);
  std::memcpy(mended.data(), &length, length_bytes);
  mended.replace(found + mark.size(), digits, digits, '0');
  mended.replace(found + mark.size(), digits,
                 fmt::format("{:08x}", crc32(mended.data(), mended.size())));
  return mended;
}

}  // namespace chorus::fuzz
