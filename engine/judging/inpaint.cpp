#include "inpaint.hpp"

#include <Eigen/Core>
#include <Eigen/IterativeLinearSolvers>
#include <Eigen/SparseCore>
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <stdexcept>
#include <utility>

#include "alpha.hpp"
#include "scattered.hpp"

namespace chorus {

namespace {

using PixelSet = std::vector<bool>;

void check(const Image& image, const PixelSet& missing) {
  constexpr std::size_t longest_side_px = std::size_t{1} << 14U;
  if (image.width > longest_side_px || image.height > longest_side_px)
    throw std::invalid_argument("inpaint: a side is longer than 16,384 pixels");
  if (missing.size() != image.pixels())
    throw std::invalid_argument("inpaint: the mask and the image differ in size");
  if (std::find(missing.begin(), missing.end(), false) == missing.end())
    throw std::invalid_argument("inpaint: no pixel is kept");
}

// ---- Nearest -----------------------------------------------------------------------------------

/// The index of the kept pixel closest to pixel `at`. Searches growing squares around it until
/// nothing outside them can be closer.
std::size_t nearest_kept(const Image& image, const PixelSet& missing, std::size_t at) {
  const auto width = static_cast<std::int64_t>(image.width);
  const auto height = static_cast<std::int64_t>(image.height);
  const auto x0 = static_cast<std::int64_t>(at) % width, y0 = static_cast<std::int64_t>(at) / width;
  std::int64_t closest = -1, best = 0;
  for (std::int64_t radius = 1; closest < 0 || radius * radius < best; ++radius)
    for (std::int64_t y = std::max<std::int64_t>(0, y0 - radius);
         y <= std::min(height - 1, y0 + radius); ++y) {
      const bool whole_row = std::abs(y - y0) == radius;
      for (std::int64_t x = x0 - radius; x <= x0 + radius; x += whole_row ? 1 : 2 * radius) {
        if (x < 0 || x >= width || missing[static_cast<std::size_t>(y * width + x)]) continue;
        const std::int64_t distance = (x - x0) * (x - x0) + (y - y0) * (y - y0);
        const std::int64_t place = y * width + x;
        if (closest < 0 || distance < best || (distance == best && place < closest)) {
          best = distance;
          closest = place;
        }
      }
    }
  return static_cast<std::size_t>(closest);
}

void take_nearest(const Image& image, const PixelSet& missing, std::size_t at, Image& out) {
  const std::size_t from = nearest_kept(image, missing, at);
  std::copy_n(&image.values[3 * from], 3, &out.values[3 * at]);
}

Image fill_nearest(const Image& image, const PixelSet& missing) {
  Image out = image;
  for (std::size_t at = 0; at < missing.size(); ++at)
    if (missing[at]) take_nearest(image, missing, at, out);
  return out;
}

// ---- Scattered points --------------------------------------------------------------------------

GridPoint place_of(const Image& image, std::size_t at) {
  return {static_cast<std::int64_t>(at % image.width), static_cast<std::int64_t>(at / image.width)};
}

Image fill_scattered(const Image& image, const PixelSet& missing,
                     ScatteredInterpolator::Order order) {
  std::vector<GridPoint> points;
  std::vector<PreciseRgb> colors;
  for (std::size_t at = 0; at < missing.size(); ++at) {
    if (missing[at]) continue;
    points.push_back(place_of(image, at));
    const float* rgb = &image.values[3 * at];
    colors.push_back({rgb[0], rgb[1], rgb[2]});
  }
  ScatteredInterpolator interpolator(std::move(points), std::move(colors), order);
  Image out = image;
  for (std::size_t at = 0; at < missing.size(); ++at) {
    if (!missing[at]) continue;
    const GridPoint point = place_of(image, at);
    if (!interpolator.covers(point)) {
      take_nearest(image, missing, at, out);
      continue;
    }
    const PreciseRgb color = interpolator.at(point);
    for (std::size_t c = 0; c < 3; ++c) out.values[3 * at + c] = static_cast<float>(color[c]);
  }
  return out;
}

// ---- Biharmonic --------------------------------------------------------------------------------

using SparseMatrix = Eigen::SparseMatrix<double>;

/// The five-point Laplacian, negated, of an image that is mirrored at its borders: the sum of the
/// differences between a pixel and its neighbours.
SparseMatrix laplacian(const Image& image) {
  std::vector<Eigen::Triplet<double>> entries;
  const auto couple = [&](std::size_t first, std::size_t second) {
    const auto a = static_cast<int>(first), b = static_cast<int>(second);
    entries.insert(entries.end(), {{a, a, 1.0}, {b, b, 1.0}, {a, b, -1.0}, {b, a, -1.0}});
  };
  for (std::size_t at = 0; at < image.pixels(); ++at) {
    if (at % image.width + 1 < image.width) couple(at, at + 1);
    if (at + image.width < image.pixels()) couple(at, at + image.width);
  }
  const auto pixels = static_cast<Eigen::Index>(image.pixels());
  SparseMatrix matrix(pixels, pixels);
  matrix.setFromTriplets(entries.begin(), entries.end());
  return matrix;
}

/// The matrix that puts the k-th of a list of values at the k-th missing pixel.
SparseMatrix placing(const PixelSet& missing) {
  std::vector<Eigen::Triplet<double>> entries;
  for (std::size_t at = 0; at < missing.size(); ++at)
    if (missing[at])
      entries.emplace_back(static_cast<int>(at), static_cast<int>(entries.size()), 1.0);
  SparseMatrix matrix(static_cast<Eigen::Index>(missing.size()),
                      static_cast<Eigen::Index>(entries.size()));
  matrix.setFromTriplets(entries.begin(), entries.end());
  return matrix;
}

/// Solves for the values m of the missing pixels that minimise |L (k + P m)|, where L is the
/// Laplacian, k are the kept values and P places m. Then L applied twice is 0 at the missing
/// pixels:
///   P^T L L P m = -P^T L L k,
/// solved by conjugate gradients that start with the nearest kept colours.
Image fill_biharmonic(const Image& image, const PixelSet& missing) {
  constexpr double tolerance = 1e-10;  // of the residual relative to the right-hand side
  Image out = fill_nearest(image, missing);
  const SparseMatrix whole = laplacian(image), place = placing(missing);
  if (place.cols() == 0) return out;
  const SparseMatrix part = whole * place;
  const SparseMatrix system = part.transpose() * part;
  Eigen::ConjugateGradient<SparseMatrix, Eigen::Lower | Eigen::Upper> solver(system);
  solver.setTolerance(tolerance);
  for (std::size_t c = 0; c < 3; ++c) {
    Eigen::VectorXd colors(place.rows());
    for (Eigen::Index at = 0; at < colors.size(); ++at)
      colors[at] = double{out.values[3 * static_cast<std::size_t>(at) + c]};
    const Eigen::VectorXd first = place.transpose() * colors;
    const Eigen::VectorXd kept = colors - place * first;
    const Eigen::VectorXd right = -(part.transpose() * (whole * kept));
    const Eigen::VectorXd filled = solver.solveWithGuess(right, first);
    const double least = colors.minCoeff(), most = colors.maxCoeff();
    Eigen::Index next = 0;
    for (std::size_t at = 0; at < missing.size(); ++at)
      if (missing[at])
        out.values[3 * at + c] = static_cast<float>(std::clamp(filled[next++], least, most));
  }
  return out;
}

/// Colours (multiplied by alpha) and alpha, one after the other.
Image fill_with_alpha(const Image& image, const PixelSet& missing, Inpainting method) {
  const Image color = inpaint(over(image, black), missing, method);
  const Image alpha = inpaint(alpha_as_grey(image), missing, method);
  Image filled(image.size(), image.channels);
  for (std::size_t pixel = 0; pixel < image.pixels(); ++pixel) {
    Color both = color_at(color, pixel);
    both[3] = color_at(alpha, pixel)[0];
    set_color(filled, pixel, both);
  }
  return filled;
}

}  // namespace

std::string_view name(Inpainting method) { return enum_names<Inpainting>.name(method); }

Image inpaint(const Image& image, const std::vector<bool>& missing, Inpainting method) {
  check(image, missing);
  if (image.has_alpha()) return fill_with_alpha(image, missing, method);
  switch (method) {
    case Inpainting::nearest:
      return fill_nearest(image, missing);
    case Inpainting::linear:
      return fill_scattered(image, missing, ScatteredInterpolator::Order::linear);
    case Inpainting::cubic:
      return fill_scattered(image, missing, ScatteredInterpolator::Order::cubic);
    case Inpainting::biharmonic:
      return fill_biharmonic(image, missing);
  }
  throw std::invalid_argument("inpaint: unknown method");
}

}  // namespace chorus
