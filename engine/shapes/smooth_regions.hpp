#pragma once

#include <vector>

#include "chorus/image.hpp"
#include "class_map.hpp"
#include "node_labels.hpp"

namespace chorus::shapes {

/// For each region the neighbour with which it is one linear gradient, or -1: one plane for each
/// number explains the pixels of both, and those that lie across their common border, so there is
/// no edge. Of several neighbours the one that is explained best; no region is in two pairs. A
/// gradient that was proposed as a sequence of bands becomes one region by and by.
std::vector<int> smooth_partners(const Image& picture, const ClassMap& map,
                                 const NodeLabels& labels);

}  // namespace chorus::shapes
