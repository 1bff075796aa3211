#pragma once

#include <vector>

#include "matching.hpp"
#include "motion.hpp"
#include "shapes.hpp"

namespace chorus {

/// From this overlap (intersection over union) on, shapes of two pictures are the same.
constexpr double same_shape = 0.7;

/// Two drawings and which of their shapes belong together.
struct Matched {
  Drawing from, to;
  std::vector<Match> matches;
};

/// Finds the shapes that two pictures have in common, whatever their colours; all others stay
/// alone. `motion` takes the first picture to the second.
///
/// Shapes are common if they overlap by more than `least_overlap`. If nothing moves, a shape is
/// also common if it lies in pieces in the other picture: a heart that a bar cuts in two, or a body
/// of two colours. The drawing returned for the other picture then has a further shape of that form
/// in the mean colour of the pieces, and the pieces, which lie in front of it, stay alone.
Matched common_shapes(Drawing from, Drawing to, const SimilarityMotion& motion,
                      double least_overlap);

}  // namespace chorus
