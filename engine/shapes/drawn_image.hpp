#pragma once

#include "chorus/image.hpp"
#include "drawing.hpp"

namespace chorus::shapes {

/// The picture that a drawing gives at any size, by exact areas, in premultiplied numbers
/// (chorus/image.hpp) with so many channels.
Image drawn_image(const Drawing& drawing, PixelSize size, std::size_t channels);

}  // namespace chorus::shapes
