#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "own_motion.hpp"
#include "shapes.hpp"

namespace chorus {

struct Match {
  std::optional<std::size_t> from, to;  ///< indices into Drawing::shapes; at least one is given
  OwnMotion own;                        ///< meaningful if both shapes are given
  Overlap overlap;                      ///< of the two shapes after all motion
  /// Whether one of the two shapes has another counterpart as well: it parts, or several come
  /// together.
  bool shared = false;
};

struct Matching {
  std::vector<Match> matches;  ///< those that are not shared come first
  /// The sum of the costs of all matches and of the shapes that stay alone: how much a motion of
  /// the whole picture leaves to explain.
  double cost = 0;
};

/// Decides which shape becomes which. This is an optimal assignment by overlap, place, size,
/// proportions and colour, in which shapes may stay alone, small ones at a lower cost than large
/// ones. A shape left alone then shares the counterpart of another shape if the two suit each
/// other. `whole` is the motion of the whole picture.
Matching match_shapes(const Drawing& from, const Drawing& to, const SimilarityMotion& whole);

/// For two pictures of the same thing, of which only `whole` moves: matches shapes that overlap
/// almost wholly, those with the largest overlap first. All others stay alone.
std::vector<Match> matches_without_own_motion(const Drawing& from, const Drawing& to,
                                              const Affine& whole);

}  // namespace chorus
