#pragma once

#include <fmt/format.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace chorus::app {

/// FNV-1a hash, 64 bits. It tells contents apart, but does not protect against intended changes.
class Fingerprint {
 public:
  void add(const void* data, std::size_t bytes) {
    for (const char c : std::string_view(static_cast<const char*>(data), bytes))
      hash_ = (hash_ ^ static_cast<unsigned char>(c)) * 0x100000001B3ULL;
  }
  std::uint64_t value() const { return hash_; }
  std::string hex() const { return fmt::format("{:016x}", hash_); }

 private:
  std::uint64_t hash_ = 0xCBF29CE484222325ULL;
};

}  // namespace chorus::app
