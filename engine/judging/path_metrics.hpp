#pragma once

#include <cstddef>
#include <vector>

#include "chorus/image.hpp"

// Measures of a path, a sequence of pictures from one image to another. docs/measures.md gives the
// reasons for them and says how each can be fooled. All are taken on 8-bit values at the size of
// the frames, which should be the training size. Distances are root mean squares over pixels and
// channels.

namespace chorus {

/// The number of frames that paths are judged by, both ends included.
constexpr std::size_t judged_frames = 17;

struct PathScores {
  /// Sum of the steps relative to the distance of the ends: 1 for a straight path, such as a
  /// cross-fade, and more for a detour.
  double length = 0;
  /// The largest step relative to the mean step: 1 if steps are even; a hard cut has the number of
  /// steps.
  double step_max_over_mean = 0;
  /// Fraction of flat pixels in the mid-frames relative to the ends (means); about 1 if pictures
  /// stay crisp.
  double flat_share = 0;
  /// Colour entropy of the mid-frames relative to the ends (means): above 1 for colours that
  /// neither end has, below 1 for grey.
  double entropy = 0;
  /// Double exposure of the mid-frames (mean), see ghost_index().
  double ghost = 0;
  /// Fraction of the steps that lead away from the first image and towards the last one.
  double monotone = 0;
  /// Contrast of the edges of the mid-frames relative to the ends (means): about 1 if they stay
  /// sharp.
  double contrast = 0;
  double permanence = 0;  ///< of what both ends share, see permanence()
  double popped = 0;      ///< what comes out of nothing, see popped()
};

/// Scores a path of at least 3 frames of one size. Mid-frames are those with t in [0.25, 0.75]. The
/// ghost index is taken of `ghost_frames` of them, evenly spread; an odd number includes t = 0.5.
/// Ratios stay finite if the ends are equal or have neither flat pixels nor colours, because a
/// distance counts as at least 0.1 of 255 levels, a fraction as at least 1 pixel and an entropy as
/// at least 0.05 bits. Throws std::invalid_argument if there are fewer frames or sizes differ.
PathScores score_path(const std::vector<Image>& frames, std::size_t ghost_frames = 5);

/// Fraction of the pixels whose 3 x 3 neighbourhood (cut off at the border) differs by at most 8 of
/// 255 levels in each channel.
double flat_share(const Image& image);

/// Entropy in bits of the colours, with each channel rounded to the nearest of 8 levels 0, 1/7,
/// ..., 1.
double color_entropy(const Image& image);

/// The longer side to which ghost_index() reduces larger images, in pixels.
constexpr std::size_t largest_ghost_px = 64;

/// The fraction of the structure of frames that a mixture of both ends explains, but moved or
/// recoloured copies of either end do not; in [0, 1].
///
/// P are the patches of 9 x 9 pixels of a frame, every third in x and y, and E(P) is the sum of
/// squares about the mean of each channel.
///   copy(P) is the least residual of P against a patch X of A or of B, moved by up to an eighth of
///     the size in steps of half a pixel, as o_c + g_c X_c with an offset o_c and a gain g_c of
///     each channel. Unmoved patches are also tried as o + G X with a matrix G, for patches in
///     which several colours meet.
///   mix(P) is the least residual against the patches in place as o_c + p A_c + q B_c, with p and q
///     common to the channels, plus 1 level for each number. It is E(P) unless both p and q are
///     positive.
///   ghost = sum of max(0, copy - mix) / sum of E
/// For both residuals A and B are also tried blurred (Gaussian, sigma 1 and 2 pixels), so that a
/// blurred cross-fade counts as one. As p and q are free, so does a faint one, or one at any t.
///
/// The time grows with the fourth power of the size, since displacements grow with it. Images above
/// `largest_ghost_px` are therefore reduced to that size by the box filter before they are
/// compared.
///
/// Returns the mean over frames; 0 for frames smaller than a patch.
double ghost_index(const std::vector<Image>& frames, const Image& a, const Image& b);

}  // namespace chorus
