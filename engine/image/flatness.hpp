#pragma once

// The thresholds up to which neighbouring colours pass for one, all as the difference of a channel.
// They differ because each weighs other mistakes; none of them stands for another.

namespace chorus::flatness {

/// Sampling of training pixels (flat_pixels): what counts as flat is drawn seldom, so it must hold
/// nothing but one colour and the rounding of two 8-bit levels.
constexpr float sampled = 2.5F / 255;

/// Measure of paths (flat_share): decoded images have a faint mottle that no one sees, up to 8
/// levels.
constexpr float judged = 8.5F / 255;

/// Pixels to fit colour fields to (smooth_pixels): a gradient may change by this much from pixel to
/// pixel, whereas an edge changes by more.
constexpr float gradient = 0.06F;

/// Seeds of regions (segment): a colour that goes on changing in one direction by more than this is
/// on a soft border, of which regions must not be seeded.
constexpr float soft_border = 0.02F;

// Decoding has one more, which chorus/render.hpp states: a pixel whose centre is within 4 levels of
// all its neighbours' is not sampled any further.

}  // namespace chorus::flatness
