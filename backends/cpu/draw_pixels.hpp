#pragma once

#include "chorus/call.hpp"

namespace chorus {

/// Op::draw_pixels, with the work that the pixels of a group share taken out of the loop over them.
void draw_pixels_by_group(const Call& call);

}  // namespace chorus
