#include "split_shapes.hpp"

#include <algorithm>
#include <cstddef>

namespace chorus {

namespace {

/// The stretch along x and y, and the shift, that lay one box on another.
Affine box_to_box(const Point& low, const Point& high, const Point& other_low,
                  const Point& other_high) {
  constexpr double least_side = 1e-3;
  const auto scale = [&](std::size_t d) {
    return (other_high[d] - other_low[d]) / std::max(least_side, high[d] - low[d]);
  };
  return {
      scale(0), 0, 0, scale(1), other_low[0] - scale(0) * low[0], other_low[1] - scale(1) * low[1]};
}

/// A shape of the picture `own` and its counterparts in the picture `other`.
struct Group {
  Drawing& own;
  std::size_t shape;
  const Drawing& other;
  std::vector<std::size_t> counterparts;
};

/// The piece of the shape for each counterpart; none if one of them would be hardly anything.
std::vector<Mask> pieces_of(const Group& group) {
  constexpr double least_share = 0.04, far = 1e9;
  const Shape& shape = group.own.shapes[group.shape];
  Point low{far, far}, high{-far, -far};
  for (const std::size_t k : group.counterparts)
    include_box(low, high, group.other.shapes[k].low, group.other.shapes[k].high, {});
  const Affine laid = box_to_box(shape.low, shape.high, low, high);
  const Mask mask = mask_of(shape);
  const Plane plane{group.own.size};
  std::vector<Mask> pieces(group.counterparts.size(), Mask(mask.size()));
  std::vector<std::size_t> counts(pieces.size());
  std::size_t all = 0;
  for (std::size_t i = 0; i < mask.size(); ++i) {
    if (mask[i] == 0) continue;
    const Point p = laid(plane.point(i % plane.size.width, i / plane.size.width));
    std::size_t nearest = 0;
    for (std::size_t k = 1; k < pieces.size(); ++k)
      if (group.other.shapes[group.counterparts[k]].filled.at(p) >
          group.other.shapes[group.counterparts[nearest]].filled.at(p))
        nearest = k;
    pieces[nearest][i] = 1;
    ++counts[nearest];
    ++all;
  }
  for (const std::size_t count : counts)
    if (static_cast<double>(count) < least_share * static_cast<double>(all)) return {};
  return pieces;
}

void split(Drawing& own, const Drawing& other, std::vector<Match>& matches,
           std::optional<std::size_t> Match::*own_shape,
           std::optional<std::size_t> Match::*other_shape, std::vector<Match*>& changed) {
  const std::size_t shapes = own.shapes.size();
  for (std::size_t shape = 0; shape < shapes; ++shape) {
    Group group{own, shape, other, {}};
    std::vector<Match*> of_shape;
    for (Match& match : matches) {
      if (match.*own_shape != shape || !(match.*other_shape)) continue;
      of_shape.push_back(&match);
      group.counterparts.push_back(*(match.*other_shape));
    }
    if (of_shape.size() < 2) continue;
    const std::vector<Mask> pieces = pieces_of(group);
    if (pieces.empty()) continue;
    const Shape entire = own.shapes[shape];
    for (std::size_t k = 0; k < pieces.size(); ++k) {
      Shape piece = with_filled(entire, pieces[k]);
      if (k == 0) {
        own.shapes[shape] = std::move(piece);
      } else {
        of_shape[k]->*own_shape = own.shapes.size();
        own.shapes.push_back(std::move(piece));
      }
      changed.push_back(of_shape[k]);
    }
  }
}

}  // namespace

void split_shared_shapes(Drawing& from, Drawing& to, std::vector<Match>& matches,
                         const Affine& whole) {
  std::vector<Match*> changed;
  split(from, to, matches, &Match::from, &Match::to, changed);
  split(to, from, matches, &Match::to, &Match::from, changed);
  for (Match* match : changed) {
    const ShapePair pair{from, *match->from, to, *match->to};
    const FoundOwnMotion found = refine_own_motion(pair, whole, find_own_motion(pair, whole));
    match->own = found.own;
    match->overlap = found.overlap;
    match->shared = false;
  }
  std::stable_partition(matches.begin(), matches.end(),
                        [](const Match& match) { return !match.shared; });
}

}  // namespace chorus
