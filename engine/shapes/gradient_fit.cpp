#include "gradient_fit.hpp"

#include <Eigen/Cholesky>
#include <Eigen/Eigenvalues>
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <numbers>
#include <optional>
#include <utility>

namespace chorus::shapes {

namespace {

/// The numbers that say where a gradient's colours are: the angle of a linear one; centre,
/// logarithm of the ratio of the axes and angle of a radial one, of which a round one has the first
/// two.
using Placement = std::vector<double>;

Gradient placed(const Placement& at) {
  Gradient gradient;
  if (at.size() == 1) {
    gradient.axes = {Point{std::cos(at[0]), std::sin(at[0])}, Point{}};
    return gradient;
  }
  gradient.is_radial = true;
  gradient.centre = {at[0], at[1]};
  const double angle = at.size() > 2 ? at[3] : 0, ratio = at.size() > 2 ? std::exp(at[2]) : 1;
  const Point first = {std::cos(angle), std::sin(angle)};
  gradient.axes = {first, ratio * turned(first)};
  return gradient;
}

Placement placement_of(const Gradient& gradient) {
  const double angle = std::atan2(gradient.axes[0].y, gradient.axes[0].x);
  if (!gradient.is_radial) return {angle};
  const double ratio = length(gradient.axes[1]) / length(gradient.axes[0]);
  if (ratio == 1) return {gradient.centre.x, gradient.centre.y};
  return {gradient.centre.x, gradient.centre.y, std::log(ratio), angle};
}

/// Where stops are, as fractions of the way between the least and the largest distance.
using Fractions = std::vector<double>;

/// Fits colours of stops to places for given geometry.
class StopFit {
 public:
  StopFit(const ColoredPlaces& data, std::size_t channels) : data_(data), channels_(channels) {}

  std::size_t count() const { return data_.places.size(); }

  /// Sets the stops of a gradient and returns the sum of squared errors. `residuals`, if any, gets
  /// the error of each place and channel.
  double fit(Gradient& gradient, const Fractions& fractions, Eigen::VectorXd* residuals = nullptr) {
    find_distances(gradient);
    gradient.stops.clear();
    for (const double f : fractions) gradient.stops.push_back({low_ + f * (high_ - low_), {}});
    const auto count = static_cast<Eigen::Index>(fractions.size());
    Eigen::MatrixXd matrix = 1e-9 * Eigen::MatrixXd::Identity(count, count);
    Eigen::MatrixXd sums = Eigen::MatrixXd::Zero(count, static_cast<Eigen::Index>(channels_));
    for (std::size_t i = 0; i < distances_.size(); ++i) {
      const auto [stop, part] = place_of(gradient, distances_[i]);
      matrix(stop, stop) += (1 - part) * (1 - part);
      matrix(stop + 1, stop + 1) += part * part;
      matrix(stop + 1, stop) += part * (1 - part);
      for (std::size_t c = 0; c < channels_; ++c) {
        const auto column = static_cast<Eigen::Index>(c);
        sums(stop, column) += (1 - part) * data_.colors[i][c];
        sums(stop + 1, column) += part * data_.colors[i][c];
      }
    }
    const Eigen::MatrixXd colors = matrix.selfadjointView<Eigen::Lower>().ldlt().solve(sums);
    for (Eigen::Index s = 0; s < count; ++s)
      for (std::size_t c = 0; c < channels_; ++c)
        gradient.stops[static_cast<std::size_t>(s)].color[c] =
            std::clamp(colors(s, static_cast<Eigen::Index>(c)), 0.0, 1.0);
    return error(gradient, residuals);
  }

 private:
  void find_distances(const Gradient& gradient) {
    low_ = std::numeric_limits<double>::max();
    high_ = std::numeric_limits<double>::lowest();
    distances_.clear();
    for (const Point& place : data_.places) {
      distances_.push_back(gradient.distance(place));
      low_ = std::min(low_, distances_.back());
      high_ = std::max(high_, distances_.back());
    }
    high_ = std::max(high_, low_ + 1e-6);
  }

  /// The stop before a distance, and the part of the way to the next one.
  static std::pair<Eigen::Index, double> place_of(const Gradient& gradient, double distance) {
    const auto& stops = gradient.stops;
    std::size_t s = 0;
    while (s + 2 < stops.size() && stops[s + 1].distance < distance) ++s;
    const double way = stops[s + 1].distance - stops[s].distance;
    return {static_cast<Eigen::Index>(s), (distance - stops[s].distance) / way};
  }

  double error(const Gradient& gradient, Eigen::VectorXd* residuals) const {
    if (residuals != nullptr)
      residuals->resize(static_cast<Eigen::Index>(distances_.size() * channels_));
    double sum = 0;
    for (std::size_t i = 0; i < distances_.size(); ++i) {
      const auto [stop, part] = place_of(gradient, distances_[i]);
      const auto s = static_cast<std::size_t>(stop);
      for (std::size_t c = 0; c < channels_; ++c) {
        const double off = (1 - part) * gradient.stops[s].color[c] +
                           part * gradient.stops[s + 1].color[c] - data_.colors[i][c];
        sum += off * off;
        if (residuals != nullptr) (*residuals)[static_cast<Eigen::Index>(i * channels_ + c)] = off;
      }
    }
    return sum;
  }

  const ColoredPlaces& data_;
  std::size_t channels_;
  std::vector<double> distances_;
  double low_ = 0, high_ = 0;
};

/// The quadratic of least squares through one number of the colours that says most of them.
struct Quadratic {
  Point slope;                    ///< at the picture's centre
  double xx = 0, xy = 0, yy = 0;  ///< second derivatives
};

Quadratic quadratic_of(const ColoredPlaces& data, std::size_t channels) {
  const auto count = static_cast<Eigen::Index>(data.places.size());
  const auto numbers = static_cast<Eigen::Index>(channels);
  Eigen::MatrixXd colors(count, numbers), terms(count, 6);
  for (Eigen::Index i = 0; i < count; ++i) {
    const auto [x, y] = data.places[static_cast<std::size_t>(i)];
    terms.row(i) << 1, x, y, x * x / 2, x * y, y * y / 2;
    for (Eigen::Index c = 0; c < numbers; ++c)
      colors(i, c) = data.colors[static_cast<std::size_t>(i)][static_cast<std::size_t>(c)];
  }
  const Eigen::MatrixXd centered = colors.rowwise() - colors.colwise().mean();
  const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> axes(centered.transpose() * centered);
  const Eigen::VectorXd number = centered * axes.eigenvectors().col(numbers - 1);
  Eigen::MatrixXd normal = terms.transpose() * terms;
  normal.diagonal() *= 1 + 1e-9;
  normal.diagonal().array() += 1e-9;
  const Eigen::VectorXd k = normal.ldlt().solve(terms.transpose() * number);
  return {{k[1], k[2]}, k[3], k[4], k[5]};
}

class GradientFitter {
 public:
  GradientFitter(const ColoredPlaces& data, const GradientPrices& prices)
      : prices_(prices), all_(data, prices.channels), some_(sample_, prices.channels) {
    constexpr std::size_t enough = 300;  // places tell where a gradient's few numbers are
    const std::size_t step = std::max<std::size_t>(1, data.places.size() / enough);
    for (std::size_t i = 0; i < data.places.size(); i += step) {
      sample_.places.push_back(data.places[i]);
      sample_.colors.push_back(data.colors[i]);
    }
  }

  std::optional<Gradient> run(double limit, const Gradient* before) {
    best_cost_ = limit;
    if (before != nullptr) refine(placement_of(*before), fractions_of(*before));
    const Quadratic q = quadratic_of(sample_, prices_.channels);
    refine({std::atan2(q.slope.y, q.slope.x)}, {0, 1});
    for (const Placement& start : radial_starts(q)) refine(start, {0, 1});
    return best_;
  }

 private:
  static Fractions fractions_of(const Gradient& gradient) {
    const double first = gradient.stops.front().distance;
    const double way = gradient.stops.back().distance - first;
    Fractions fractions;
    for (const Gradient::Stop& stop : gradient.stops)
      fractions.push_back((stop.distance - first) / way);
    return fractions;
  }

  /// The centre where the quadratic is flat, if it is not too far away, for circles and ellipses.
  static std::vector<Placement> radial_starts(const Quadratic& q) {
    constexpr double farthest_px = 150, largest_ratio = 4;
    std::vector<Placement> starts;
    const double round = (q.xx + q.yy) / 2;
    const Point middle = {-q.slope.x / round, -q.slope.y / round};
    if (length(middle) < farthest_px) starts.push_back({middle.x, middle.y});
    const double det = q.xx * q.yy - q.xy * q.xy;
    if (det <= 0) return starts;
    const Point centre = {-(q.yy * q.slope.x - q.xy * q.slope.y) / det,
                          -(q.xx * q.slope.y - q.xy * q.slope.x) / det};
    const double angle = 0.5 * std::atan2(2 * q.xy, q.xx - q.yy);
    const double spread = std::hypot((q.xx - q.yy) / 2, q.xy), mean = std::abs(q.xx + q.yy) / 2;
    // `angle` points along the axis of the larger second derivative, with its sign.
    const double along = q.xx + q.yy > 0 ? mean + spread : mean - spread;
    const double across = q.xx + q.yy > 0 ? mean - spread : mean + spread;
    const double ratio = std::sqrt(across / std::max(1e-12, along));
    if (length(centre) < farthest_px && ratio < largest_ratio && ratio > 1 / largest_ratio)
      starts.push_back({centre.x, centre.y, std::log(ratio), angle});
    return starts;
  }

  /// Improves geometry and stops in turn, and keeps the gradient if it is the best so far.
  void refine(Placement at, Fractions fractions) {
    improve(at, fractions);
    add_stops(at, fractions);
    improve(at, fractions);
    Gradient gradient = placed(at);
    const double cost = all_.fit(gradient, fractions) / square(prices_.sigma) +
                        prices_.price_of_number * gradient.numbers(prices_.channels);
    if (cost >= best_cost_ || is_steep(gradient)) return;
    best_cost_ = cost;
    best_ = std::move(gradient);
  }

  static bool is_steep(const Gradient& gradient) {
    const double densest = std::max(length(gradient.axes[0]), length(gradient.axes[1]));
    for (std::size_t s = 1; s < gradient.stops.size(); ++s) {
      const auto& [from, a] = gradient.stops[s - 1];
      const auto& [to, b] = gradient.stops[s];
      for (std::size_t c = 0; c < a.size(); ++c)
        if (std::abs(b[c] - a[c]) * densest > steepest_gradient * (to - from)) return true;
    }
    return false;
  }

  double sampled_error(const Placement& at, const Fractions& fractions) {
    Gradient gradient = placed(at);
    return some_.fit(gradient, fractions);
  }

  /// Levenberg and Marquardt's method on the placement.
  void improve(Placement& at, const Fractions& fractions) {
    constexpr int steps = 6;
    constexpr double h = 1e-4, longest_step = 6;
    const auto count = static_cast<Eigen::Index>(at.size());
    double damping = 1e-3;
    for (int step = 0; step < steps; ++step) {
      Gradient gradient = placed(at);
      Eigen::VectorXd residuals, moved;
      const double error = some_.fit(gradient, fractions, &residuals);
      Eigen::MatrixXd slopes(residuals.size(), count);
      for (Eigen::Index i = 0; i < count; ++i) {
        Placement near = at;
        near[static_cast<std::size_t>(i)] += h;
        Gradient other = placed(near);
        some_.fit(other, fractions, &moved);
        slopes.col(i) = (moved - residuals) / h;
      }
      Eigen::MatrixXd matrix = slopes.transpose() * slopes;
      matrix.diagonal() *= 1 + damping;
      matrix.diagonal().array() += 1e-12;
      Eigen::VectorXd change = -matrix.ldlt().solve(slopes.transpose() * residuals);
      if (change.norm() > longest_step) change *= longest_step / change.norm();
      Placement next = at;
      for (Eigen::Index i = 0; i < count; ++i) next[static_cast<std::size_t>(i)] += change[i];
      if (next.size() > 2) next[2] = std::clamp(next[2], -largest_log_ratio, largest_log_ratio);
      const double found = sampled_error(next, fractions);
      if (found < error) {
        at = next;
        damping *= 0.2;
        if (error - found < 1e-3 * error) return;
      } else {
        damping *= 10;
      }
    }
  }

  /// Adds the stop that lowers the error most, as long as that pays for its numbers.
  void add_stops(const Placement& at, Fractions& fractions) {
    constexpr std::size_t most_stops = 5;
    constexpr int places = 12;
    const auto scale = static_cast<double>(all_.count()) / static_cast<double>(some_.count());
    const double price = prices_.price_of_number * static_cast<double>(prices_.channels + 1);
    double error = sampled_error(at, fractions);
    while (fractions.size() < most_stops) {
      double least = error;
      Fractions best;
      for (int i = 1; i < places; ++i) {
        const double f = static_cast<double>(i) / places;
        if (std::ranges::any_of(fractions,
                                [&](double g) { return std::abs(f - g) < 0.5 / places; }))
          continue;
        Fractions more = fractions;
        more.insert(std::ranges::upper_bound(more, f), f);
        const double found = sampled_error(at, more);
        if (!(found < least)) continue;
        least = found;
        best = std::move(more);
      }
      if (best.empty() || scale * (error - least) / square(prices_.sigma) < price) return;
      error = least;
      fractions = std::move(best);
    }
  }

  static constexpr double largest_log_ratio = 2;

  GradientPrices prices_;
  ColoredPlaces sample_;
  StopFit all_, some_;
  double best_cost_ = 0;
  std::optional<Gradient> best_;
};

}  // namespace

std::shared_ptr<const Gradient> fit_gradient(const ColoredPlaces& data,
                                             const GradientPrices& prices, double limit,
                                             const Gradient* before) {
  auto found = GradientFitter(data, prices).run(limit, before);
  return found ? std::make_shared<const Gradient>(std::move(*found)) : nullptr;
}

}  // namespace chorus::shapes
