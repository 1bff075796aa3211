#pragma once

#include <cstddef>
#include <vector>

#include "chorus/model.hpp"

namespace chorus {

/// The images of the shortest way from one image to another on which every line is that of a pair
/// that a training taught (Model::paths), both ends included. The length of a line is the distance
/// of its latents. The two ends alone if there is no such way.
std::vector<std::size_t> taught_route(const Model& model, std::size_t from, std::size_t to);

}  // namespace chorus
