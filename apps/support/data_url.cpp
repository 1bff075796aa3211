#include "support/data_url.hpp"

#include <cstdint>
#include <string_view>
#include <vector>

#include "chorus/pictures.hpp"

namespace chorus::app {

namespace {

std::string base64(const std::vector<unsigned char>& bytes) {
  constexpr std::string_view digits =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string text;
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    std::uint32_t word = 0;
    for (std::size_t k = 0; k < 3; ++k)
      word = word << 8U | (i + k < bytes.size() ? bytes[i + k] : 0U);
    for (std::size_t k = 0; k < 4; ++k)
      text += i + k <= bytes.size() ? digits[word >> (18 - 6 * k) & 63U] : '=';
  }
  return text;
}

}  // namespace

std::string data_url(const Image& image) {
  return "data:image/png;base64," + base64(encode_png(image));
}

}  // namespace chorus::app
