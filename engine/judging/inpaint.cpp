#include "inpaint.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <stdexcept>
#include <utility>

#include "scattered.hpp"

namespace chorus {

namespace {

using PixelSet = std::vector<bool>;
using Plane = std::vector<double>;

void check(const Image& image, const PixelSet& missing) {
  constexpr std::size_t longest_side_px = std::size_t{1} << 14U;
  if (image.width > longest_side_px || image.height > longest_side_px)
    throw std::invalid_argument("inpaint: a side is longer than 16,384 pixels");
  if (missing.size() != image.pixels())
    throw std::invalid_argument("inpaint: the mask has another size than the image");
  if (std::find(missing.begin(), missing.end(), false) == missing.end())
    throw std::invalid_argument("inpaint: no pixel is kept");
}

// ---- Nearest
// -------------------------------------------------------------------------------------

/// The place of the kept pixel closest to pixel `at`: squares around it, larger and larger, until
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
  std::copy_n(&image.rgb[3 * from], 3, &out.rgb[3 * at]);
}

Image fill_nearest(const Image& image, const PixelSet& missing) {
  Image out = image;
  for (std::size_t at = 0; at < missing.size(); ++at)
    if (missing[at]) take_nearest(image, missing, at, out);
  return out;
}

// ---- Scattered points
// ----------------------------------------------------------------------------

GridPoint place_of(const Image& image, std::size_t at) {
  return {static_cast<std::int64_t>(at % image.width), static_cast<std::int64_t>(at / image.width)};
}

Image fill_scattered(const Image& image, const PixelSet& missing,
                     ScatteredInterpolator::Order order) {
  std::vector<GridPoint> points;
  std::vector<PreciseColor> colors;
  for (std::size_t at = 0; at < missing.size(); ++at) {
    if (missing[at]) continue;
    points.push_back(place_of(image, at));
    const float* rgb = &image.rgb[3 * at];
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
    const PreciseColor color = interpolator.at(point);
    for (std::size_t c = 0; c < 3; ++c) out.rgb[3 * at + c] = static_cast<float>(color[c]);
  }
  return out;
}

// ---- Biharmonic
// ----------------------------------------------------------------------------------

/// The five-point Laplacian with the image mirrored at its borders, negated: differences to the
/// neighbours that there are.
Plane laplacian(const Plane& u, std::size_t width, std::size_t height) {
  Plane out(u.size());
  for (std::size_t y = 0; y < height; ++y)
    for (std::size_t x = 0; x < width; ++x) {
      const std::size_t at = y * width + x;
      double sum = 0;
      if (x > 0) sum += u[at] - u[at - 1];
      if (x + 1 < width) sum += u[at] - u[at + 1];
      if (y > 0) sum += u[at] - u[at - width];
      if (y + 1 < height) sum += u[at] - u[at + width];
      out[at] = sum;
    }
  return out;
}

/// The Laplacian of the Laplacian at the missing pixels, 0 elsewhere.
Plane bilaplacian(const Plane& u, const Image& size, const PixelSet& missing) {
  Plane out = laplacian(laplacian(u, size.width, size.height), size.width, size.height);
  for (std::size_t at = 0; at < out.size(); ++at)
    if (!missing[at]) out[at] = 0;
  return out;
}

double dot(const Plane& a, const Plane& b) {
  double sum = 0;
  for (std::size_t i = 0; i < a.size(); ++i) sum += a[i] * b[i];
  return sum;
}

/// Solves bilaplacian(u) = 0 at the missing pixels by conjugate gradients (the system is symmetric
/// and positive definite). `u` has the kept pixels and a first guess at the missing ones.
void solve_biharmonic(Plane& u, const Image& size, const PixelSet& missing) {
  constexpr double tolerance = 1e-8;  // of the residual, for colours in [0, 1]
  Plane residual = bilaplacian(u, size, missing);
  for (double& r : residual) r = -r;
  Plane direction = residual;
  double square = dot(residual, residual);
  const std::size_t most_steps = 10 * u.size();
  for (std::size_t step = 0; step < most_steps && std::sqrt(square) > tolerance; ++step) {
    const Plane product = bilaplacian(direction, size, missing);
    const double length = square / dot(direction, product);
    for (std::size_t i = 0; i < u.size(); ++i) {
      u[i] += length * direction[i];
      residual[i] -= length * product[i];
    }
    const double next = dot(residual, residual);
    for (std::size_t i = 0; i < u.size(); ++i)
      direction[i] = residual[i] + next / square * direction[i];
    square = next;
  }
}

Image fill_biharmonic(const Image& image, const PixelSet& missing) {
  Image out = fill_nearest(image, missing);
  for (std::size_t c = 0; c < 3; ++c) {
    Plane u(missing.size());
    double least = 1e30, most = -1e30;
    for (std::size_t at = 0; at < u.size(); ++at) {
      u[at] = out.rgb[3 * at + c];
      least = std::min(least, u[at]);
      most = std::max(most, u[at]);
    }
    solve_biharmonic(u, image, missing);
    for (std::size_t at = 0; at < u.size(); ++at)
      if (missing[at]) out.rgb[3 * at + c] = static_cast<float>(std::clamp(u[at], least, most));
  }
  return out;
}

}  // namespace

std::string_view name(Inpainting method) { return enum_names<Inpainting>.name(method); }

Image inpaint(const Image& image, const std::vector<bool>& missing, Inpainting method) {
  check(image, missing);
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
  throw std::invalid_argument("unknown inpainting method");
}

}  // namespace chorus
