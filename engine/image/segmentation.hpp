#pragma once

#include <cstddef>
#include <vector>

#include "chorus/image.hpp"
#include "color_field.hpp"
#include "distance_transform.hpp"

namespace chorus {

/// A partition of a picture into connected regions of smooth colour.
struct Segmentation {
  PixelSize size;
  std::vector<int> region_of;       ///< the region of each pixel, row-major
  std::vector<ColorField> colors;   ///< indexed by region; sloped where it is a gradient
  std::vector<std::size_t> pixels;  ///< number of pixels, indexed by region
};

struct SegmentationOptions {
  float same_color = 0.13F;       ///< colours that are closer than this count as one
  std::size_t least_pixels = 24;  ///< smaller regions join their surroundings
  std::size_t most_regions = 60;  ///< if there are more, the smallest join their surroundings
};

/// Options whose least region is in proportion to the picture: 24 pixels for 192 x 192.
SegmentationOptions options_for(PixelSize size);

/// Seeded region growing (Adams and Bischof 1994). Seeds are the pixels whose colour is near to a
/// common one and that are not on a transition between two colours. The soft border between two
/// regions is then divided between them instead of becoming a region. Regions without a visible
/// border between them are joined to one with a colour gradient. Colours of images with alpha are
/// compared as balanced numbers (image.hpp). Throws std::invalid_argument if there is no pixel.
Segmentation segment(const Image& image, const SegmentationOptions& options = {});

/// The squared distance of each pixel from the nearest pixel that has a neighbour in another
/// region. If there is only one region, all results are larger than any distance in the picture.
std::vector<float> distances_from_borders(const Segmentation& segmentation);

/// A region together with everything that it encloses, that is, with the pixels that cannot be
/// reached from the edge of the picture without crossing the region.
Mask filled_region(const Segmentation& segmentation, int region);

}  // namespace chorus
