#pragma once

#include <vector>

#include "matching.hpp"

namespace chorus {

/// Where one of two pictures, of which none moves as a whole, has a shape in pieces, such as a
/// heart that a bar cuts in two, a stand-in is added to it: a shape of the whole form behind the
/// pieces, in their mean colour. It is matched with the whole shape; the pieces stay alone.
void add_stand_ins(Drawing& from, Drawing& to, std::vector<Match>& matches);

}  // namespace chorus
