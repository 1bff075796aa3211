#include "motion.hpp"

#include <algorithm>
#include <cmath>
#include <complex>
#include <numbers>
#include <stdexcept>

namespace chorus {

Affine after(const Affine& outer, const Affine& inner) {
  const Point b = outer({inner.x, inner.y});
  return {outer.xx * inner.xx + outer.xy * inner.yx,
          outer.xx * inner.xy + outer.xy * inner.yy,
          outer.yx * inner.xx + outer.yy * inner.yx,
          outer.yx * inner.xy + outer.yy * inner.yy,
          b[0],
          b[1]};
}

Affine inverse(const Affine& affine) {
  const double determinant = affine.determinant();
  if (determinant == 0) throw std::invalid_argument("inverse: the determinant is 0");
  Affine result{affine.yy / determinant, -affine.xy / determinant, -affine.yx / determinant,
                affine.xx / determinant};
  const Point b = result({affine.x, affine.y});
  result.x = -b[0];
  result.y = -b[1];
  return result;
}

float scale_of(const Affine& affine) {
  return static_cast<float>(std::sqrt(std::abs(affine.determinant())));
}

void include_box(Point& low, Point& high, const Point& other_low, const Point& other_high,
                 const Affine& moved) {
  for (const double x : {other_low[0], other_high[0]})
    for (const double y : {other_low[1], other_high[1]}) {
      const Point p = moved({x, y});
      for (std::size_t d = 0; d < 2; ++d) {
        low[d] = std::min(low[d], p[d]);
        high[d] = std::max(high[d], p[d]);
      }
    }
}

Affine SimilarityMotion::power(double t) const {
  using Complex = std::complex<double>;
  constexpr double no_turn = 1e-9;
  const Complex rate(log_scale, angle), whole = std::exp(rate), part = std::exp(t * rate);
  // b_t = b (a^t - 1) / (a - 1) makes power(s + t) equal to power(s) after power(t).
  const Complex b = Complex(x, y) * (std::abs(rate) < no_turn ? t : (part - 1.0) / (whole - 1.0));
  return {part.real(), -part.imag(), part.imag(), part.real(), b.real(), b.imag()};
}

namespace {

/// The means of boxes of k x k pixels. Pixels left over at the edges belong to the last boxes.
Field shrunk(const std::vector<float>& values, PixelSize size, std::size_t k) {
  const PixelSize small{std::max<std::size_t>(1, size.width / k),
                        std::max<std::size_t>(1, size.height / k)};
  std::vector<float> sums(small.width * small.height), counts(sums.size());
  for (std::size_t y = 0; y < size.height; ++y)
    for (std::size_t x = 0; x < size.width; ++x) {
      const std::size_t box =
          std::min(y / k, small.height - 1) * small.width + std::min(x / k, small.width - 1);
      sums[box] += values[y * size.width + x];
      counts[box] += 1;
    }
  for (std::size_t i = 0; i < sums.size(); ++i) sums[i] /= counts[i];
  return {std::move(sums), small};
}

/// How near each pixel is to the border of a region: 1 on the border, 0 far from it.
std::vector<float> nearness_to_borders(const Segmentation& segmentation, double reach_px) {
  std::vector<float> near = distances_from_borders(segmentation);
  for (float& each : near)
    each = static_cast<float>(std::exp(-double{each} / (2 * reach_px * reach_px)));
  return near;
}

/// The properties by which pictures are compared, at one resolution.
struct Features {
  Field silhouette, borders;
};

Features features(const Outlines& outlines, std::size_t shrink, double reach_px) {
  std::vector<float> silhouette;
  for (const unsigned char background : outlines.background)
    silhouette.push_back(background != 0 ? 0.0F : 1.0F);
  const PixelSize size = outlines.segmentation.size;
  return {shrunk(silhouette, size, shrink),
          shrunk(nearness_to_borders(outlines.segmentation, reach_px), size, shrink)};
}

/// The squared differences between the features of two pictures after the first has been moved.
class Comparison {
 public:
  Comparison(Features from, Features to) : from_(std::move(from)), to_(std::move(to)) {
    const Plane& plane = to_.silhouette.plane();
    for (std::size_t i = 0; i < plane.size.width * plane.size.height; ++i)
      unmoved_ += energy_of(from_, i) + energy_of(to_, i);
  }

  /// 0 if the features are the same, 1 if they have nothing in common. Differences are relative to
  /// the visible features of both pictures, so that it does not pay to shrink the first picture to
  /// a speck, to move it out of view or to enlarge it.
  double operator()(const SimilarityMotion& motion) const {
    const Affine back = inverse(motion.power(1));
    const Plane& plane = to_.silhouette.plane();
    double different = 0, seen = 0;
    for (std::size_t y = 0; y < plane.size.height; ++y)
      for (std::size_t x = 0; x < plane.size.width; ++x) {
        const std::size_t i = y * plane.size.width + x;
        const Point place = back(plane.point(x, y));
        const float silhouette = from_.silhouette.at(place), borders = from_.borders.at(place);
        different += energy(silhouette - to_.silhouette[i], borders - to_.borders[i]);
        seen += energy(silhouette, borders) + energy_of(to_, i);
      }
    return seen > 0 ? different / std::min(seen, unmoved_) : 0;
  }

 private:
  static constexpr float border_weight = 1.5F;
  static double energy(float silhouette, float borders) {
    return double{silhouette * silhouette + border_weight * borders * borders};
  }
  static double energy_of(const Features& of, std::size_t i) {
    return energy(of.silhouette[i], of.borders[i]);
  }
  Features from_, to_;
  double unmoved_ = 0;  ///< the visible features of both pictures without motion
};

struct Silhouette {
  Point centre{};
  double spread = 0;  ///< root mean squared distance from the centre
};

Silhouette measure(const Field& field) {
  double mass = 0, square = 0;
  Point sum{};
  const Plane& plane = field.plane();
  for (std::size_t y = 0; y < plane.size.height; ++y)
    for (std::size_t x = 0; x < plane.size.width; ++x) {
      const double weight = double{field[y * plane.size.width + x]};
      const Point p = plane.point(x, y);
      mass += weight;
      sum = {sum[0] + weight * p[0], sum[1] + weight * p[1]};
      square += weight * (p[0] * p[0] + p[1] * p[1]);
    }
  if (mass == 0) return {};
  const Point centre{sum[0] / mass, sum[1] / mass};
  return {centre,
          std::sqrt(std::max(0.0, square / mass - centre[0] * centre[0] - centre[1] * centre[1]))};
}

/// A turn and a scaling, with the shift that takes one centre to the other.
SimilarityMotion start(double angle, double log_scale, const Point& from, const Point& to) {
  SimilarityMotion motion{angle, log_scale, 0, 0};
  const Point moved = motion.power(1)(from);
  motion.x = to[0] - moved[0];
  motion.y = to[1] - moved[1];
  return motion;
}

/// Prefers the smaller turn where two motions explain the pictures equally well.
double penalty(const SimilarityMotion& motion) { return 0.015 * std::abs(motion.angle); }

struct Rated {
  SimilarityMotion motion;
  double cost;
};

/// Simplex search (Nelder and Mead 1965) over the four numbers.
Rated refine(const Comparison& comparison, const SimilarityMotion& first, double step, int rounds) {
  using Numbers = std::array<double, 4>;
  struct Corner {
    Numbers at;
    double cost;
  };
  const auto cost_of = [&](const Numbers& n) { return comparison({n[0], n[1], n[2], n[3]}); };
  std::array<Corner, 5> simplex;
  const Numbers origin{first.angle, first.log_scale, first.x, first.y};
  for (std::size_t k = 0; k < simplex.size(); ++k) {
    simplex[k].at = origin;
    if (k > 0) simplex[k].at[k - 1] += step;
    simplex[k].cost = cost_of(simplex[k].at);
  }
  const auto by_cost = [](const Corner& a, const Corner& b) { return a.cost < b.cost; };
  for (int round = 0; round < rounds; ++round) {
    std::sort(simplex.begin(), simplex.end(), by_cost);
    Corner& worst = simplex.back();
    Numbers centre{};
    for (std::size_t k = 0; k + 1 < simplex.size(); ++k)
      for (std::size_t d = 0; d < 4; ++d) centre[d] += simplex[k].at[d] / 4;
    const auto along = [&](double factor) {
      Corner corner{};
      for (std::size_t d = 0; d < 4; ++d)
        corner.at[d] = centre[d] + factor * (worst.at[d] - centre[d]);
      corner.cost = cost_of(corner.at);
      return corner;
    };
    const Corner reflected = along(-1);
    if (reflected.cost < simplex.front().cost) {
      const Corner further = along(-2);
      worst = further.cost < reflected.cost ? further : reflected;
      continue;
    }
    if (reflected.cost < simplex[3].cost) {
      worst = reflected;
      continue;
    }
    const Corner nearer = along(reflected.cost < worst.cost ? -0.5 : 0.5);
    if (nearer.cost < std::min(worst.cost, reflected.cost)) {
      worst = nearer;
      continue;
    }
    for (std::size_t k = 1; k < simplex.size(); ++k) {
      for (std::size_t d = 0; d < 4; ++d)
        simplex[k].at[d] = (simplex[k].at[d] + simplex[0].at[d]) / 2;
      simplex[k].cost = cost_of(simplex[k].at);
    }
  }
  const Corner& best = *std::min_element(simplex.begin(), simplex.end(), by_cost);
  return {{best.at[0], best.at[1], best.at[2], best.at[3]}, best.cost};
}

/// The best few motions of a coarse search over turns and scalings.
std::vector<Rated> coarse_search(const Features& from, const Features& to) {
  constexpr int turns = 36;
  constexpr std::size_t kept = 5;
  const Comparison comparison(from, to);
  const Silhouette a = measure(from.silhouette), b = measure(to.silhouette);
  std::vector<double> log_scales = {0};
  if (a.spread > 0 && b.spread > 0) {
    constexpr double most = 1.2;
    const double ratio = std::clamp(std::log(b.spread / a.spread), -most, most);
    if (std::abs(ratio) > 0.03) log_scales.push_back(ratio);
  }
  std::vector<Rated> found;
  for (int k = 0; k < turns; ++k)
    for (const double log_scale : log_scales) {
      const double angle = (k <= turns / 2 ? k : k - turns) * 2 * std::numbers::pi / turns;
      const SimilarityMotion motion = start(angle, log_scale, a.centre, b.centre);
      found.push_back({motion, comparison(motion) + penalty(motion)});
    }
  std::stable_sort(found.begin(), found.end(),
                   [](const Rated& x, const Rated& y) { return x.cost < y.cost; });
  found.resize(std::min(found.size(), kept));
  return found;
}

}  // namespace

FoundMotion find_motion(const Outlines& from, const Outlines& to) {
  const PixelSize size = from.segmentation.size;
  if (size != to.segmentation.size)
    throw std::invalid_argument("find_motion: the pictures differ in size");
  // The coarse level is about 32 px wide, with borders as broad as a pixel; the fine one about 96
  // px.
  const auto shrink_to = [&](std::size_t pixels) {
    return std::max<std::size_t>(1, size.longer_side() / pixels);
  };
  const double pixel = static_cast<double>(size.longer_side()) / 48;
  const Features coarse_from = features(from, shrink_to(32), 1.5 * pixel);
  const Features coarse_to = features(to, shrink_to(32), 1.5 * pixel);
  const Comparison coarse(coarse_from, coarse_to);
  std::vector<Rated> candidates;
  for (const Rated& start : coarse_search(coarse_from, coarse_to)) {
    candidates.push_back(refine(coarse, start.motion, 0.08, 60));
    candidates.back().cost += penalty(candidates.back().motion);
  }
  const Rated best =
      *std::min_element(candidates.begin(), candidates.end(),
                        [](const Rated& a, const Rated& b) { return a.cost < b.cost; });
  const Comparison fine(features(from, shrink_to(96), 0.6 * pixel),
                        features(to, shrink_to(96), 0.6 * pixel));
  const Rated refined = refine(fine, best.motion, 0.02, 120);
  constexpr double clearly = 0.45, alike = 0.35, same = 0.02;
  const double unmoved = fine({});
  if (unmoved > same && refined.cost < std::min(alike, clearly * unmoved))
    return {refined.motion, refined.cost};
  return {{}, unmoved};
}

}  // namespace chorus
