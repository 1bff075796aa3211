#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "chorus/image.hpp"
#include "stored_picture.hpp"

namespace chorus {

// Formats beside PNG. Each is compiled only where its library is there (CHORUS_JPEG, CHORUS_WEBP).
// All functions throw Error with the reason only.

/// The size that a file's start states; nothing if more of the file is needed.
std::optional<PixelSize> jpeg_size(const std::vector<unsigned char>& start);
std::optional<PixelSize> webp_size(const std::vector<unsigned char>& start);

/// Decodes a whole file, whose start states `size`.
StoredPicture decode_jpeg(std::vector<unsigned char> bytes, const PixelSize& size);
StoredPicture decode_webp(std::vector<unsigned char> bytes, const PixelSize& size);

}  // namespace chorus
