#pragma once

#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "chorus/pictures.hpp"

namespace chorus {

// Files of every format that this build reads. The format is that of the content, as viewers take
// it; the end of the name only says which files of a folder are pictures. These functions throw
// Error with the reason only.

/// See inspect_png().
PixelSize inspect_image(const std::filesystem::path& file,
                        std::size_t max_pixels = default_max_pixels);

/// See decode_png().
Image decode_image(const std::filesystem::path& file, const std::optional<Rgb>& background,
                   std::vector<std::string>* remarks = nullptr,
                   std::size_t max_pixels = default_max_pixels);

/// Whether files whose names end so, in lower case without the dot, are read.
bool is_readable_extension(std::string_view extension);

/// The Debian package with which chorus would read files whose names end so, where this build lacks
/// it; empty for all others.
std::string_view missing_library(std::string_view extension);

/// The formats that are read, as a part of a sentence: "PNG, JPEG or WebP".
std::string format_names();

}  // namespace chorus
