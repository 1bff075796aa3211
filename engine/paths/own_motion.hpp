#pragma once

#include <cstddef>

#include "motion.hpp"
#include "shapes.hpp"

namespace chorus {

/// The motion of a shape that remains after the motion of the whole picture: about a centre it is
/// stretched along x and y and then turned, and the centre moves.
struct OwnMotion {
  Point centre{};
  double angle = 0;     ///< radians, from x to y
  Point stretch{1, 1};  ///< negative for a reflection
  Point shift{};        ///< of the centre

  bool moves() const;
  /// The motion up to the fraction t of the way: t times the angle and the shift, and the stretch
  /// (1 - t) + t stretch, so that the edges of a bar that grows move at even speed.
  Affine power(double t) const;
};

/// A shape of one picture and one of the other, between which a motion is wanted.
struct ShapePair {
  const Drawing& from;
  std::size_t from_shape;
  const Drawing& to;
  std::size_t to_shape;

  const Shape& first() const { return from.shapes[from_shape]; }
  const Shape& second() const { return to.shapes[to_shape]; }
};

/// How two shapes cover each other after the first one has been moved: intersection over union.
struct Overlap {
  double all = 0;   ///< what one shape lacks where another one may hide it counts only in part
  double seen = 0;  ///< without what may be hidden
};
Overlap overlap_of(const ShapePair& pair, const Affine& motion);

/// Whether a shape that does not enclose this one is seen at a point, so that it may hide it there.
bool may_be_hidden(const Drawing& drawing, std::size_t shape, const Point& p);

struct FoundOwnMotion {
  OwnMotion own;
  Overlap overlap;        ///< after the motion
  double complexity = 0;  ///< how much the motion needs to explain: 0 for none

  double value() const { return overlap.all - complexity; }
};
/// The simplest motion that takes the first shape, moved by `whole`, to the second one: none, a
/// shift, a stretch, a turn or a reflection. Each must improve the overlap more than it is less
/// simple than the others. A turn with a shift is a turn about a fixed point; if that point is near
/// to the shape, it is the centre, so that a hand turns about its end and does not slide along a
/// chord.
FoundOwnMotion find_own_motion(const ShapePair& pair, const Affine& whole);

/// The same motion with its numbers improved by small steps.
FoundOwnMotion refine_own_motion(const ShapePair& pair, const Affine& whole,
                                 const FoundOwnMotion& found);

/// The same motion of `pair` with half a turn more or less, which explains a bar as well; its
/// numbers are improved by small steps.
FoundOwnMotion with_opposite_turn(const ShapePair& pair, const Affine& whole, const OwnMotion& own);

}  // namespace chorus
