#pragma once

#include "chorus/image.hpp"

namespace chorus {

/// The commonest colour in 8 bits a number of the border, nearly equal ones taken together: their
/// mean.
Color border_color(const Image& image);

}  // namespace chorus
