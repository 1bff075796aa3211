#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "shapes.hpp"

namespace chorus {

/// How a shape goes to the one that it becomes, once it has followed the motion of the whole
/// picture: p -> centre + stretch (p - centre) + shift, with a stretch for x and one for y.
struct OwnMotion {
  Point centre{};
  Point stretch{1, 1};
  Point shift{};
  /// The part t of it: stretch to the power of t, shift t times, about the centre.
  Affine power(double t) const;
};

/// Intersection over union of two filled regions, the first moved.
double overlap_of(const Shape& from, const Shape& to, const Affine& whole);
/// None where the two overlap so well that none is needed.
OwnMotion own_motion(const Shape& from, const Shape& to, const Affine& whole, double overlap);

struct Match {
  std::optional<std::size_t> from, to;  ///< at least one of the two
  OwnMotion own;                        ///< if both
  double overlap = 0;  ///< of both: intersection over union after the motion of the whole alone
  /// One of the two has another counterpart: shapes part or come together.
  bool shared = false;
};

/// Which shape becomes which: an optimal assignment by overlap, place, size, proportions and
/// colour, in which shapes may stay alone, small ones sooner than large ones. Those that are alone
/// then share the counterpart of another if it suits them: the shapes part or come together.
/// `whole` is the motion of the whole picture. Matches that share nothing come first.
std::vector<Match> match_shapes(const Drawing& from, const Drawing& to, const Affine& whole);

}  // namespace chorus
