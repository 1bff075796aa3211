#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "shapes.hpp"

namespace chorus {

/// The motion of a shape that remains after the motion of the whole picture, with separate
/// stretches for x and y: p -> centre + stretch (p - centre) + shift.
struct OwnMotion {
  Point centre{};
  Point stretch{1, 1};
  Point shift{};
  /// The motion up to the fraction t of the way: the t-th power of the stretch, and t times the
  /// shift.
  Affine power(double t) const;
};

/// Intersection over union of two filled regions after `whole` has moved the first one.
double overlap_of(const Shape& from, const Shape& to, const Affine& whole);
/// The motion that takes `from`, moved by `whole`, to `to`. No motion if they overlap almost
/// completely.
OwnMotion own_motion(const Shape& from, const Shape& to, const Affine& whole, double overlap);

struct Match {
  std::optional<std::size_t> from, to;  ///< indices into Drawing::shapes; at least one is given
  OwnMotion own;                        ///< meaningful if both shapes are given
  /// The overlap of the two shapes after the first has followed the motion of the whole picture.
  double overlap = 0;
  /// Whether one of the two shapes has another counterpart as well: it parts, or several come
  /// together.
  bool shared = false;
};

/// Decides which shape becomes which. This is an optimal assignment by overlap, place, size,
/// proportions and colour, in which shapes may stay alone, small ones at a lower cost than large
/// ones. A shape left alone then shares the counterpart of another shape if the two suit each
/// other. `whole` is the motion of the whole picture. Matches that are not shared come first.
std::vector<Match> match_shapes(const Drawing& from, const Drawing& to, const Affine& whole);

}  // namespace chorus
