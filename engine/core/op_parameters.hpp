#pragma once

#include <cstddef>
#include <cstdint>

#include "chorus/call.hpp"

// Parameters of single primitives of chorus/call.hpp, to which a Call points. Plain data only, for
// the same reason as there.

namespace chorus {

/// The pixels of an image that a draw chooses from, see PixelTable.
enum class PixelKinds : std::uint32_t { all, unblended, blended };

/// The operands of draw_pixels. The k-th entry of index0 is the image of the k-th group of rows.
///   index0  image of each group
///   index1  table of images, with image_fields numbers each
///   index2  pixel numbers: for each image its flat pixels, then edge pixels, then blended ones
///           (see PixelTable); neighbours in the list should be neighbours in the image
///   index3  visit of each group: how often its image was drawn before. It is data rather than an
///           attribute, so that a recorded step can be replayed.
///   in0     colours, one row per pixel, in pixel order, images one after another
///   out0    pixel centres (x, y) in [-1, 1]
///   out1    their colours
///   out2    their weights
///
/// Each group has `flat_rows` flat pixels, then other pixels of `kinds`. The k-th of the n rows of
/// a kind is uniform in the k-th of n equal stretches of the image's pixels of that kind (see
/// below_in_stretch), by the word weyl(Philox(seed; row, image_number), visit). The rows of a visit
/// then lie apart, and successive visits soon cover a stretch. Both lower the variance of sums.
///
/// With the row weights, the weighted sum of any quantity over a group is an unbiased estimate of
/// its sum over the pixels of `kinds`, divided by the number of all pixels: draws of `unblended`
/// and of `blended` pixels add up to a mean over the image. If the image or the group has only flat
/// pixels of `kinds`, or only others, all rows are drawn from these. If it has none, weights are 0.
struct PixelDraw {
  std::uint64_t seed = 0;
  PixelKinds kinds = PixelKinds::all;
  std::uint32_t flat_rows = 0;  ///< number of flat rows in each group
  /// Up to 1: coordinates are pixel centres. Larger n: each row behind the first flat_rows of a
  /// group stands for n x n points, in consecutive rows of out0. There is one point in each of the
  /// n x n cells of the pixel's square, along each axis uniform within area_jitter / 2 of a cell
  /// from its centre, by Philox(seed; row, image_number, visit, 1 + cell).
  std::uint32_t area_samples = 0;
  float area_jitter = 0;  ///< in [0, 1]
};

/// The operands of sine_network and sine_network_gradient. Layer l computes
///
///   P = x weight^T + shift row (r / group);  sine = sin(P);  cosine = cos(P),
///
/// where x is in0 of sine_network (in2 of sine_network_gradient) for the first layer, and the sine
/// of the layer below for the others. Only the last sine and, for a gradient, all sines and cosines
/// have data.
///
/// sine_network_gradient takes the derivative U with respect to the last sine as in0, or as the
/// product in0 in1. From the last layer down, D = U cosine replaces the cosine, weight_gradient +=
/// D^T x, row g of shift_gradient += the sum of the rows of group g of D, and U = D weight.
struct SineNetwork {
  static constexpr std::size_t most_layers = 8;
  struct Layer {
    ConstView weight;
    const float* packed = nullptr;  ///< a packed copy of the weight, or null
    ConstView shift;                ///< one row for each group of rows of x
    View sine, cosine;
    View weight_gradient, shift_gradient;  ///< of sine_network_gradient; data may be null
  };
  std::size_t layers = 0;
  Layer layer[most_layers];
};

/// The operands of palette_scores. The result out0(r, k) is the larger of `lowest` and -per_square
/// times the squared distance of entry k, at the place of row r, from the colour of row r.
///   in0  palettes, one row for each group: channel c of entry k in column c K + k; for colour
///        fields p + x gx + y gy first all of p, then gx, then gy
///   in1  colours (r, c)
///   in2  places (x, y) of the rows; null if entries are constant
struct PaletteScores {
  float per_square = 0;
  float lowest = 0;
};

/// The rows of mean_samples. Each group of pixels has `singles` pixels with one sample, then others
/// with `samples` samples each, in consecutive rows. out0 is the mean of each pixel's samples. With
/// transpose_a it is the adjoint: in0 has pixels, and out0 has samples, each of which is in0
/// divided by the number of samples of its pixel.
struct SampleGroups {
  std::uint32_t groups = 1;
  std::uint32_t singles = 0;  ///< number of pixels in each group
  std::uint32_t samples = 1;
};

/// The entries of the image table of draw_pixels.
enum ImageField : std::size_t {
  image_first_pixel,  ///< row of the image's first pixel in the colours, and its place in index2
  image_flat_pixels,
  image_edge_pixels,  ///< edge pixels that are not blended
  image_blended_pixels,
  image_width,   ///< pixels
  image_height,  ///< pixels
  /// The image's number in the whole collection, from which random numbers are made. It is that of
  /// its row unless processes share the collection.
  image_number,
  image_fields
};

/// The pixels of an image's list that a draw chooses from: `flat` ones from place `first` on, then
/// `others`. `all` is the number of pixels of the image, but at least 1, since weights are divided
/// by it.
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

/// The operands of adam (Kingma and Ba 2015, algorithm 1). The numbers of the step are data: in1 (1
/// x 3) holds the factor of the schedule, 1 / (1 - beta1^t) and 1 / (1 - beta2^t).
///   in0   gradient; with several times the rows of the outputs, several gradients one below the
///         other, which are added in this order
///   out0  parameter
///   out1  first moment
///   out2  second moment
///   out3  null, or in0 once more, which is then set to zero for the next step
/// With index0, gradient row r belongs to row index0[r] of the outputs, and other rows stay.
struct AdamUpdate {
  float rate = 0;
  float beta1 = 0;
  float beta2 = 0;
  float epsilon = 0;
};

}  // namespace chorus
