#include "paints.hpp"

#include <algorithm>
#include <cmath>
#include <memory>
#include <optional>
#include <utility>

#include "gradient_fit.hpp"

namespace chorus::shapes {

namespace {

constexpr float whole_share = 0.997F;       // a pixel covered so far is covered
constexpr double least_spread = 2.5 / 255;  // of the pixels of a field
constexpr std::size_t least_field_pixels = 8;
constexpr double near_measured = 24.0 / 255;  // see docs/shapes.md

Point from_centre(const Problem& problem, std::size_t pixel) {
  const std::size_t x = pixel % problem.size.width, y = pixel / problem.size.width;
  return {static_cast<double>(x) + 0.5 - static_cast<double>(problem.size.width) / 2,
          static_cast<double>(y) + 0.5 - static_cast<double>(problem.size.height) / 2};
}

Paint median(const Problem& problem, const std::vector<std::size_t>& pixels) {
  Paint paint;
  for (std::size_t c = 0; c < most_channels; ++c) {
    std::vector<double> values;
    values.reserve(pixels.size());
    for (const std::size_t p : pixels) values.push_back(problem.target[p][c]);
    const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
    std::nth_element(values.begin(), middle, values.end());
    paint.base[c] = *middle;
  }
  return paint;
}

double mean_error(const Problem& problem, const std::vector<std::size_t>& pixels,
                  const Paint& paint) {
  double sum = 0;
  for (const std::size_t p : pixels) {
    const Numbers color = paint.at(from_centre(problem, p));
    for (std::size_t c = 0; c < most_channels; ++c) sum += square(color[c] - problem.target[p][c]);
  }
  return sum / (3 * static_cast<double>(pixels.size()));
}

/// The colour field of least squares whose colours all change in one direction, as an SVG's linear
/// gradient does: the plane of each number, and of their slopes the part along the common
/// direction.
Paint field(const Problem& problem, const std::vector<std::size_t>& pixels) {
  const auto count = static_cast<double>(pixels.size());
  Point mean;
  Numbers mean_color{};
  for (const std::size_t p : pixels) {
    mean += 1 / count * from_centre(problem, p);
    for (std::size_t c = 0; c < most_channels; ++c) mean_color[c] += problem.target[p][c] / count;
  }
  double xx = 1e-6, xy = 0, yy = 1e-6;
  Numbers x_color{}, y_color{};
  for (const std::size_t p : pixels) {
    const Point d = from_centre(problem, p) - mean;
    xx += d.x * d.x;
    xy += d.x * d.y;
    yy += d.y * d.y;
    for (std::size_t c = 0; c < most_channels; ++c) {
      x_color[c] += d.x * problem.target[p][c];
      y_color[c] += d.y * problem.target[p][c];
    }
  }
  const double det = xx * yy - xy * xy;
  Paint paint;
  double ss = 0, st = 0, tt = 0;
  for (std::size_t c = 0; c < most_channels; ++c) {
    paint.slope_x[c] = (x_color[c] * yy - y_color[c] * xy) / det;
    paint.slope_y[c] = (y_color[c] * xx - x_color[c] * xy) / det;
    ss += square(paint.slope_x[c]);
    st += paint.slope_x[c] * paint.slope_y[c];
    tt += square(paint.slope_y[c]);
  }
  const double angle = 0.5 * std::atan2(2 * st, ss - tt);
  const Point direction = {std::cos(angle), std::sin(angle)};
  for (std::size_t c = 0; c < most_channels; ++c) {
    const double slope = dot({paint.slope_x[c], paint.slope_y[c]}, direction);
    paint.slope_x[c] = slope * direction.x;
    paint.slope_y[c] = slope * direction.y;
    paint.base[c] = mean_color[c] - paint.slope_x[c] * mean.x - paint.slope_y[c] * mean.y;
  }
  return paint;
}

Paint flat_or_sloped(const Problem& problem, const std::vector<std::size_t>& pixels) {
  Paint flat = median(problem, pixels);
  if (pixels.size() < least_field_pixels) return flat;
  const double spread = mean_error(problem, pixels, flat);
  if (spread < square(least_spread)) return flat;
  Paint sloped = field(problem, pixels);
  return mean_error(problem, pixels, sloped) < 0.5 * spread ? sloped : flat;
}

/// The paint of the least description of some pixels. Gradients are looked for only where they
/// could pay for the numbers that they have more.
Paint measured_paint(const Problem& problem, const std::vector<std::size_t>& pixels,
                     const Gradient* before) {
  constexpr std::size_t least_gradient_pixels = 24;
  constexpr double least_gain = 2 * price_of_number, least_rms = 0.8 / 255;
  Paint simple = flat_or_sloped(problem, pixels);
  const double error = mean_error(problem, pixels, simple);
  if (pixels.size() < least_gradient_pixels || error < square(least_rms)) return simple;
  const double unexplained =
      3 * static_cast<double>(pixels.size()) * error / square(problem.noise.sigma);
  if (unexplained < least_gain) return simple;
  ColoredPlaces data;
  for (const std::size_t p : pixels) {
    data.places.push_back(from_centre(problem, p));
    data.colors.push_back(problem.target[p]);
  }
  const bool is_opaque =
      std::ranges::all_of(data.colors, [](auto& color) { return color[3] == 0; });
  const std::size_t channels = is_opaque ? 3 : 4;
  const double limit = unexplained + price_of_number * simple.numbers(channels);
  auto gradient =
      fit_gradient(data, {problem.noise.sigma, price_of_number, channels}, limit, before);
  if (!gradient) return simple;
  Paint paint;
  paint.gradient = std::move(gradient);
  return paint;
}

/// The measured flat colour that is nearest to a region's, if it is near.
std::optional<Numbers> near_color(const Drawing& drawing, std::size_t region) {
  double best = near_measured;
  std::optional<Numbers> color;
  for (std::size_t r = 0; r + 1 < drawing.paints.size(); ++r) {
    if (!drawing.is_measured[r] || !drawing.paints[r].is_flat()) continue;
    const double off = largest_error(drawing.paints[r].base, drawing.paints[region].base);
    if (off >= best) continue;
    best = off;
    color = drawing.paints[r].base;
  }
  return color;
}

void guess_paint(const Problem& problem, const Pixels& drawn, const std::vector<float>& share,
                 Drawing& drawing, std::size_t region) {
  constexpr double caution = 0.7, ridge = 0.02, least_weight = 0.05;
  constexpr float least_share = 0.02F;
  double weights = 0;
  Numbers sums{};
  for (std::size_t p = 0; p < share.size(); ++p) {
    if (share[p] <= least_share || is_held_out(problem.target[p])) continue;
    const auto w = static_cast<double>(share[p]);
    weights += w * w;
    for (std::size_t c = 0; c < most_channels; ++c)
      sums[c] += w * (problem.target[p][c] - drawn[p][c]);
  }
  if (weights < least_weight || drawing.paints[region].gradient) return;
  for (std::size_t c = 0; c < most_channels; ++c) {
    double& number = drawing.paints[region].base[c];
    number = std::clamp(number + caution * sums[c] / (weights + ridge), 0.0, 1.0);
  }
  if (const auto color = near_color(drawing, region)) drawing.paints[region].base = *color;
}

}  // namespace

void find_paints(const Problem& problem, Drawing& drawing) {
  const Coverage shares = coverage(drawing);
  const auto regions = static_cast<std::size_t>(drawing.regions());
  for (std::size_t r = 0; r < regions; ++r) {
    std::vector<std::size_t> pixels;
    for (std::size_t p = 0; p < problem.target.size(); ++p)
      if (shares.of_region[r][p] > whole_share && !is_held_out(problem.target[p]))
        pixels.push_back(p);
    drawing.is_measured[r] = !pixels.empty();
    if (pixels.empty()) continue;
    const auto before = drawing.paints[r].gradient;
    drawing.paints[r] = measured_paint(problem, pixels, before.get());
  }
  for (int round = 0; round < 2; ++round) {
    const Pixels drawn = rasterize(drawing);
    for (std::size_t r = 0; r < regions; ++r)
      if (!drawing.is_measured[r]) guess_paint(problem, drawn, shares.of_region[r], drawing, r);
  }
}

}  // namespace chorus::shapes
