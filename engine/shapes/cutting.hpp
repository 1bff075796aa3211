#pragma once

#include <vector>

#include "drawing.hpp"
#include "outlines.hpp"

namespace chorus::shapes {

/// What a cut of an outline into lines and arcs costs: a price for each piece and the squared
/// distances of the outline from the pieces, in units of the noise.
struct CutPrices {
  double noise_px = 0.07;
  double line = 3, arc = 4.5;
};

/// The cut of least cost, by dynamic programming over the samples of an outline. Lines are fitted
/// by total least squares, arcs by Kåsa's method (1976), both from prefix sums of moments.
/// `next_point` is the index that the first new point of `drawing` gets. Returns an impossible
/// chain if the outline is too short. New points are added to the drawing.
Chain cut(const Outline& outline, const CutPrices& prices, Drawing& drawing, int first_point,
          int last_point);

/// The drawing of a region map, whose outlines are cut. Paints are the colours of the regions.
Drawing draw_outlines(const RegionMap& regions, const Outlines& outlines);

}  // namespace chorus::shapes
