#pragma once

#include <vector>

#include "chorus/image.hpp"

// Measures of a path that a curtain or a detour through nothing does not pass. Frames have 8-bit
// values and one size.

namespace chorus {

/// Of what both ends show at the same place in the same colour, and which is not the colour of
/// their border: the fraction that stays so in the worst frame. 1 if the ends have nothing of this
/// kind. Equal are colours within 16 of 255 levels in each channel; gone are those that differ by
/// more than 64.
double permanence(const std::vector<Image>& frames);

/// The fraction of what changes between the ends that pops up on the way: pixels whose colour
/// differs by more than 64 of 255 levels in a channel from all pixels within a twentieth of the
/// size (at least 1 pixel) in the frame before. The sum over all steps, relative to the pixels in
/// which the ends differ by as much; 0 if there are none.
double popped(const std::vector<Image>& frames);

/// How steep the edges of a picture are: the sum of the squared differences of neighbouring pixels
/// (of the channel that differs most) over the sum of the differences; 0 for a picture of one
/// colour.
double edge_contrast(const Image& image);

}  // namespace chorus
