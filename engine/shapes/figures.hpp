#pragma once

#include "drawing.hpp"
#include "problem.hpp"

namespace chorus::shapes {

/// Puts circles, ellipses and rounded rectangles of one radius in the place of closed borders that
/// are almost that, where the description (choices.hpp) gets shorter: they are 3, 4 or 5 numbers.
/// An ellipse has the area, centre and second moments of what the border encloses, which the pixels
/// have settled already. To be called last, since these borders are no longer free to move.
void settle_figures(const Problem& problem, Drawing& drawing);

}  // namespace chorus::shapes
