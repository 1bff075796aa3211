#pragma once

#include <span>
#include <vector>

#include "drawing.hpp"

namespace chorus::shapes {

/// A drawing as a list of numbers, for files: what rasterize() and write_svg() need of it, though
/// an ellipse is no more than its arcs. Reading them gives the drawing with coordinates and colours
/// rounded to single precision.
std::vector<float> numbers_of(const Drawing& drawing);

/// Throws Error unless the numbers are those of a drawing: counts that add up, indices in range and
/// coordinates near the picture.
Drawing drawing_from(std::span<const float> numbers, PixelSize size);

}  // namespace chorus::shapes
