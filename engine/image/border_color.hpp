#pragma once

#include "chorus/image.hpp"

namespace chorus {

/// The commonest 8-bit colour of the border, nearly equal ones taken together: their mean.
Rgb border_color(const Image& image);

}  // namespace chorus
