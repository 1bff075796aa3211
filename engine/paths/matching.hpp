#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "shapes.hpp"

namespace chorus {

/// The motion of a shape that remains once it has followed the motion of the whole picture:
/// p -> centre + stretch (p - centre) + shift, with a stretch for x and one for y.
struct OwnMotion {
  Point centre{};
  Point stretch{1, 1};
  Point shift{};
  /// The motion up to the fraction t of the way: stretch to the power of t, and t times the shift.
  Affine power(double t) const;
};

/// Intersection over union of two filled regions, the first of which is moved by `whole`.
double overlap_of(const Shape& from, const Shape& to, const Affine& whole);
/// The motion from the moved shape `from` to `to`; no motion if their overlap is nearly complete.
OwnMotion own_motion(const Shape& from, const Shape& to, const Affine& whole, double overlap);

struct Match {
  std::optional<std::size_t> from, to;  ///< places in Drawing::shapes; at least one is there
  OwnMotion own;                        ///< if both shapes are there
  double overlap =
      0;  ///< of the two shapes, once the first has followed the whole picture's motion
  /// Whether one of the two has another counterpart: shapes part or come together.
  bool shared = false;
};

/// Decides which shape becomes which: an optimal assignment by overlap, place, size, proportions
/// and colour, in which shapes may stay alone, small ones sooner than large ones. Shapes that stay
/// alone then share the counterpart of another shape if it suits them: shapes part or come
/// together. `whole` is the motion of the whole picture. Matches that are not shared come first.
std::vector<Match> match_shapes(const Drawing& from, const Drawing& to, const Affine& whole);

}  // namespace chorus
