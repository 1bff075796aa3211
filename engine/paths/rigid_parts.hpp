#pragma once

#include <vector>

#include "matching.hpp"

namespace chorus {

/// Lets shapes that touch move together where one motion explains both: the knob of a lever then
/// follows the arc of its rod, although a disc alone would seem to slide along the chord. Turns are
/// passed on first, then the motions of large shapes. `whole` is the motion of the whole picture.
void join_rigid_parts(std::vector<Match>& matches, const Drawing& from, const Drawing& to,
                      const Affine& whole);

}  // namespace chorus
