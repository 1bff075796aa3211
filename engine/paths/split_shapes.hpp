#pragma once

#include <vector>

#include "matching.hpp"

namespace chorus {

/// Cuts each shape that has several counterparts into as many pieces, along the lines that are
/// equally far from neighbouring counterparts when these are laid on the shape. Each piece then
/// becomes its own counterpart, and nothing is shared. A shape of which a piece would be hardly
/// anything stays whole. `whole` is the motion of the whole picture.
void split_shared_shapes(Drawing& from, Drawing& to, std::vector<Match>& matches,
                         const Affine& whole);

}  // namespace chorus
