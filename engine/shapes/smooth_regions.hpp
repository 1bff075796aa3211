#pragma once

#include <cstddef>
#include <optional>
#include <utility>
#include <vector>

#include "chorus/image.hpp"
#include "class_map.hpp"
#include "node_labels.hpp"

namespace chorus::shapes {

/// The one or two regions of the nodes of a pixel and of those next to it, the lesser first;
/// nothing if there are more.
std::optional<std::pair<int, int>> regions_of_pixel(const ClassMap& map, const NodeLabels& labels,
                                                    std::size_t x, std::size_t y);

/// For each region the neighbour with which it is one linear gradient, or -1: one plane for each
/// number explains the pixels of both, and those that lie across their common border, so there is
/// no edge. Of several neighbours the one that is explained best; no region is in two pairs. A
/// gradient that was proposed as a sequence of bands becomes one region by and by.
std::vector<int> smooth_partners(const Image& picture, const ClassMap& map,
                                 const NodeLabels& labels);

}  // namespace chorus::shapes
