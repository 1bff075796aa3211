#pragma once

#include "chorus/image.hpp"

namespace chorus {

/// The commonest colour of the border, with 8 bits per channel. Nearly equal colours count together
/// and give their mean.
Color border_color(const Image& image);

}  // namespace chorus
