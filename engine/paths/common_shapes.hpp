#pragma once

#include <vector>

#include "matching.hpp"
#include "motion.hpp"
#include "shapes.hpp"

namespace chorus {

/// From this overlap (intersection over union) on, shapes of two pictures are the same.
constexpr double same_shape = 0.7;

/// The shapes that two pictures have in common, whatever their colours; all others are alone.
/// `motion` takes the first picture to the second.
///
/// In common are shapes that overlap by more than `least_overlap`. If
/// nothing moves, so is a shape that lies in pieces in the other picture: a heart that a bar cuts
/// in two, a body of two colours. Then a shape of that form is added to the other picture, behind
/// the pieces and in their mean colour; they are alone.
std::vector<Match> common_shapes(Drawing& from, Drawing& to, const SimilarityMotion& motion,
                                 double least_overlap);

}  // namespace chorus
