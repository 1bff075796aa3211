#pragma once

#include <vector>

#include "matching.hpp"

namespace chorus {

/// Adds to each matched shape what its counterpart shows and what in its own picture lies behind
/// other shapes: the end of a rod that comes out of a cylinder was in the cylinder before. `whole`
/// is the motion of the whole picture.
void add_hidden_parts(Drawing& from, Drawing& to, const std::vector<Match>& matches,
                      const Affine& whole);

/// Looks again at shapes that seem to grow or to shrink beside a moving shape. If staying in place
/// explains all that is seen of them, since the moving one covers the rest, they stay in place: a
/// sun behind a curtain does not become broader when the curtain opens.
void keep_what_is_uncovered(const Drawing& from, const Drawing& to, std::vector<Match>& matches,
                            const Affine& whole);

/// Finds shapes without a counterpart that are behind a moving shape of the other picture, such as
/// what an open door shows, and adds them there, so that they neither come nor go but are
/// uncovered.
void add_covered_shapes(Drawing& from, Drawing& to, std::vector<Match>& matches,
                        const Affine& whole);

}  // namespace chorus
