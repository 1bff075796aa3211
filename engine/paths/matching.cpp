#include "matching.hpp"

#include <algorithm>
#include <cmath>

#include "assignment.hpp"

namespace chorus {

Affine OwnMotion::power(double t) const {
  const double x = std::pow(stretch[0], t), y = std::pow(stretch[1], t);
  return {x, 0, 0, y, (1 - x) * centre[0] + t * shift[0], (1 - y) * centre[1] + t * shift[1]};
}

namespace {

/// The spread of a shape in x and y after a similarity has moved it. Exact for turns by multiples
/// of 90 degrees; other turns are treated as if x and y were uncorrelated.
Point moved_spread(const Shape& shape, const Affine& whole) {
  return {std::hypot(whole.xx * shape.spread[0], whole.xy * shape.spread[1]),
          std::hypot(whole.yx * shape.spread[0], whole.yy * shape.spread[1])};
}

}  // namespace

double overlap_of(const Shape& from, const Shape& to, const Affine& whole) {
  // A grid of about 64 points across is fine enough.
  const Affine back = inverse(whole);
  const Plane& plane = to.filled.plane();
  const std::size_t step = std::max<std::size_t>(1, plane.size.longer_side() / 64);
  std::size_t both = 0, either = 0;
  for (std::size_t y = step / 2; y < plane.size.height; y += step)
    for (std::size_t x = step / 2; x < plane.size.width; x += step) {
      const bool in_to = to.filled[y * plane.size.width + x] > 0;
      const bool in_from = from.filled.at(back(plane.point(x, y))) > 0;
      both += in_to && in_from;
      either += in_to || in_from;
    }
  return either == 0 ? 0 : static_cast<double>(both) / static_cast<double>(either);
}

OwnMotion own_motion(const Shape& from, const Shape& to, const Affine& whole, double overlap) {
  constexpr double alike = 0.92, most = 4;
  OwnMotion own;
  if (overlap >= alike) return own;
  own.centre = whole(from.centre);
  const Point spread = moved_spread(from, whole);
  for (std::size_t d = 0; d < 2; ++d) {
    own.stretch[d] = std::clamp(to.spread[d] / spread[d], 1 / most, most);
    own.shift[d] = to.centre[d] - own.centre[d];
  }
  return own;
}

namespace {

double color_distance(const Shape& from, const Shape& to) {
  const Color a = color_at(from.paint, from.centre), b = color_at(to.paint, to.centre);
  double sum = 0;
  for (std::size_t c = 0; c < most_channels; ++c) sum += std::pow(double{a[c]} - double{b[c]}, 2);
  return std::sqrt(sum / 3);
}

struct Candidate {
  OwnMotion own;
  double overlap = 0;  ///< before the own motion of the shape
  double cost = 0;
};

Candidate candidate(const Shape& from, const Shape& to, const Affine& whole) {
  Candidate found;
  found.overlap = overlap_of(from, to, whole);
  found.own = own_motion(from, to, whole, found.overlap);
  const double moved_overlap = overlap_of(from, to, after(found.own.power(1), whole));
  const double distance = std::hypot(found.own.shift[0], found.own.shift[1]);
  const double size_ratio =
      std::abs(std::log(to.area / (from.area * std::abs(whole.determinant()))));
  const double proportions =
      std::abs(std::log(found.own.stretch[0]) - std::log(found.own.stretch[1]));
  found.cost = 0.6 * (1 - moved_overlap) + 0.5 * (1 - found.overlap) +
               1.0 * color_distance(from, to) + 0.5 * distance + 0.15 * size_ratio +
               0.2 * proportions;
  return found;
}

/// The cost of leaving each shape alone, which grows with its fraction of the whole area.
std::vector<double> costs_alone(const Drawing& drawing) {
  constexpr double least = 0.45, by_size = 1.2;
  double total = 0;
  for (const Shape& shape : drawing.shapes) total += shape.visible_area;
  std::vector<double> costs;
  for (const Shape& shape : drawing.shapes)
    costs.push_back(least + by_size * std::sqrt(std::min(1.0, shape.area / total)));
  return costs;
}

}  // namespace

std::vector<Match> match_shapes(const Drawing& from, const Drawing& to, const Affine& whole) {
  const std::size_t rows = from.shapes.size(), columns = to.shapes.size();
  std::vector<std::vector<Candidate>> candidates(rows);
  std::vector<std::vector<double>> costs(rows);
  for (std::size_t i = 0; i < rows; ++i)
    for (const Shape& shape : to.shapes) {
      candidates[i].push_back(candidate(from.shapes[i], shape, whole));
      costs[i].push_back(candidates[i].back().cost);
    }
  const std::vector<double> from_alone = costs_alone(from), to_alone = costs_alone(to);
  const auto columns_of = partial_assignment(costs, from_alone, to_alone);
  std::vector<Match> matches, later;
  std::vector<bool> used(columns);
  const auto pair = [&](std::size_t i, std::size_t j, bool shared) {
    return Match{i, j, candidates[i][j].own, candidates[i][j].overlap, shared};
  };
  for (std::size_t i = 0; i < rows; ++i) {
    if (!columns_of[i]) continue;
    used[*columns_of[i]] = true;
    matches.push_back(pair(i, *columns_of[i], false));
  }
  // The limit is higher than the cost of staying alone, since no other shape loses its counterpart
  // when one is shared.
  constexpr double to_share = 1.6;
  for (std::size_t i = 0; i < rows && columns > 0; ++i) {
    if (columns_of[i]) continue;
    const auto best = static_cast<std::size_t>(std::min_element(costs[i].begin(), costs[i].end()) -
                                               costs[i].begin());
    if (costs[i][best] < to_share * from_alone[i])
      later.push_back(pair(i, best, true));
    else
      later.push_back({.from = i, .to = {}, .own = {}});
  }
  for (std::size_t j = 0; j < columns; ++j) {
    if (used[j]) continue;
    std::size_t best = 0;
    for (std::size_t i = 1; i < rows; ++i)
      if (costs[i][j] < costs[best][j]) best = i;
    if (rows > 0 && costs[best][j] < to_share * to_alone[j])
      later.push_back(pair(best, j, true));
    else
      later.push_back({.from = {}, .to = j, .own = {}});
  }
  matches.insert(matches.end(), later.begin(), later.end());
  return matches;
}

}  // namespace chorus
