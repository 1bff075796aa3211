#include "printable.hpp"

#include <algorithm>
#include <cstdint>

#include "formatted.hpp"

namespace chorus {
namespace {

std::uint32_t byte_at(std::string_view text, std::size_t at) {
  return static_cast<unsigned char>(text[at]);
}

/// The number of bytes of the UTF-8 sequence that a lead byte announces; 0 if it is not a lead
/// byte.
std::size_t announced_length(std::uint32_t lead) {
  if (lead < 0x80) return 1;
  if (lead >= 0xC2 && lead < 0xE0) return 2;
  if (lead >= 0xE0 && lead < 0xF0) return 3;
  if (lead >= 0xF0 && lead < 0xF5) return 4;
  return 0;
}

/// Marks that change the direction of writing. They could make a name look like another one.
bool turns_direction(std::uint32_t code_point) {
  return code_point == 0x061C || code_point == 0x200E || code_point == 0x200F ||
         (code_point >= 0x202A && code_point <= 0x202E) ||
         (code_point >= 0x2066 && code_point <= 0x2069);
}

bool is_control(std::uint32_t code_point) {
  return code_point < 0x20 || (code_point >= 0x7F && code_point < 0xA0) || code_point == 0x2028 ||
         code_point == 0x2029 ||  // line and paragraph separators
         turns_direction(code_point);
}

struct Character {
  std::uint32_t code_point = 0;
  std::size_t length = 0;  ///< in bytes; 0 if there is no character
};

/// The character at the start of `text`.
Character first_character(std::string_view text) {
  const std::size_t length = announced_length(byte_at(text, 0));
  if (length == 0 || length > text.size()) return {};
  std::uint32_t code_point = byte_at(text, 0) & (length == 1 ? 0x7FU : 0xFFU >> (length + 1));
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte_at(text, i) & 0xC0U) != 0x80U) return {};
    code_point = (code_point << 6U) | (byte_at(text, i) & 0x3FU);
  }
  constexpr std::uint32_t smallest[] = {0, 0, 0x80, 0x800, 0x10000};
  const bool overlong = code_point < smallest[length];
  const bool surrogate = code_point >= 0xD800 && code_point < 0xE000;
  if (overlong || surrogate || code_point > 0x10FFFF) return {};
  return {code_point, length};
}

/// The number of bytes of the printable character at the start of `text`; 0 if there is none.
std::size_t printable_length(std::string_view text) {
  const auto [code_point, length] = first_character(text);
  return is_control(code_point) ? 0 : length;
}

}  // namespace

std::string printable(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    std::size_t length = printable_length(text);
    if (length > 0) {
      out += text.substr(0, length);
    } else {
      length = 1;
      out += formatted("\\x{:02x}", byte_at(text, 0));
    }
    text.remove_prefix(length);
  }
  return out;
}

std::string printable_json(std::string_view json) {
  std::string out;
  while (!json.empty()) {
    const auto [code_point, announced] = first_character(json);
    const std::size_t length = std::max<std::size_t>(1, announced);
    // The text's own line breaks are ASCII; all other control characters are inside strings.
    if (code_point >= 0x7F && is_control(code_point))
      out += formatted("\\u{:04x}", code_point);
    else
      out += json.substr(0, length);
    json.remove_prefix(length);
  }
  return out;
}

std::string shown(const std::filesystem::path& path) { return printable(path.string()); }

}  // namespace chorus
