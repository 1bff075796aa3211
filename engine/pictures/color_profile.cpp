#include "color_profile.hpp"

#include <cstddef>
#include <cstdint>

namespace chorus {
namespace {

/// The number of four bytes, the highest first; 0 behind the end.
std::uint32_t number_at(std::string_view bytes, std::size_t at) {
  if (at + 4 > bytes.size()) return 0;
  std::uint32_t value = 0;
  for (std::size_t i = 0; i < 4; ++i)
    value = value << 8U | static_cast<unsigned char>(bytes[at + i]);
  return value;
}

/// The tag `desc` of a profile; empty if there is none. A header of 128 bytes stands before the
/// list of tags, each with its type, place and size.
std::string_view description_of(std::string_view profile) {
  constexpr std::size_t list = 128, entry_bytes = 12;
  const std::size_t entries = number_at(profile, list);
  for (std::size_t i = 0; i < entries; ++i) {
    const std::size_t entry = list + 4 + i * entry_bytes;
    if (entry + entry_bytes > profile.size()) break;
    if (profile.substr(entry, 4) != "desc") continue;
    const std::size_t place = number_at(profile, entry + 4);
    return place < profile.size() ? profile.substr(place, number_at(profile, entry + 8))
                                  : std::string_view();
  }
  return {};
}

}  // namespace

bool describes_srgb(std::string_view profile) {
  constexpr std::string_view utf16("\0s\0R\0G\0B", 8);  // since version 4 of the format
  const std::string_view text = description_of(profile);
  return text.find("sRGB") != std::string_view::npos || text.find(utf16) != std::string_view::npos;
}

}  // namespace chorus
