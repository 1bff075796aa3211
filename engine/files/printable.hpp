#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "chorus/version.hpp"

// Exported: the room pictures, in another shared library, uses it.
namespace CHORUS_API chorus {

/// The text on one line, as valid UTF-8 that no terminal or JSON writer takes amiss: control
/// characters and bytes that are not UTF-8 become \xNN. Other text stays as it is.
std::string printable(std::string_view text);

/// The same for a path, in messages.
std::string shown(const std::filesystem::path& path);

}  // namespace chorus
