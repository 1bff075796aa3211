#pragma once

#include <set>
#include <vector>

#include "drawing.hpp"
#include "region_loops.hpp"

namespace chorus::shapes {

/// Alpha from here on is shown as 1, since eight bits do not tell the difference reliably.
inline constexpr double opaque_alpha = 1 - 1.5 / 255;

/// How much of what lies below a paint hides.
enum class Opacity { none, partial, full };

/// In which order the regions of a drawing are painted over each other, and how far they run under
/// those that come later. Larger regions come first; holes are painted over, unless something in
/// them lets through what lies below. What is transparent is not painted.
class PaintingOrder {
 public:
  /// `drawing` must outlive the object.
  explicit PaintingOrder(const Drawing& drawing);

  const std::vector<int>& regions() const { return order_; }  ///< in the order of painting
  const RegionLoops& loops(int region) const { return loops_[index(region)]; }
  /// Whether no region of the picture lets anything through.
  bool is_opaque() const { return is_opaque_picture_; }
  Opacity opacity(int region) const;
  /// Whether anything within a hole of a region lets through what lies below.
  bool shows_through(int region, const Loop& hole) const;
  /// Whether a region goes on below another one at their common border.
  bool runs_under(int region, int other) const;
  /// How far a region runs under that one, in pixels.
  double overlap_under(int other) const;

 private:
  static std::size_t index(int i) { return static_cast<std::size_t>(i); }

  void enclose();
  void find_thickness();
  void find_beside();

  const Drawing& drawing_;
  std::vector<RegionLoops> loops_;
  bool is_opaque_picture_;
  std::vector<int> order_, rank_;
  std::vector<double> thickness_;
  std::vector<std::set<int>> beside_;
};

}  // namespace chorus::shapes
