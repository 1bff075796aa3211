#pragma once

#include <vector>

#include "painting_order.hpp"
#include "path_pen.hpp"

namespace chorus::shapes {

/// The outlines of a drawing's regions as they are painted: where one is painted later, a region
/// runs a little under it, so that no renderer shows the ground between them.
class RegionOutline {
 public:
  /// Drawing and order must outlive the object.
  RegionOutline(const Drawing& drawing, const PaintingOrder& order)
      : drawing_(drawing), order_(order) {}

  /// The borders of a region that are drawn: its parts, and the holes that show something.
  std::vector<const Loop*> loops(int region) const;
  void draw(PathPen& pen, const Loop& loop, int region) const;

 private:
  static std::size_t index(int i) { return static_cast<std::size_t>(i); }

  Point away(const Segment& s, End end) const;
  Point between_borders(int point, int chain, int other, Point tangent, Point normal) const;
  void draw_under(PathPen& pen, const Walked& walked, const std::vector<Segment>& segments,
                  int other) const;

  const Drawing& drawing_;
  const PaintingOrder& order_;
};

}  // namespace chorus::shapes
