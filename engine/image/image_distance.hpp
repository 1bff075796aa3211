#pragma once

#include "chorus/image.hpp"

// Differences in the look of two pictures of one size; equal pictures have 0. docs/measures.md
// gives the formulas, and says what each measure cannot see. Transparent pictures are compared over
// white and over black, and the mean counts. All functions throw std::invalid_argument if the
// sizes differ or there are no pixels.

namespace chorus {

/// Root mean square over pixels and channels.
double pixel_distance(const Image& a, const Image& b);

/// Compares the colours by their areas, wherever they are: the sliced Wasserstein distance. This is
/// the earth mover's distance between the projections of the colours on a line, relative to the
/// length of the projected colour cube, averaged over the 13 lines through the faces, edges and
/// corners of the cube.
double palette_distance(const Image& a, const Image& b);

/// 1 - intersection over union of the foregrounds. With alpha, a foreground pixel is at least half
/// opaque; without, it differs by more than 24/255 in some channel from the commonest colour of the
/// border. Two empty foregrounds are equal.
double silhouette_distance(const Image& a, const Image& b);

/// 1 - intersection over union of the edges, each widened by one pixel. At an edge pixel the Sobel
/// gradient of some channel is at least 0.1 per pixel, as at a step of 51 of 255 levels. Two images
/// without edges are equal.
double edge_distance(const Image& a, const Image& b);

/// The variation that no recolouring of regions explains: 1 - the correlation ratio (Roche,
/// Malandain, Pennec and Ayache 1998) of both images together, each explained by the flat regions
/// of the other. This is the squares of A about its means in B's regions plus those of B about its
/// means in A's regions, divided by the squares of both about their overall means. It is 0 if one
/// image is a recolouring of the other, and at most 1. Two images of one colour are equal.
double region_distance(const Image& a, const Image& b);

}  // namespace chorus
