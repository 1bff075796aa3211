#pragma once

#include <cstddef>
#include <functional>

#include "drawing.hpp"

// What drawings are like before any pixel is seen: segments continue each other smoothly, lines are
// level or upright, and coordinates lie on the half grid. Each is a residual, whose square is added
// to the misfit of the pixels; those that are capped lose against pixels that are of another
// opinion. Sources of the weights: docs/shapes.md.

namespace chorus::shapes {

struct Priors {
  double smooth = 8;          ///< times the sine between two ends that should continue each other
  double smooth_sine = 0.42;  ///< ends at a larger angle are a corner
  double upright = 50;        ///< times the deviation of nearly level or upright lines, in pixels
  double upright_cap = 4;
  double grid = 0;  ///< times the distance from the half grid, in pixels; used at the end
  double grid_cap = 9;
};

/// Finds the ends of segments that nearly continue each other.
void find_joints(Drawing& drawing, double largest_sine);
/// The sine of the angle of a joint.
double joint_sine(const Drawing& drawing, const SmoothJoint& joint);

enum class Direction { other, level, upright };
/// Whether a line is nearly level or upright: within 0.06 of its length, and not shorter than 0.7.
Direction direction_of(const Drawing& drawing, const Segment& segment);
/// What is wrong with a line that should have that direction, in pixels.
double misdirection(const Drawing& drawing, const Segment& segment, Direction direction);

/// The distance from the nearest multiple of 1/2.
double off_grid(double coordinate);
/// The distance from the nearest of the bulges of quarters and halves of a circle.
double off_quarters(double bulge);

/// The penalty of all priors.
double penalty(const Drawing& drawing, const Priors& priors);

}  // namespace chorus::shapes
