#pragma once

#include "drawing.hpp"
#include "solver.hpp"

namespace chorus::shapes {

/// Finds the colours of all regions, given their shapes. A region that covers pixels wholly has the
/// median of these, or the field of least squares where that explains them better. Another one has
/// the colour of least squares of the pixels that it shares, and if a measured colour is near,
/// that one, because drawings use few colours.
void find_paints(const Problem& problem, Drawing& drawing);

}  // namespace chorus::shapes
