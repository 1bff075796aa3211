#pragma once

#include "chorus/image.hpp"

namespace chorus {

/// Bicubic enlargement with edges as steep as flat pictures have them: the picture is enlarged 16
/// times (large ones less), each value is pushed away from the middle between the least and
/// the greatest value of the 3 x 3 pixels around its place by a factor of 4, not beyond these two,
/// and areas are averaged to the size that is wanted. A rival that knows nothing of any network.
/// Where the picture shrinks it is plain bicubic resampling.
Image steep_bicubic(const Image& image, PixelSize size);

}  // namespace chorus
