#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "chorus/version.hpp"

// Exported: the room pictures, in another shared library, uses it.
namespace CHORUS_API chorus {

/// The text on one line, as valid UTF-8 that is safe for terminals and JSON writers: control
/// characters, marks that change the direction of writing, and bytes that are not UTF-8 become
/// \xNN. Other text stays as it is.
std::string printable(std::string_view text);

/// The output of a JSON writer, with the same characters inside its strings written as \uNNNN.
std::string printable_json(std::string_view json);

/// The same for a path in a message.
std::string shown(const std::filesystem::path& path);

}  // namespace chorus
