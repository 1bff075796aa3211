#pragma once

#include <vector>

#include "geometry.hpp"
#include "regions.hpp"

namespace chorus::shapes {

/// A border as it runs between the nodes of a region map.
struct Outline {
  std::vector<Point> points;  ///< pixels; the first is also the last if it is closed
  int left = 0, right = 0;    ///< regions, as in Chain
  int first_junction = -1, last_junction = -1;  ///< -1 if it is closed

  bool is_closed() const { return first_junction < 0; }
};

struct Outlines {
  std::vector<Outline> outlines;
  std::vector<Point> junctions;  ///< where three or more regions meet
};

/// The borders of all regions, by marching squares. Region `regions()` is what lies outside.
Outlines trace(const RegionMap& regions);

}  // namespace chorus::shapes
