#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "chorus/image.hpp"

namespace chorus {

/// What the markers of a JPEG say; the coded pixels between them are passed over.
struct JpegMarkers {
  std::optional<PixelSize> size;  ///< nothing if the frame header is not there yet
  std::size_t components = 0;     ///< 1 grey, 3 colour, 4 CMYK
  std::size_t scans = 0;
  unsigned orientation = 1;  ///< 1 to 8, as in Exif
  bool is_from_adobe = false;
  std::string color_profile;  ///< ICC; empty if there is none
  bool complete = false;      ///< whether there is an end marker
};

/// Reads the markers of a JPEG, or of its start. Throws Error with the reason only.
JpegMarkers parse_jpeg_markers(const std::vector<unsigned char>& bytes);

}  // namespace chorus
