#pragma once

#include <cstddef>

#include "chorus/image.hpp"

namespace chorus {

// Measures made for flat pictures: areas of one colour each with edges between them. A viewer sees
// at once whether an area has its colour and whether an edge is in its place. PSNR mixes the two,
// and hardly notices an edge that is displaced by a fraction of a pixel.

/// Sums over the edges of a picture, which can be added up over pictures.
struct EdgeErrors {
  std::size_t edges = 0;  ///< places at which a row or a column crosses an edge of the truth
  double sum_px = 0;      ///< of the displacements there, in pixels of the truth
};

/// How far the edges of `image` lie from those of `truth`.
///
/// In each row and each column of the truth, an edge is a change from a colour A to a colour B
/// within at most two pixels, between runs of at least two pixels of A and of B (to 1 of 255 levels
/// in each channel), which differ by 0.1 or more (Euclidean). If p and q are the values of truth
/// and image along it, the displacement is |sum over (q - p) . (A - B)| / |A - B|^2: a sharp edge
/// with the integral of q would lie so many pixels away. The sum goes over the change and, on
/// either side, half of the run, at most `reach_px` pixels; no displacement is larger than that.
/// Lines are horizontal or vertical, and edges crossed in at most two pixels are not far from
/// upright to them, so that a displacement is at most about sqrt(2) times the distance between the
/// edges.
///
/// Blind to: blur that is even on both sides, colours far from edges, thin lines and gradients.
/// Colours are those over white and over black, averaged, if the images have alpha. Throws
/// std::invalid_argument if the images differ in size.
EdgeErrors edge_errors(const Image& image, const Image& truth, std::size_t reach_px);

/// The share of pixels, in [0, 1], whose 8-bit values differ by at most one level in each channel.
/// Images with alpha are compared in straight colours and alpha. Blind to: how large other
/// differences are. Throws std::invalid_argument if the images differ in size.
double exact_share(const Image& image, const Image& truth);

}  // namespace chorus
