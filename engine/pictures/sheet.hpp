#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "chorus/image.hpp"

namespace chorus {

/// A grid of images with optional captions above the columns and left of the rows. Cells have the
/// size of the largest image. Smaller images are enlarged by whole factors with nearest-neighbour,
/// so that pixels stay visible, and centred. If the gap is at least 3 px, a fine line goes around
/// each image.
struct Sheet {
  std::vector<std::string> column_titles;  ///< empty, or one per column
  std::vector<std::string> row_titles;     ///< empty, or one per row
  std::vector<std::vector<Image>> rows;    ///< rows[r][c]; an empty Image leaves the cell blank
  std::size_t gap_px = 8;
};

/// Draws the sheet on white with small dark captions in a built-in bitmap font (printable ASCII,
/// see to_ascii(), up to 40 characters). Throws std::invalid_argument if there is no image or the
/// number of titles is wrong.
Image draw(const Sheet& sheet);

}  // namespace chorus
