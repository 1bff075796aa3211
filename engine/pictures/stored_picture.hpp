#pragma once

#include <optional>
#include <string>
#include <vector>

#include "chorus/image.hpp"

namespace chorus {

/// The pixels of a file of any format, and what it says of how to show them.
struct StoredPicture {
  PixelSize size;                   ///< before the picture is turned
  std::vector<unsigned char> rgba;  ///< straight colours; rows from the top
  bool has_16_bits = false;         ///< two bytes a value, the higher one first
  double exponent = 1;              ///< of colour values in [0, 1], to show them as sRGB
  unsigned orientation = 1;         ///< 1 to 8, as in Exif
  /// What viewers may show otherwise or have mended: words that follow "a file with".
  std::vector<std::string> remarks = {};
};

/// The picture as viewers show it: with gamma and orientation applied, and composited over the
/// background if there is one.
Image image_as_shown(const StoredPicture& picture, const std::optional<Rgb>& background);

}  // namespace chorus
