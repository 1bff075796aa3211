#pragma once

#include "field.hpp"
#include "segmentation.hpp"

namespace chorus {

/// p -> A p + b.
struct Affine {
  double xx = 1, xy = 0, yx = 0, yy = 1;  ///< A, row by row
  double x = 0, y = 0;                    ///< b

  Point operator()(const Point& p) const {
    return {xx * p[0] + xy * p[1] + x, yx * p[0] + yy * p[1] + y};
  }
  double determinant() const { return xx * yy - xy * yx; }
};
/// The composition: first `inner`, then `outer`.
Affine after(const Affine& outer, const Affine& inner);
/// Throws std::invalid_argument if the determinant is 0.
Affine inverse(const Affine& affine);

/// The square root of the factor by which areas grow.
float scale_of(const Affine& affine);
/// Grows the box (low, high) so that it contains another box, moved.
void include_box(Point& low, Point& high, const Point& other_low, const Point& other_high,
                 const Affine& moved);

/// A turn, a scaling and a shift of the plane: z -> e^(log_scale + i angle) z + b in complex
/// numbers.
struct SimilarityMotion {
  double angle = 0;      ///< radians, from x to y
  double log_scale = 0;  ///< natural logarithm
  double x = 0, y = 0;   ///< b

  bool moves() const { return angle != 0 || log_scale != 0 || x != 0 || y != 0; }
  /// The fraction t of the motion: 0 is no motion, 1 is all of it, and two halves one after the
  /// other make the whole. It follows a spiral about the fixed point: t times the angle, and the
  /// scale to the power of t.
  Affine power(double t) const;
};

/// The forms in a picture, without their colours.
struct Outlines {
  Segmentation segmentation;
  Mask background;  ///< the complement of the silhouette
};

struct FoundMotion {
  SimilarityMotion motion;  ///< in the coordinates of Plane
  double left = 0;          ///< remaining disagreement, from 0 (none) to 1 (nothing in common)
};
/// Finds the motion of one picture that makes it most similar to another. Silhouettes and borders
/// of regions are compared, but not colours. Returns no motion if the best one explains hardly more
/// than staying in place does, or if it leaves much disagreement. Throws std::invalid_argument if
/// the sizes differ.
FoundMotion find_motion(const Outlines& from, const Outlines& to);

}  // namespace chorus
