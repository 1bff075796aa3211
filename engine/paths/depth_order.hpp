#pragma once

#include <vector>

#include "matching.hpp"

namespace chorus {

/// For each match its place from back (0) to front, at both ends of a morph.
struct DepthOrder {
  std::vector<std::size_t> at_from, at_to;
};

/// Where two shapes of a picture overlap, the one that is seen there is in front. At each end this
/// is obeyed first, then what the other end says; elsewhere smaller shapes are in front. If the two
/// ends agree, both orders are the same, and nothing passes through anything.
DepthOrder depth_order(const Drawing& from, const Drawing& to, const std::vector<Match>& matches);

}  // namespace chorus
