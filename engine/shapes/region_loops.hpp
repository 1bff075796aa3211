#pragma once

#include <vector>

#include "drawing.hpp"

namespace chorus::shapes {

/// A chain on the border of a region, walked so that the region lies to the left.
struct Walked {
  int chain;
  bool is_forward;
};
using Loop = std::vector<Walked>;

/// The closed borders of a region.
struct RegionLoops {
  std::vector<Loop> parts;  ///< each encloses a part of the region, and maybe holes; largest first
  std::vector<Loop> holes;
  double filled_area = 0;  ///< within all parts, in square pixels
};

/// For each region; a region without area has none. What encloses next to nothing is left out.
std::vector<RegionLoops> find_loops(const Drawing& drawing);

/// The segments of a walked chain, in order and turned as they are walked.
std::vector<Segment> walked_segments(const Drawing& drawing, const Walked& walked);
/// The region on the other side.
int beyond(const Drawing& drawing, const Walked& walked);

}  // namespace chorus::shapes
