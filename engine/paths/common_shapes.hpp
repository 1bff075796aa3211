#pragma once

#include <vector>

#include "matching.hpp"
#include "motion.hpp"
#include "shapes.hpp"

namespace chorus {

/// Two shapes count as the same if their overlap (intersection over union) is above this.
constexpr double same_shape = 0.7;

/// Two drawings, and which of their shapes belong together.
struct Matched {
  Drawing from, to;
  std::vector<Match> matches;
};

/// Finds the shapes that two pictures have in common, whatever their colours. All other shapes stay
/// alone. `motion` takes the first picture to the second.
///
/// Shapes are common if they overlap by more than `least_overlap`. If nothing moves, a shape is
/// also common if the other picture has it in pieces, such as a heart that a bar cuts in two. The
/// drawing returned for the other picture then has an additional shape of the whole form, a
/// stand-in, in the mean colour of the pieces. The pieces lie in front of it and stay alone.
Matched common_shapes(Drawing from, Drawing to, const SimilarityMotion& motion,
                      double least_overlap);

}  // namespace chorus
