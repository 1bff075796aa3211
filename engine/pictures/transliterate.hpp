#pragma once

#include <string>
#include <string_view>

namespace chorus {

/// Writes UTF-8 in printable ASCII, for a font that has no more: Latin letters lose their accents
/// ("é" becomes "e", "ß" becomes "ss"), and any other character becomes "?".
std::string to_ascii(std::string_view text);

}  // namespace chorus
