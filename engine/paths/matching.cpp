#include "matching.hpp"

#include <algorithm>
#include <cmath>

#include "assignment.hpp"

namespace chorus {

namespace {

/// How much speaks against one shape becoming another of other colours: already a small difference
/// speaks against it, but a larger one hardly more.
double cost_of_colors(const Shape& from, const Shape& to) {
  constexpr double steep = 1.5, base = 0.3, flat = 0.6;
  const Color a = color_at(from.paint, from.centre), b = color_at(to.paint, to.centre);
  double sum = 0;
  for (std::size_t c = 0; c < most_channels; ++c) sum += std::pow(double{a[c]} - double{b[c]}, 2);
  const double distance = std::sqrt(sum / 3);
  return std::min(steep * distance, base + flat * distance);
}

struct Candidate {
  FoundOwnMotion found;
  double overlap_in_place = 0;
  double size_ratio = 0;  ///< |natural logarithm|
  double colors = 0;      ///< what the difference of the colours costs
  double cost = 0;        ///< of what is different and of the way
  double misplaced = 0;  ///< what is added to prefer a shape in place to an equal one elsewhere
};

/// How far the points of a shape move on average: about as far as its centre and the ends of its
/// longer axis.
double mean_way(const Shape& shape, const Affine& motion) {
  const Point& c = shape.centre;
  const auto way = [&](const Point& p) {
    const Point q = motion(p);
    return std::hypot(q[0] - p[0], q[1] - p[1]);
  };
  return (way(c) + way({c[0] + shape.spread[0], c[1]}) + way({c[0] - shape.spread[0], c[1]}) +
          way({c[0], c[1] + shape.spread[1]}) + way({c[0], c[1] - shape.spread[1]})) /
         5;
}

Candidate candidate(const ShapePair& pair, const SimilarityMotion& whole_motion) {
  const Affine whole = whole_motion.power(1);
  Candidate best;
  const Shape &from = pair.first(), &to = pair.second();
  const Overlap in_place = overlap_of(pair, whole);
  best.overlap_in_place = in_place.all;
  best.found = find_own_motion(pair, whole);
  const OwnMotion& own = best.found.own;
  const double size_ratio =
      std::abs(std::log(to.area / (from.area * std::abs(whole.determinant()))));
  const double proportions = std::abs(std::log(std::abs(own.stretch[0] / own.stretch[1])));
  best.size_ratio = size_ratio;
  best.colors = cost_of_colors(from, to);
  best.misplaced = 0.2 * (1 - in_place.seen);
  best.cost = 0.7 * (1 - best.found.overlap.all) + best.found.complexity + best.colors +
              0.35 * mean_way(from, after(own.power(1), whole)) + 0.06 * size_ratio +
              0.06 * proportions;
  return best;
}

/// Whether other shapes than those that enclose it may hide a shape in the other picture, to which
/// `motion` leads.
bool may_be_covered(const Drawing& drawing, std::size_t shape, const Drawing& other,
                    const Affine& motion) {
  constexpr double covered = 0.85;
  const Plane plane{drawing.size};
  std::size_t seen = 0, hidden = 0;
  for (std::size_t i = 0; i < drawing.front.size(); ++i) {
    if (drawing.front[i] != static_cast<int>(shape)) continue;
    ++seen;
    if (other.seen_at(motion(plane.point(i % plane.size.width, i / plane.size.width))) !=
        Drawing::no_shape)
      ++hidden;
  }
  return static_cast<double>(hidden) >= covered * static_cast<double>(seen);
}

/// The cost of leaving each shape alone, which grows with its fraction of the whole area, less for
/// a shape that the other picture may hide. `motion` leads to the other picture.
std::vector<double> costs_alone(const Drawing& drawing, const Drawing& other,
                                const Affine& motion) {
  constexpr double least = 0.4, by_size = 1.2, by_size_if_covered = 0.4;
  double total = 0;
  for (const Shape& shape : drawing.shapes) total += shape.visible_area;
  std::vector<double> costs;
  costs.reserve(drawing.shapes.size());
  for (std::size_t k = 0; k < drawing.shapes.size(); ++k)
    costs.push_back(least + (may_be_covered(drawing, k, other, motion) ? by_size_if_covered
                                                                       : by_size) *
                                std::sqrt(std::min(1.0, drawing.shapes[k].area / total)));
  return costs;
}

class Matcher {
 public:
  Matcher(const Drawing& from, const Drawing& to, const SimilarityMotion& whole)
      : from_(from),
        to_(to),
        whole_(whole.power(1)),
        from_alone_(costs_alone(from, to, whole_)),
        to_alone_(costs_alone(to, from, inverse(whole_))),
        candidates_(from.shapes.size()) {
    for (std::size_t i = 0; i < from.shapes.size(); ++i)
      for (std::size_t j = 0; j < to.shapes.size(); ++j)
        candidates_[i].push_back(candidate({from, i, to, j}, whole));
  }

  Matching match() {
    const std::vector<std::optional<std::size_t>> columns = assignment();
    std::vector<std::optional<std::size_t>> rows(to_.shapes.size());
    for (std::size_t i = 0; i < columns.size(); ++i) {
      if (!columns[i]) continue;
      rows[*columns[i]] = i;
      add(i, *columns[i], false);
    }
    for (std::size_t i = 0; i < columns.size(); ++i)
      if (!columns[i]) share_or_leave_first(i, rows);
    for (std::size_t j = 0; j < rows.size(); ++j)
      if (!rows[j]) share_or_leave_second(j, columns);
    return std::move(result_);
  }

 private:
  std::vector<std::optional<std::size_t>> assignment() const {
    std::vector<std::vector<double>> costs(candidates_.size());
    for (std::size_t i = 0; i < costs.size(); ++i)
      for (const Candidate& each : candidates_[i]) costs[i].push_back(each.cost + each.misplaced);
    return partial_assignment(costs, from_alone_, to_alone_);
  }

  void add(std::size_t i, std::size_t j, bool shared) {
    const Candidate& chosen = candidates_[i][j];
    const ShapePair pair{from_, i, to_, j};
    const FoundOwnMotion refined = refine_own_motion(pair, whole_, chosen.found);
    result_.matches.push_back({i, j, refined.own,
                               refined.overlap, shared});
    result_.cost += chosen.cost;
  }

  /// Whether a shape may share the counterpart of another one: not if these two are one shape in
  /// place, beside which there is something new, and only if it could be a piece of it.
  static bool may_share(const Candidate& own, const Candidate& of_partner) {
    constexpr double in_place = 0.8, most_colors = 0.35, largest_ratio = 2;
    return of_partner.overlap_in_place < in_place && own.colors < most_colors &&
           own.size_ratio < largest_ratio;
  }

  // The limit for sharing is higher than the cost of staying alone, since no other shape loses its
  // counterpart when one is shared.
  static constexpr double to_share = 1.6;

  void share_or_leave_first(std::size_t i, const std::vector<std::optional<std::size_t>>& rows) {
    std::optional<std::size_t> best;
    for (std::size_t j = 0; j < to_.shapes.size(); ++j)
      if (rows[j] && (!best || candidates_[i][j].cost < candidates_[i][*best].cost) &&
          may_share(candidates_[i][j], candidates_[*rows[j]][j]))
        best = j;
    if (best && candidates_[i][*best].cost < to_share * from_alone_[i]) {
      add(i, *best, true);
    } else {
      result_.matches.push_back({.from = i, .to = {}, .own = {}, .overlap = {}});
      result_.cost += from_alone_[i];
    }
  }

  void share_or_leave_second(std::size_t j,
                             const std::vector<std::optional<std::size_t>>& columns) {
    std::optional<std::size_t> best;
    for (std::size_t i = 0; i < from_.shapes.size(); ++i)
      if (columns[i] && (!best || candidates_[i][j].cost < candidates_[*best][j].cost) &&
          may_share(candidates_[i][j], candidates_[i][*columns[i]]))
        best = i;
    if (best && candidates_[*best][j].cost < to_share * to_alone_[j]) {
      add(*best, j, true);
    } else {
      result_.matches.push_back({.from = {}, .to = j, .own = {}, .overlap = {}});
      result_.cost += to_alone_[j];
    }
  }

  const Drawing &from_, &to_;
  Affine whole_;
  std::vector<double> from_alone_, to_alone_;
  std::vector<std::vector<Candidate>> candidates_;
  Matching result_;
};

}  // namespace

Matching match_shapes(const Drawing& from, const Drawing& to, const SimilarityMotion& whole) {
  return Matcher(from, to, whole).match();
}

}  // namespace chorus
