#pragma once

#include "geometry.hpp"

// Lines and circular arcs in one formula. An arc from a to b is given by its bulge, the tangent of
// a quarter of the angle that it sweeps (as in DXF files): 0 is a line, 1 a half circle, and a
// positive bulge lies to the right of the way from a to b on the screen, where y points downwards.
// Arcs of almost no bulge are computed as parabolas, so that all results are smooth in the bulge.

namespace chorus::shapes {

enum class End { start, stop };

/// The bulge of a quarter of a circle: tan(pi / 8).
constexpr double quarter_bulge = 0.41421356237309503;

/// A place on an arc from (0, 0) to (1, 0).
struct UnitPlace {
  double along, across;
};
/// `u` in [0, 1] is the fraction of the arc's length.
UnitPlace unit_arc(double bulge, double u);

/// The places on such an arc at the fractions i / n of its length, one after the other: by turning
/// a radius again and again, which takes no sine for each.
class UnitArcWalk {
 public:
  UnitArcWalk(double bulge, int n);
  UnitPlace next();  ///< at i = 1, 2, ...

 private:
  double bulge_, step_;  ///< of a parabola
  int i_ = 0;
  bool is_flat_;
  double radius_ = 0, depth_ = 0;  ///< of the circle, and of its centre below the chord
  double turn_cos_ = 1, turn_sin_ = 0, cos_ = 1, sin_ = 0;
};

/// A place on the arc from a to b.
Point arc_point(Point a, Point b, double bulge, double u);
/// The unit vector that leaves an end of the arc along it, towards the other end.
Point leaving(Point a, Point b, double bulge, End end);
double arc_length(Point a, Point b, double bulge);
double arc_radius(Point a, Point b, double bulge);
/// Into how many chords an arc is cut so that none is farther than 0.002 px from it.
int chords_of(Point a, Point b, double bulge);
/// The bulge of each half of an arc.
double halved(double bulge);
/// The bulge of an arc over a chord that is `sagitta` away from it in the middle.
inline double bulge_of(double sagitta, double chord) { return 2 * sagitta / chord; }

/// Twice the area between a way and the origin, which adds up over a closed way to twice the area
/// within: positive for ways that run clockwise on the screen.
double swept(Point a, Point b, double bulge);

}  // namespace chorus::shapes
