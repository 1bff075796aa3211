#include "hidden_parts.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <numeric>
#include <optional>

namespace chorus {

namespace {

using ShapeOfMatch = std::optional<std::size_t> Match::*;

/// Completes shapes one after the other, and remembers which lies behind which, so that no two
/// shapes hide each other.
class Completion {
 public:
  Completion(Drawing& from, Drawing& to, const std::vector<Match>& matches)
      : from_(from),
        to_(to),
        matches_(matches),
        behind_(matches.size(), std::vector<bool>(matches.size())) {}

  /// `moved` is all motion of a match.
  void complete(std::size_t match, const Affine& moved) {
    const std::size_t from = *matches_[match].from, to = *matches_[match].to;
    const Shape first = from_.shapes[from], second = to_.shapes[to];
    complete_end(from_, &Match::from, match, second, moved);
    complete_end(to_, &Match::to, match, first, inverse(moved));
  }

 private:
  static constexpr double trace = 0.01;  // of a shape; less is not worth while

  /// Adds to a shape what its counterpart shows and what other shapes hide. `to_other` leads from
  /// places of this picture to those of the other.
  void complete_end(Drawing& own, ShapeOfMatch own_shape, std::size_t match,
                    const Shape& counterpart, const Affine& to_other) {
    const std::size_t shape = *(matches_[match].*own_shape);
    const Plane plane{own.size};
    Mask filled = mask_of(own.shapes[shape]);
    std::size_t there = 0, added = 0;
    std::vector<std::size_t> hidden_by(matches_.size());
    for (std::size_t i = 0; i < filled.size(); ++i) {
      if (filled[i] != 0) {
        ++there;
        continue;
      }
      const Point p = plane.point(i % own.size.width, i / own.size.width);
      if (!may_be_hidden(own, shape, p) || counterpart.filled.at(to_other(p)) <= 0) continue;
      const std::size_t cover = match_of(own_shape, own.front[i]);
      if (cover < matches_.size() && behind_[cover][match]) continue;
      if (cover < matches_.size()) ++hidden_by[cover];
      filled[i] = 1;
      ++added;
    }
    if (static_cast<double>(added) <= trace * static_cast<double>(there)) return;
    own.shapes[shape] = with_filled(own.shapes[shape], filled);
    for (std::size_t cover = 0; cover < hidden_by.size(); ++cover)
      if (static_cast<double>(hidden_by[cover]) > trace * static_cast<double>(there))
        behind_[match][cover] = true;
  }

  std::size_t match_of(ShapeOfMatch own_shape, int seen) const {
    std::size_t m = 0;
    while (m < matches_.size() && matches_[m].*own_shape != static_cast<std::size_t>(seen)) ++m;
    return m;
  }

  Drawing &from_, &to_;
  const std::vector<Match>& matches_;
  std::vector<std::vector<bool>> behind_;  ///< behind_[a][b]: match a is behind match b
};

}  // namespace

void add_hidden_parts(Drawing& from, Drawing& to, const std::vector<Match>& matches,
                      const Affine& whole) {
  constexpr double well_explained = 0.85;  // else the two are different shapes, not one in part
  std::vector<std::size_t> order;
  for (std::size_t m = 0; m < matches.size(); ++m)
    if (matches[m].from && matches[m].to && !matches[m].shared &&
        matches[m].overlap.seen >= well_explained)
      order.push_back(m);
  // Large shapes lie behind small ones rather than the other way round.
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return from.shapes[*matches[a].from].area > from.shapes[*matches[b].from].area;
  });
  Completion completion(from, to, matches);
  for (const std::size_t m : order) completion.complete(m, after(matches[m].own.power(1), whole));
}

namespace {

/// A picture with shapes that may lie hidden in the other one.
struct Uncovered {
  const Drawing& own;
  Drawing& other;
  ShapeOfMatch own_shape, other_shape;
};

/// The match of a shape of the other picture, if it moves on its own.
const Match* moving_match(const Uncovered& side, const std::vector<Match>& matches, int seen) {
  if (seen == Drawing::no_shape) return nullptr;
  for (const Match& match : matches)
    if (match.*side.other_shape == static_cast<std::size_t>(seen) && match.*side.own_shape &&
        match.own.moves())
      return &match;
  return nullptr;
}

/// The hidden twin of a shape in the other picture, to which `to_own` leads back; nothing if a
/// part of it would be seen there.
std::optional<Shape> twin_of(const Uncovered& side, std::size_t shape,
                             const std::vector<Match>& matches, const Affine& to_own) {
  constexpr double covered = 0.85;
  const Plane plane{side.other.size};
  const Shape& own = side.own.shapes[shape];
  Mask filled(side.other.front.size());
  std::size_t seen_there = 0, hidden = 0, all = 0;
  for (std::size_t i = 0; i < filled.size(); ++i) {
    const Point p = to_own(plane.point(i % plane.size.width, i / plane.size.width));
    if (own.filled.at(p) <= 0) continue;
    ++all;
    const Match* cover = moving_match(side, matches, side.other.front[i]);
    const bool covers = cover != nullptr && !side.own.encloses(*(cover->*side.own_shape), shape);
    if (covers) filled[i] = 1;
    if (side.own.seen_at(p) != static_cast<int>(shape)) continue;
    ++seen_there;
    hidden += covers ? 1 : 0;
  }
  if (all == 0 || seen_there == 0 ||
      static_cast<double>(hidden) < covered * static_cast<double>(seen_there))
    return {};
  Shape twin = with_filled(own, filled);
  twin.parent.reset();
  return twin;
}

void add_covered(const Uncovered& side, std::vector<Match>& matches, const Affine& to_own) {
  for (std::size_t m = 0; m < matches.size(); ++m) {
    if (!(matches[m].*side.own_shape) || matches[m].*side.other_shape) continue;
    std::optional<Shape> twin = twin_of(side, *(matches[m].*side.own_shape), matches, to_own);
    if (!twin) continue;
    matches[m].*side.other_shape = side.other.shapes.size();
    matches[m].overlap = {1, 1};
    side.other.shapes.push_back(std::move(*twin));
  }
}

}  // namespace

namespace {

/// The matches, by number, that hide parts of one shape of a pair where the other shape is seen;
/// nothing if more than a trace of them is hidden by what does not move.
std::optional<std::vector<std::size_t>> covers_of(const ShapePair& pair,
                                                  const std::vector<Match>& matches,
                                                  const Affine& motion) {
  constexpr double most_unmoved = 0.15;
  std::vector<std::size_t> covers;
  std::size_t unmoved = 0;
  const auto look = [&](const Drawing& lacking, ShapeOfMatch lacking_shape, std::size_t shape,
                        const Drawing& showing, std::size_t shown, const Affine& to_showing) {
    const Plane plane{lacking.size};
    for (std::size_t i = 0; i < lacking.front.size(); ++i) {
      const Point p = plane.point(i % plane.size.width, i / plane.size.width);
      if (lacking.shapes[shape].filled[i] > 0) continue;
      if (!may_be_hidden(lacking, shape, p)) continue;
      if (showing.seen_at(to_showing(p)) != static_cast<int>(shown)) continue;
      const auto cover = std::find_if(matches.begin(), matches.end(), [&](const Match& match) {
        return match.*lacking_shape == static_cast<std::size_t>(lacking.front[i]);
      });
      if (cover == matches.end() || !cover->from || !cover->to || !cover->own.moves())
        ++unmoved;
      else
        covers.push_back(static_cast<std::size_t>(cover - matches.begin()));
    }
  };
  look(pair.from, &Match::from, pair.from_shape, pair.to, pair.to_shape, motion);
  look(pair.to, &Match::to, pair.to_shape, pair.from, pair.from_shape, inverse(motion));
  if (static_cast<double>(unmoved) > most_unmoved * static_cast<double>(unmoved + covers.size()))
    return {};
  std::sort(covers.begin(), covers.end());
  covers.erase(std::unique(covers.begin(), covers.end()), covers.end());
  return covers;
}

}  // namespace

void keep_what_is_uncovered(const Drawing& from, const Drawing& to, std::vector<Match>& matches,
                            const Affine& whole) {
  constexpr double explained = 0.93;
  std::vector<bool> is_cover(matches.size());
  std::vector<std::size_t> order(matches.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  // What was hidden almost wholly would have to grow most.
  const auto growth = [&](std::size_t m) {
    const Point& stretch = matches[m].own.stretch;
    return std::abs(std::log(std::abs(stretch[0] * stretch[1])));
  };
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return growth(a) > growth(b); });
  for (const std::size_t m : order) {
    Match& match = matches[m];
    if (!match.from || !match.to || match.shared || is_cover[m] || match.own.stretch == Point{1, 1})
      continue;
    const ShapePair pair{from, *match.from, to, *match.to};
    const Overlap in_place = overlap_of(pair, whole);
    if (in_place.seen < explained) continue;
    const auto covers = covers_of(pair, matches, whole);
    if (!covers || covers->empty()) continue;
    match.own = OwnMotion{};
    match.overlap = in_place;
    for (const std::size_t cover : *covers) is_cover[cover] = true;
  }
}

void add_covered_shapes(Drawing& from, Drawing& to, std::vector<Match>& matches,
                        const Affine& whole) {
  add_covered({from, to, &Match::from, &Match::to}, matches, inverse(whole));
  add_covered({to, from, &Match::to, &Match::from}, matches, whole);
}

}  // namespace chorus
