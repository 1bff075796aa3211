#pragma once

#include <cstddef>
#include <cstdint>

// The parameters of single primitives of chorus/call.hpp, which a Call points to. Plain data only,
// as there.

namespace chorus {

/// What draw_pixels reads and writes (k-th entry of index0 = image of the k-th group of rows).
///   index0  image of each group                       index1  table of images, image_fields each
///   index2  pixel numbers, per image the flat ones first, then edge pixels, then blended ones (see
///           PixelTable); neighbours in the list should be neighbours in the image
///   index3  visit of each group: how often its image was drawn before; it is data, not an
///           attribute, so that a recorded step can be replayed
///   in0     colours, one row of 3 per pixel, in pixel order, images one after another
///   out0    pixel centres (x, y) in [-1, 1]    out1  their colours    out2  their weights
/// Each group has `flat_rows` flat pixels, then others of `kinds`. The k-th of the n rows of a kind
/// is uniform in the k-th of n equal stretches of the image's pixels of that kind
/// (below_in_stretch), by the word weyl(Philox(seed; row, image), visit): the rows of a visit lie
/// apart, and successive visits soon reach all of a stretch, which lowers the variance of sums over
/// both. Row weights make the weighted sum over a group of any per-pixel quantity an unbiased
/// estimate of its sum over the pixels of `kinds` divided by the number of all pixels: draws of
/// `unblended` and of `blended` pixels add up to a mean over the image. Where the image or the
/// group has only flat pixels of `kinds` or only others, all rows are drawn from all of them; where
/// it has none, weights are 0.
enum class PixelKinds : std::uint32_t { all, unblended, blended };

struct PixelDraw {
  std::uint64_t seed = 0;
  PixelKinds kinds = PixelKinds::all;
  std::uint32_t flat_rows = 0;  ///< of the rows of each group
  /// Up to 1: coordinates are pixel centres. n: the rows behind the first flat_rows of a group
  /// stand for n x n points each, in consecutive rows of out0: one in each of the n x n cells of
  /// the pixel's square, along each axis uniform within area_jitter / 2 of a cell from its centre,
  /// from Philox(seed; row, image, visit, 1 + cell).
  std::uint32_t area_samples = 0;
  float area_jitter = 0;  ///< in [0, 1]
};

/// What palette_scores computes: out0(r, k) = max(lowest, -per_square times the squared distance of
/// entry k, at the row's place, from the row's colour).
///   in0  palettes, one row for each group: channel c of entry k in column c K + k; of colour
///        fields p + x gx + y gy, first all of p, then gx, then gy
///   in1  colours (r, c)
///   in2  places (x, y) of the rows; null where entries are constant
struct PaletteScores {
  float per_square = 0;
  float lowest = 0;
};

/// The rows of mean_samples: each group of pixels has `singles` pixels with one sample, then others
/// with `samples` samples each, in consecutive rows. out0 = mean of each pixel's samples; with
/// transpose_a the adjoint: in0 has pixels, out0 samples = in0 / the pixel's number of samples.
struct SampleGroups {
  std::uint32_t groups = 1;
  std::uint32_t singles = 0;  ///< in each group
  std::uint32_t samples = 1;
};

/// Entries of the image table of draw_pixels.
enum ImageField : std::size_t {
  image_first_pixel,  ///< row of the image's first pixel in the colours; also its place in index2
  image_flat_pixels,
  image_edge_pixels,  ///< neither flat nor blended
  image_blended_pixels,
  image_width,   ///< pixels
  image_height,  ///< pixels
  image_fields
};

/// Where a draw finds its pixels in the list of an image: `flat` ones from place `first` on, then
/// `others`. `all` counts the pixels of the image, but is at least 1: weights are divided by it.
struct PixelChoice {
  std::uint32_t first, flat, others, all;
};

constexpr PixelChoice choose_pixels(PixelKinds kinds, std::uint32_t flat, std::uint32_t edge,
                                    std::uint32_t blended) {
  const std::uint32_t seen = flat + edge + blended, all = seen > 0 ? seen : 1;
  if (kinds == PixelKinds::all) return {0, flat, edge + blended, all};
  if (kinds == PixelKinds::unblended) return {0, flat, edge, all};
  return {blended > 0 ? flat + edge : 0, 0, blended, all};
}

/// Adam (Kingma and Ba 2015, algorithm 1) with the step's scalars as data: in1 (1 x 3) holds the
/// schedule's factor, 1 / (1 - beta1^t) and 1 / (1 - beta2^t).
///   in0  gradient   out0  parameter   out1  first moment   out2  second moment
/// in0 may have several times the rows of the outputs: gradients one below the other, which are
/// added in this order. out3 is null, or in0 once more, which is cleared for the next step.
/// With index0, gradient row r belongs to row index0[r] of the three outputs, and other rows stay.
struct AdamUpdate {
  float rate = 0;
  float beta1 = 0;
  float beta2 = 0;
  float epsilon = 0;
};

}  // namespace chorus
