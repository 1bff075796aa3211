#pragma once

#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "chorus/pictures.hpp"

namespace chorus {

// The functions that read an image throw Error with the reason only, because callers that list
// several files name them anyway.

/// The size that the header states: as stored, before the picture is turned. Reads 33 bytes, and
/// allocates nothing of the size that they state.
PixelSize inspect_png(const std::filesystem::path& file,
                      std::size_t max_pixels = default_max_pixels);

/// `remarks`, if not null, receives what viewers may show otherwise, in words that follow "a file
/// with".
Image decode_png(const std::filesystem::path& file, const std::optional<Rgb>& background,
                 std::vector<std::string>* remarks = nullptr,
                 std::size_t max_pixels = default_max_pixels);

/// The bytes of the smallest PNG of the image that LodePNG makes: with a palette or fewer bits
/// where that loses nothing, the best of its choices of filters, and its longest search. Nothing of
/// chorus is written into it. (Zopfli makes it some percents smaller still.)
std::size_t optimized_png_bytes(const Image& image);

/// Whether the file is a PNG or an animation that this library wrote: right after its header it
/// says that its software is chorus. False if the file cannot be read.
bool written_by_chorus(const std::filesystem::path& file);

}  // namespace chorus
