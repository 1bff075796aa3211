#pragma once

#include <optional>
#include <vector>

#include "cutting.hpp"
#include "drawing.hpp"
#include "outlines.hpp"

// Changes of a drawing that may describe the picture as well with less, or better. Each gives the
// points whose surroundings are to be fitted anew, or nothing if it is impossible; the drawing is
// then no longer valid.

namespace chorus::shapes {

using Touched = std::optional<std::vector<int>>;

/// Makes segment i of a chain and the next one a line or an arc.
Touched join_with_next(Drawing& drawing, int chain, int i, bool as_arc);
/// Removes a short segment: its neighbours meet in its middle, or where they would cross.
Touched collapse(Drawing& drawing, int chain, int i, bool at_crossing);
Touched straighten(Drawing& drawing, int chain, int i);
Touched bend(Drawing& drawing, int chain, int i);
enum class Halves { alike, arc_then_line, arcs };
Touched split(Drawing& drawing, int chain, int i, Halves halves);
/// Cuts the outline that a chain came from anew.
Touched cut_anew(Drawing& drawing, int chain, const Outline& outline, const CutPrices& prices);
enum class Shape { rectangle, rounded_rectangle, circle, diamond };
/// Puts a simple shape in the place of a closed chain.
Touched replace_by(Drawing& drawing, int chain, Shape shape);

/// Draws closed chains of two arcs that are a circle, up to noise, as two halves that begin on its
/// left.
void level_circles(Drawing& drawing);

}  // namespace chorus::shapes
