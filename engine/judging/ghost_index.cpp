#include <Eigen/Cholesky>
#include <Eigen/Core>
#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <stdexcept>
#include <vector>

#include "alpha.hpp"
#include "path_metrics.hpp"
#include "resample.hpp"

namespace chorus {

namespace {

constexpr std::size_t patch_px = 9;
constexpr std::size_t patch_numbers = patch_px * patch_px;
constexpr std::size_t stride_px = 3;
/// The energy that rounding to 8 bits leaves in a patch; a patch with less counts as flat.
constexpr float flat_energy = static_cast<float>(patch_numbers) / (255.0F * 255.0F);

/// A channel with a margin on all sides, in which its border is repeated.
struct PaddedChannel {
  std::size_t width, height;  ///< with the margins
  std::vector<float> values;
  const float* at(std::size_t x, std::size_t y) const { return &values[y * width + x]; }
};

/// A picture to compare patches with. For each of its patches, named by the upper left pixel, it
/// has the sum and the energy (the sum of squares about the mean).
struct PatchView {
  std::array<PaddedChannel, 3> channel;
  std::array<std::vector<float>, 3> sum, energy;
};

PaddedChannel padded(const Image& image, std::size_t c, std::size_t margin) {
  PaddedChannel plane{image.width + 2 * margin, image.height + 2 * margin, {}};
  const auto inside = [margin](std::size_t i, std::size_t n) {
    return std::min(std::max(i, margin) - margin, n - 1);
  };
  for (std::size_t y = 0; y < plane.height; ++y)
    for (std::size_t x = 0; x < plane.width; ++x)
      plane.values.push_back(image.pixel(inside(x, image.width), inside(y, image.height))[c]);
  return plane;
}

PatchView view_of(const Image& image, std::size_t margin) {
  PatchView view;
  for (std::size_t c = 0; c < 3; ++c) {
    const PaddedChannel& plane = view.channel[c] = padded(image, c, margin);
    view.sum[c].resize(plane.values.size());
    view.energy[c].resize(plane.values.size());
    for (std::size_t y = 0; y + patch_px <= plane.height; ++y)
      for (std::size_t x = 0; x + patch_px <= plane.width; ++x) {
        float sum = 0, squares = 0;
        for (std::size_t v = 0; v < patch_px; ++v)
          for (std::size_t u = 0; u < patch_px; ++u) {
            const float value = *plane.at(x + u, y + v);
            sum += value;
            squares += value * value;
          }
        view.sum[c][y * plane.width + x] = sum;
        view.energy[c][y * plane.width + x] =
            std::max(0.0F, squares - sum * sum / static_cast<float>(patch_numbers));
      }
  }
  return view;
}

/// Convolves along both axes with an odd number of weights, repeating the border.
Image filtered(const Image& image, const std::vector<float>& along_x,
               const std::vector<float>& along_y) {
  const auto pass = [](const Image& from, const std::vector<float>& weights, bool horizontal) {
    Image to(from.width, from.height);
    const std::size_t reach = weights.size() / 2;
    for (std::size_t y = 0; y < from.height; ++y)
      for (std::size_t x = 0; x < from.width; ++x)
        for (std::size_t k = 0; k < weights.size(); ++k) {
          const auto shifted = [&](std::size_t i, std::size_t n) {
            return std::min(std::max(i + k, reach) - reach, n - 1);
          };
          const float* source = horizontal ? from.pixel(shifted(x, from.width), y)
                                           : from.pixel(x, shifted(y, from.height));
          for (std::size_t c = 0; c < 3; ++c) to.pixel(x, y)[c] += weights[k] * source[c];
        }
    return to;
  };
  return pass(pass(image, along_x, true), along_y, false);
}

std::vector<float> gaussian(float sigma_px) {
  const int reach = static_cast<int>(std::ceil(3 * sigma_px));
  std::vector<float> weights;
  float sum = 0;
  for (int i = -reach; i <= reach; ++i) {
    const float x = static_cast<float>(i) / sigma_px;
    weights.push_back(std::exp(-0.5F * x * x));
    sum += weights.back();
  }
  for (float& weight : weights) weight /= sum;
  return weights;
}

/// The forms in which an end of the path may appear in a frame. The first element of `sharp` is the
/// image itself; the others are moved by half a pixel.
struct End {
  std::vector<PatchView> sharp, blurred;
};

End make_end(const Image& image, std::size_t margin) {
  const std::vector<float> stay = {1}, half = {0, 0.5F, 0.5F};
  End end;
  for (const std::vector<float>* y : {&stay, &half})
    for (const std::vector<float>* x : {&stay, &half})
      end.sharp.push_back(view_of(filtered(image, *x, *y), margin));
  for (const float sigma_px : {1.0F, 2.0F})
    end.blurred.push_back(view_of(filtered(image, gaussian(sigma_px), gaussian(sigma_px)), margin));
  return end;
}

/// A patch of the frame, less the mean of each channel.
struct Patch {
  /// The upper left pixel; in padded views, that of the copy moved farthest up and left.
  std::size_t x, y;
  std::array<std::array<float, patch_numbers>, 3> values;
  std::array<float, 3> energy;
  float total_energy;
};

Patch take_patch(const Image& frame, std::size_t x, std::size_t y) {
  Patch patch{x, y, {}, {}, 0};
  for (std::size_t c = 0; c < 3; ++c) {
    float mean = 0;
    for (std::size_t k = 0; k < patch_numbers; ++k) {
      patch.values[c][k] = frame.pixel(x + k % patch_px, y + k / patch_px)[c];
      mean += patch.values[c][k] / static_cast<float>(patch_numbers);
    }
    for (float& value : patch.values[c]) {
      value -= mean;
      patch.energy[c] += value * value;
    }
    patch.total_energy += patch.energy[c];
  }
  return patch;
}

/// The inner product of a channel of a patch with one of a view.
float product_of(const std::array<float, patch_numbers>& values, const PatchView& view,
                 std::size_t c, std::size_t x, std::size_t y) {
  float sum = 0;
  for (std::size_t v = 0; v < patch_px; ++v) {
    const float* row = view.channel[c].at(x, y + v);
    for (std::size_t u = 0; u < patch_px; ++u) sum += values[v * patch_px + u] * row[u];
  }
  return sum;
}

/// The least residual against p A + q B in place, or the energy of the patch unless p and q are
/// positive.
float mix_residual(const Patch& patch, const PatchView& a, const PatchView& b, std::size_t margin) {
  double aa = 0, bb = 0, ab = 0, fa = 0, fb = 0;
  const std::size_t x = patch.x + margin, y = patch.y + margin;
  for (std::size_t c = 0; c < 3; ++c) {
    const std::size_t place = y * a.channel[c].width + x;
    aa += a.energy[c][place];
    bb += b.energy[c][place];
    fa += product_of(patch.values[c], a, c, x, y);
    fb += product_of(patch.values[c], b, c, x, y);
    for (std::size_t v = 0; v < patch_px; ++v)
      for (std::size_t u = 0; u < patch_px; ++u)
        ab += *a.channel[c].at(x + u, y + v) * *b.channel[c].at(x + u, y + v);
    ab -= double{a.sum[c][place]} * double{b.sum[c][place]} / patch_numbers;
  }
  const double determinant = aa * bb - ab * ab;
  if (determinant <= 1e-6 * aa * bb) return patch.total_energy;
  const double p = (fa * bb - fb * ab) / determinant, q = (fb * aa - fa * ab) / determinant;
  if (p <= 0 || q <= 0) return patch.total_energy;
  return static_cast<float>(std::max(0.0, patch.total_energy - p * fa - q * fb));
}

/// The least residual against a patch in place whose colours may change by any affine map.
/// Recolouring does so where several colours meet.
float recolored_residual(const Patch& patch, const PatchView& view, std::size_t margin) {
  const std::size_t x = patch.x + margin, y = patch.y + margin;
  // Inner products of the view's channels with each other, and with the patch's channels (columns).
  Eigen::Matrix3d gram, products;
  for (int c = 0; c < 3; ++c) {
    const PaddedChannel& channel = view.channel[static_cast<std::size_t>(c)];
    const std::size_t place = y * channel.width + x;
    for (int d = 0; d < 3; ++d) {
      const auto other = static_cast<std::size_t>(d);
      products(c, d) = product_of(patch.values[other], view, static_cast<std::size_t>(c), x, y);
      double sum = 0;
      for (std::size_t v = 0; v < patch_px; ++v)
        for (std::size_t u = 0; u < patch_px; ++u)
          sum += *channel.at(x + u, y + v) * *view.channel[other].at(x + u, y + v);
      gram(c, d) = sum - double{view.sum[static_cast<std::size_t>(c)][place]} *
                             double{view.sum[other][place]} / patch_numbers;
    }
    gram(c, c) += double{flat_energy};
  }
  const double explained = (products.transpose() * gram.llt().solve(products)).trace();
  return static_cast<float>(std::max(0.0, patch.total_energy - explained));
}

/// The least of `best` and the residuals against the copies in one view, moved by up to `margin`.
/// Stops as soon as the result is at most `enough`.
float copy_residual(const Patch& patch, const PatchView& view, std::size_t margin, float best,
                    float enough) {
  constexpr std::size_t most = 64;  // number of copies of a row that are compared at once
  const std::size_t span = 2 * margin + 1;
  for (std::size_t y = patch.y; y < patch.y + span && best > enough; ++y)
    for (std::size_t first = 0; first < span; first += most) {
      const std::size_t count = std::min(most, span - first), x = patch.x + first;
      std::array<float, most> residual{};
      for (std::size_t c = 0; c < 3; ++c) {
        std::array<float, most> products{};
        for (std::size_t k = 0; k < patch_numbers; ++k) {
          const float* row = view.channel[c].at(x + k % patch_px, y + k / patch_px);
          for (std::size_t i = 0; i < count; ++i) products[i] += patch.values[c][k] * row[i];
        }
        const float* energy = &view.energy[c][y * view.channel[c].width + x];
        for (std::size_t i = 0; i < count; ++i)
          residual[i] += patch.energy[c] - products[i] * products[i] / (energy[i] + flat_energy);
      }
      for (std::size_t i = 0; i < count; ++i) best = std::min(best, residual[i]);
    }
  return best;
}

float ghost_energy(const Patch& patch, const End& a, const End& b, std::size_t margin) {
  float mix = mix_residual(patch, a.sharp.front(), b.sharp.front(), margin);
  for (std::size_t i = 0; i < a.blurred.size(); ++i)
    mix = std::min(mix, mix_residual(patch, a.blurred[i], b.blurred[i], margin));
  const float enough = mix + 3 * flat_energy;
  float copy = std::min({patch.total_energy, recolored_residual(patch, a.sharp.front(), margin),
                         recolored_residual(patch, b.sharp.front(), margin)});
  for (const End* end : {&a, &b})
    for (const std::vector<PatchView>* views : {&end->sharp, &end->blurred})
      for (const PatchView& view : *views) {
        if (copy <= enough) return 0;
        copy = copy_residual(patch, view, margin, copy, enough);
      }
  return std::max(0.0F, copy - enough);
}

/// The fraction of the energy of all patches that double exposure explains.
double ghost_share(const Image& frame, const End& a, const End& b, std::size_t margin) {
  double ghost = 0, energy = 0;
  for (std::size_t y = 0; y + patch_px <= frame.height; y += stride_px)
    for (std::size_t x = 0; x + patch_px <= frame.width; x += stride_px) {
      const Patch patch = take_patch(frame, x, y);
      if (patch.total_energy <= 3 * flat_energy) continue;
      energy += patch.total_energy;
      ghost += ghost_energy(patch, a, b, margin);
    }
  return energy > 0 ? ghost / energy : 0;
}

double ghost_index_over(const std::vector<Image>& frames, const Image& a, const Image& b,
                        const Rgb& ground) {
  std::vector<Image> seen;
  seen.reserve(frames.size());
  for (const Image& frame : frames) seen.push_back(over(frame, ground));
  return ghost_index(seen, over(a, ground), over(b, ground));
}

std::vector<Image> reduced_frames(const std::vector<Image>& frames) {
  std::vector<Image> small;
  small.reserve(frames.size());
  for (const Image& frame : frames) small.push_back(reduced(frame, largest_ghost_px));
  return small;
}

}  // namespace

double ghost_index(const std::vector<Image>& frames, const Image& a, const Image& b) {
  for (const Image& frame : frames)
    for (const Image* end : {&a, &b})
      if (end->size() != frame.size() || end->channels != frame.channels)
        throw std::invalid_argument("ghost_index: the images differ in size or channels");
  if (a.size().longer_side() > largest_ghost_px)
    return ghost_index(reduced_frames(frames), reduced(a, largest_ghost_px),
                       reduced(b, largest_ghost_px));
  if (a.has_alpha())
    return (ghost_index_over(frames, a, b, white) + ghost_index_over(frames, a, b, black)) / 2;
  if (frames.empty() || a.width < patch_px || a.height < patch_px) return 0;
  const std::size_t margin = std::max<std::size_t>(1, (std::max(a.width, a.height) + 4) / 8);
  const End end_a = make_end(a, margin), end_b = make_end(b, margin);
  double sum = 0;
  for (const Image& frame : frames) sum += ghost_share(frame, end_a, end_b, margin);
  return sum / static_cast<double>(frames.size());
}

}  // namespace chorus
