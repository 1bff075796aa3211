#pragma once

#include <string>
#include <vector>

#include "chorus/image.hpp"

namespace chorus {

/// A grid of images with an optional caption above each column and left of each row.
/// Cells have the size of the largest image; smaller images are enlarged by whole factors with
/// nearest-neighbour (so that pixels stay visible) and centred.
struct Sheet {
  std::vector<std::string> column_titles;  ///< empty, or one per column
  std::vector<std::string> row_titles;     ///< empty, or one per row
  std::vector<std::vector<Image>> rows;    ///< rows[r][c]; an empty Image leaves the cell blank
  std::size_t gap_px = 8;
};

/// Draws the sheet on white with small dark captions (a built-in bitmap font, printable ASCII).
Image draw(const Sheet& sheet);

/// Absolute difference, channel mean, mapped to a dark-to-bright scale; `full_scale` is white-hot.
Image error_map(const Image& image, const Image& truth, float full_scale = 0.25F);

}  // namespace chorus
