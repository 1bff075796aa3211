#pragma once

#include <cstddef>
#include <functional>
#include <string_view>
#include <vector>

#include "chorus/image.hpp"

// Paths that need no idea of what the pictures show. Every path is compared with them, and a
// measure that one of them passes says little alone.

namespace chorus {

/// (1 - t) A + t B; and A up to the middle, then B.
std::vector<Image> cross_fade(const Image& a, const Image& b, std::size_t frames);
std::vector<Image> hard_cut(const Image& a, const Image& b, std::size_t frames);

/// A curtain: B on the left of an edge that moves over the picture, A on its right.
Image wipe(const Image& a, const Image& b, double t);
/// B within a disc that grows from the centre, A outside.
Image iris(const Image& a, const Image& b, double t);
/// A shrinks to a point in the first half, then B grows; around them the colour of their border.
Image shrink_and_grow(const Image& a, const Image& b, double t);
/// Each place changes from A to B at a moment of its own, neighbours at similar ones: patches of
/// both pictures, crisp, in all proportions.
Image camouflage(const Image& a, const Image& b, double t);

/// A path at each of `frames` equal steps of t.
std::vector<Image> frames_of(const std::function<Image(double)>& frame_at, std::size_t frames);

}  // namespace chorus
