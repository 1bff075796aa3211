#pragma once

#include "chorus/image.hpp"

// How different two pictures of one size look: 0 for equal ones. Formulas and what each is blind to
// are in docs/measures.md. All throw std::invalid_argument if the sizes differ or there are no
// pixels.

namespace chorus {

/// Root mean square over pixels and channels.
double pixel_distance(const Image& a, const Image& b);

/// Colours by their area, wherever they are: the sliced Wasserstein distance of the colours, that
/// is the earth mover's distance of their projections on a line (here in units of the line's range
/// over the cube of colours), averaged over the 13 lines through the cube's faces, edges and
/// corners.
double palette_distance(const Image& a, const Image& b);

/// 1 - intersection over union of the pixels that are not background: further than 24/255 in some
/// channel from the commonest colour of the border. Two empty silhouettes are equal.
double silhouette_distance(const Image& a, const Image& b);

/// 1 - intersection over union of the edges, each widened by one pixel. An edge pixel has a Sobel
/// gradient of at least 0.1 per pixel in some channel, as a step of 51 of 255 has. Two images
/// without edges are equal.
double edge_distance(const Image& a, const Image& b);

/// How little a recolouring of regions explains: 1 - the correlation ratio (Roche, Malandain,
/// Pennec and Ayache 1998) of both images together, each explained by the flat regions of the
/// other: (the squares of A about its means in B's regions + those of B about its means in A's) /
/// (the squares of both about their means). 0 if one is a recolouring of the other; two images of
/// one colour are equal. At most 1.
double region_distance(const Image& a, const Image& b);

}  // namespace chorus
