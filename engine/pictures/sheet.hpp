#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "chorus/image.hpp"

namespace chorus {

/// A grid of images with an optional caption above each column and left of each row.
/// Cells have the size of the largest image; smaller images are enlarged by whole factors with
/// nearest-neighbour (so that pixels stay visible) and centred. With a gap of 3 px or more, a fine
/// line goes around each image.
struct Sheet {
  std::vector<std::string> column_titles;  ///< empty, or one per column
  std::vector<std::string> row_titles;     ///< empty, or one per row
  std::vector<std::vector<Image>> rows;    ///< rows[r][c]; an empty Image leaves the cell blank
  std::size_t gap_px = 8;
};

/// Draws the sheet on white with small dark captions (a built-in bitmap font, printable ASCII; what
/// is beyond 40 characters is left out). Throws std::invalid_argument if there is no image or the
/// number of titles is wrong.
Image draw(const Sheet& sheet);

}  // namespace chorus
