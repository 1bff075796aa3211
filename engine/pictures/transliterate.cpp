#include "transliterate.hpp"

#include <array>
#include <cstdint>

namespace chorus {
namespace {

constexpr std::uint32_t first_letter = 0xC0;

// From U+00C0 to U+017F: Latin-1 and Latin Extended-A.
constexpr std::array<std::string_view, 192> letters = {
    "A", "A", "A",  "A",  "A", "A", "AE", "C", "E", "E", "E", "E", "I", "I", "I",  "I",   //
    "D", "N", "O",  "O",  "O", "O", "O",  "x", "O", "U", "U", "U", "U", "Y", "TH", "ss",  //
    "a", "a", "a",  "a",  "a", "a", "ae", "c", "e", "e", "e", "e", "i", "i", "i",  "i",   //
    "d", "n", "o",  "o",  "o", "o", "o",  "/", "o", "u", "u", "u", "u", "y", "th", "y",   //
    "A", "a", "A",  "a",  "A", "a", "C",  "c", "C", "c", "C", "c", "C", "c", "D",  "d",   //
    "D", "d", "E",  "e",  "E", "e", "E",  "e", "E", "e", "E", "e", "G", "g", "G",  "g",   //
    "G", "g", "G",  "g",  "H", "h", "H",  "h", "I", "i", "I", "i", "I", "i", "I",  "i",   //
    "I", "i", "IJ", "ij", "J", "j", "K",  "k", "k", "L", "l", "L", "l", "L", "l",  "L",   //
    "l", "L", "l",  "N",  "n", "N", "n",  "N", "n", "n", "N", "n", "O", "o", "O",  "o",   //
    "O", "o", "OE", "oe", "R", "r", "R",  "r", "R", "r", "S", "s", "S", "s", "S",  "s",   //
    "S", "s", "T",  "t",  "T", "t", "T",  "t", "U", "u", "U", "u", "U", "u", "U",  "u",   //
    "U", "u", "U",  "u",  "W", "w", "Y",  "y", "Y", "Z", "z", "Z", "z", "Z", "z",  "s"};

/// Removes the first character from the text and returns its code point; 0xFFFD if it is no UTF-8.
std::uint32_t take_character(std::string_view& text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char first = byte(0);
  std::size_t length = first < 0x80 ? 1 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
  std::uint32_t code = length == 1 ? first : first & (0x7FU >> length);
  bool good = first < 0x80 || (first >= 0xC2 && first < 0xF5);
  for (std::size_t i = 1; i < length; ++i) {
    if (!good || i >= text.size() || (byte(i) & 0xC0U) != 0x80U) {
      good = false;
      length = i;
      break;
    }
    code = code << 6U | (byte(i) & 0x3FU);
  }
  text.remove_prefix(length);
  return good ? code : 0xFFFD;
}

/// Accents that follow their letter, as file names of macOS have them.
bool is_accent(std::uint32_t code) { return code >= 0x300 && code <= 0x36F; }

}  // namespace

std::string to_ascii(std::string_view text) {
  std::string ascii;
  while (!text.empty()) {
    const std::uint32_t code = take_character(text);
    if (is_accent(code)) continue;
    if (code >= ' ' && code <= '~')
      ascii += static_cast<char>(code);
    else if (code >= first_letter && code < first_letter + letters.size())
      ascii += letters[code - first_letter];
    else
      ascii += '?';
  }
  return ascii;
}

}  // namespace chorus
