#pragma once

#include <cstddef>
#include <map>
#include <vector>

#include "class_map.hpp"

namespace chorus::shapes {

/// Connected regions of a class map, cleaned of what is too small to be a shape.
struct RegionMap {
  ClassMap nodes;                 ///< labels are regions; colors those of the regions
  std::vector<char> is_measured;  ///< of each region: whether a pixel lies wholly inside

  int regions() const { return static_cast<int>(nodes.colors.size()); }
};

/// The regions of a picture (balanced numbers). Specks, parts less than half a pixel wide and the
/// mixed colours of edges join their neighbours, and neighbours of one colour become one. The
/// colour of a region is the median of the pixels that lie wholly inside.
RegionMap find_regions(const Image& picture, const ClassMap& classes);

/// Gives pixels, listed in groups, to a new region each, and cleans again.
RegionMap with_new_regions(const Image& picture, const RegionMap& regions,
                           const std::vector<std::vector<std::size_t>>& groups);

}  // namespace chorus::shapes
