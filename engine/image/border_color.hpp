#pragma once

#include "chorus/image.hpp"

namespace chorus {

/// The commonest 8-bit colour of the border. Nearly equal colours count together and give their
/// mean.
Rgb border_color(const Image& image);

}  // namespace chorus
