#pragma once

#include <cstddef>
#include <vector>

#include "chorus/image.hpp"

// Measures of a path: pictures that lead from one image to another. docs/measures.md says why
// these, and what each can be fooled by. All are taken on 8-bit values, at the size of the frames,
// which should be the training size; distances are root mean squares over pixels and channels.

namespace chorus {

/// The frames that paths are judged by, both ends included.
constexpr std::size_t judged_frames = 17;

struct PathScores {
  /// Sum of the steps over the distance of the ends: 1 is straight, a cross-fade; a detour is more.
  double length = 0;
  /// The largest step over the mean step: 1 is even, a hard cut has the number of steps.
  double step_max_over_mean = 0;
  /// Flat pixels of the mid-frames over those of the ends (means); crisp pictures have about 1.
  double flat_share = 0;
  /// Colour entropy of the mid-frames over that of the ends (means); colours that neither end has
  /// make it more than 1, and grey less.
  double entropy = 0;
  /// Double exposure of the mid-frames, see ghost_index(); the mean.
  double ghost = 0;
  /// Share of the steps that both leave the first image and near the last one.
  double monotone = 0;
};

/// Of at least 3 frames of one size. Mid-frames are those with t in [0.25, 0.75]; `ghost_frames` of
/// them (evenly spread; odd, so that t = 0.5 is one) have their ghost index taken. Where the ends
/// are equal, do not change or have neither flat pixels nor colours, the ratios stay finite: a
/// distance counts as at least 0.1 of a level of 255, a share as at least 1 pixel, an entropy as at
/// least 0.05 bits. Throws std::invalid_argument if there are fewer frames or sizes differ.
PathScores score_path(const std::vector<Image>& frames, std::size_t ghost_frames = 5);

/// (1 - t) A + t B, and A up to the middle, then B: what every path is shown beside.
std::vector<Image> cross_fade(const Image& a, const Image& b, std::size_t frames);
std::vector<Image> hard_cut(const Image& a, const Image& b, std::size_t frames);

/// Share of the pixels whose 3 x 3 neighbourhood (cut off at the border) differs by at most 8 of
/// 255 in each channel.
double flat_share(const Image& image);

/// Entropy in bits of the colours, each channel rounded to the nearest of 8 levels 0, 1/7, ..., 1.
double color_entropy(const Image& image);

/// What part of frames' structure a mixture of both ends explains beyond what moved or recoloured
/// copies of either explain, in [0, 1].
///
/// Over patches P of 9 x 9 pixels of a frame F, every third in x and y, with E(P) = the sum of
/// squares about the mean of each channel:
///   copy(P) = the least residual of P against a patch X of A or of B, moved by up to an eighth of
///     the size, in half pixels, as o_c + g_c X_c, with an offset o_c and a gain g_c of each
///     channel; unmoved also as o + G X, with a matrix G, for patches in which several colours
///     meet;
///   mix(P) = the least residual against the patches in place, as o_c + p A_c + q B_c, with p, q >
///   0
///     common to the channels (E if one of them is not positive), and 1 level for each number;
///   ghost = sum of max(0, copy - mix) / sum of E.
/// A and B are also tried blurred (Gaussian, sigma 1 and 2 pixels) in both, so that a blurred
/// cross-fade is one too; as p and q are free, so is a faint one or one at any t.
///
/// The mean over frames; 0 for those smaller than a patch.
double ghost_index(const std::vector<Image>& frames, const Image& a, const Image& b);

}  // namespace chorus
