#pragma once

#include <cstddef>
#include <vector>

#include "chorus/image.hpp"
#include "distance_transform.hpp"
#include "palette_fit.hpp"

namespace chorus {

/// A picture as a partition into connected regions of smooth colour.
struct Segmentation {
  PixelSize size;
  std::vector<int> region_of;       ///< a number for each pixel, row-major
  std::vector<ColorField> colors;   ///< of each region: constant, or a plane where it is a gradient
  std::vector<std::size_t> pixels;  ///< of each region
};

struct SegmentationOptions {
  float same_color = 0.13F;       ///< distance in RGB below which two colours are one
  std::size_t least_pixels = 24;  ///< a smaller region joins its surroundings
  std::size_t most_regions = 60;  ///< beyond these the smallest join theirs
};

/// The smallest region in proportion to the picture: 24 pixels of 192 x 192.
SegmentationOptions options_for(PixelSize size);

/// Regions grow from the pixels that are no transitions between two colours and near to one of the
/// common colours (seeded region growing, Adams and Bischof 1994), so that the soft border between
/// two regions is shared between them and no region of its own. Regions without a visible border
/// between them are one, with a plane of colour. Throws std::invalid_argument if there is no pixel.
Segmentation segment(const Image& image, const SegmentationOptions& options = {});

/// The squared distance of each pixel from the nearest that has a neighbour of another region;
/// larger than any distance in the picture if there is but one region.
std::vector<float> distances_from_borders(const Segmentation& segmentation);

/// The region with what it encloses: all that cannot be reached from outside without crossing it.
Mask filled_region(const Segmentation& segmentation, int region);

}  // namespace chorus
