#pragma once

#include <optional>
#include <string_view>

namespace chorus {

/// How Exif says that a picture is turned, 1 to 8; nothing if it does not say so or makes no sense.
/// `exif` may begin with the identifier that JPEG puts before it.
std::optional<unsigned> exif_orientation(std::string_view exif);

}  // namespace chorus
