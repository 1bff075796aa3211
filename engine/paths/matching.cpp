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
  double overlap_in_place = 0, seen_in_place = 0;
  double size_ratio = 0;  ///< |natural logarithm|
  double colors = 0;      ///< what the difference of the colours costs
  double cost = 0;        ///< of what is different and of the way
  double misplaced = 0;   ///< what is added to prefer a shape in place to an equal one elsewhere
};

/// How far the points of a shape move on average, after `whole` has moved them: about as far as its
/// centre and the ends of its axes.
double mean_way(const Shape& shape, const Affine& whole, const Affine& motion) {
  const Point &c = shape.centre, &s = shape.spread;
  double sum = 0;
  for (const Point& p :
       {c, {c[0] + s[0], c[1]}, {c[0] - s[0], c[1]}, {c[0], c[1] + s[1]}, {c[0], c[1] - s[1]}}) {
    const Point before = whole(p), behind = motion(before);
    sum += std::hypot(behind[0] - before[0], behind[1] - before[1]) / 5;
  }
  return sum;
}

constexpr double cost_of_way = 0.35;  // for half the picture's width

/// What a motion of the whole picture costs, hardly more for many shapes than for one.
double cost_of_whole(const SimilarityMotion& whole, const Drawing& drawing) {
  // Things that change places look as if the whole had made half a turn.
  constexpr double of_any = 0.05, of_turns = 0.06, half_turn = 2.8, of_half_turns = 1.5,
                   most_shapes = 1.6;
  if (!whole.moves()) return 0;
  double way = 0, area = 0;
  for (const Shape& shape : drawing.shapes) {
    way += shape.visible_area * mean_way(shape, {}, whole.power(1));
    area += shape.visible_area;
  }
  const double shapes = std::min(static_cast<double>(drawing.shapes.size()), most_shapes);
  return of_any + of_turns * whole.angle * whole.angle +
         (std::abs(whole.angle) > half_turn ? of_half_turns : 0) +
         (area > 0 ? cost_of_way * shapes * way / area : 0);
}

Candidate candidate(const ShapePair& pair, const SimilarityMotion& whole_motion) {
  const Affine whole = whole_motion.power(1);
  Candidate best;
  const Shape &from = pair.first(), &to = pair.second();
  const Overlap in_place = overlap_of(pair, whole);
  best.overlap_in_place = in_place.all;
  best.seen_in_place = in_place.seen;
  best.found = find_own_motion(pair, whole);
  const OwnMotion& own = best.found.own;
  const double size_ratio =
      std::abs(std::log(to.area / (from.area * std::abs(whole.determinant()))));
  const double proportions = std::abs(std::log(std::abs(own.stretch[0] / own.stretch[1])));
  best.size_ratio = size_ratio;
  best.colors = cost_of_colors(from, to);
  best.misplaced = 0.2 * (1 - in_place.seen);
  best.cost = 0.7 * (1 - best.found.overlap.all) + best.found.complexity + best.colors +
              cost_of_way * mean_way(from, whole, own.power(1)) + 0.06 * size_ratio +
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
  constexpr double least = 0.4, by_size = 1.2, by_size_if_covered = 0.4, quarter_of_picture = 1;
  double total = 0;
  for (const Shape& shape : drawing.shapes) total += shape.visible_area;
  total = std::max(total, quarter_of_picture);
  std::vector<double> costs;
  costs.reserve(drawing.shapes.size());
  for (std::size_t k = 0; k < drawing.shapes.size(); ++k)
    costs.push_back(least +
                    (may_be_covered(drawing, k, other, motion) ? by_size_if_covered : by_size) *
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
    result_.matches.push_back({i, j, refined.own, refined.overlap, shared});
    // What stays in place, partly hidden, is explained, even if it seems to grow.
    constexpr double explained = 0.95, at_most = 0.08;
    result_.cost += chosen.seen_in_place >= explained
                        ? std::min(chosen.cost, chosen.colors + at_most)
                        : chosen.cost;
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
  Matching matching = Matcher(from, to, whole).match();
  matching.cost += cost_of_whole(whole, from);
  return matching;
}

std::vector<Match> matches_without_own_motion(const Drawing& from, const Drawing& to,
                                              const Affine& whole) {
  constexpr double equal = 0.9;
  std::vector<Match> matches;
  for (std::size_t i = 0; i < from.shapes.size(); ++i)
    for (std::size_t j = 0; j < to.shapes.size(); ++j) {
      const Overlap overlap = overlap_of({from, i, to, j}, whole);
      if (overlap.all > equal)
        matches.push_back({.from = i, .to = j, .own = {}, .overlap = overlap});
    }
  std::stable_sort(matches.begin(), matches.end(),
                   [](const Match& a, const Match& b) { return a.overlap.all > b.overlap.all; });
  std::vector<bool> from_used(from.shapes.size()), to_used(to.shapes.size());
  std::vector<Match> chosen;
  for (const Match& match : matches) {
    if (from_used[*match.from] || to_used[*match.to]) continue;
    from_used[*match.from] = to_used[*match.to] = true;
    chosen.push_back(match);
  }
  for (std::size_t i = 0; i < from_used.size(); ++i)
    if (!from_used[i]) chosen.push_back({.from = i, .to = {}, .own = {}, .overlap = {}});
  for (std::size_t j = 0; j < to_used.size(); ++j)
    if (!to_used[j]) chosen.push_back({.from = {}, .to = j, .own = {}, .overlap = {}});
  return chosen;
}

}  // namespace chorus
