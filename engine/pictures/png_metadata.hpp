#pragma once

#include <string>
#include <vector>

namespace chorus {

/// What a PNG says of its picture beside the pixels. docs/pictures.md lists what is honoured.
struct PngMetadata {
  std::vector<unsigned char> pixels;  ///< a PNG of the chunks that decide the pixels, and no others
  double exponent = 1;       ///< of colour values in [0, 1], to show them as sRGB (from gAMA)
  unsigned orientation = 1;  ///< 1 to 8, as in Exif: how to turn the picture
  /// What viewers may show otherwise or have mended: words that follow "a file with".
  std::vector<std::string> remarks;
  bool complete = true;  ///< whether the file has its end marker
};

/// Reads the chunks of a whole file with a valid header. A file that is cut off gives those parts
/// that are there. Nothing is decompressed, since what does not decide the pixels can hide
/// decompression bombs.
PngMetadata parse_metadata(const std::vector<unsigned char>& file);

}  // namespace chorus
