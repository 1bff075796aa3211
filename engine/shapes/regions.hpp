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

/// What a drawing of a region map showed to be wrong with it.
struct Revision {
  std::vector<std::vector<std::size_t>> new_regions;  ///< the pixels of each
  std::vector<int> gone;  ///< regions without area, which join the neighbour of longest border
};
RegionMap revised(const Image& picture, const RegionMap& regions, const Revision& revision);

}  // namespace chorus::shapes
