#pragma once

#include "chorus/call.hpp"

namespace chorus {

/// Op::draw_pixels with what a group has in common taken out of the loop over its pixels.
void draw_pixels_by_group(const Call& call);

}  // namespace chorus
