#pragma once

// The thresholds below which neighbouring colours count as one, each for the difference of a
// channel. They differ because their users differ in which mistakes are harmful.

namespace chorus::flatness {

/// For sampling training pixels (flat_pixels). Flat pixels are drawn seldom, so they must hold a
/// single colour, apart from the rounding to two 8-bit levels.
constexpr float sampled = 2.5F / 255;

/// For the measure of paths (flat_share). Decoded images have a faint mottle of up to 8 levels that
/// nobody sees.
constexpr float judged = 8.5F / 255;

/// For fitting colour fields (smooth_pixels). A gradient may change by this much from one pixel to
/// the next, while an edge changes by more.
constexpr float gradient = 0.06F;

/// For the seeds of regions (segment). A colour that keeps changing in one direction by more than
/// this is on a soft border, where no region may start.
constexpr float soft_border = 0.02F;

// Decoding has its own threshold, see chorus/render.hpp: a pixel whose centre is within 4 levels of
// all its neighbours' centres takes no further samples.

}  // namespace chorus::flatness
