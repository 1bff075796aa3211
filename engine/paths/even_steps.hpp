#pragma once

#include <cstddef>
#include <functional>
#include <vector>

#include "chorus/image.hpp"

namespace chorus {

/// Finds steps + 1 places from 0 to 1 whose frames are nearly equally far from their neighbours. In
/// each round places move along the measured lengths, until the longest step is within 1 % of the
/// mean, or for 12 rounds; the best round is returned. If frames do not change at all, places are
/// equally spaced. Throws std::invalid_argument if `steps` is 0.
std::vector<double> places_of_even_steps(const std::function<Image(double)>& frame_at,
                                         std::size_t steps);

/// The value at t of the polyline through (0, values[0]), (1 / n, values[1]), ... (1, values[n]).
double on_polyline(const std::vector<double>& values, double t);

}  // namespace chorus
