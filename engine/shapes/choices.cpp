#include "choices.hpp"

#include <algorithm>
#include <cmath>
#include <set>
#include <utility>

namespace chorus::shapes {

namespace {

/// Heat from which a chain, or a segment, is worth trying otherwise.
constexpr double warm_chain = 20, hot_segment = 60;

std::vector<char> with_neighbours(const Drawing& drawing, const std::vector<int>& points) {
  std::vector<char> chosen(drawing.points.size());
  for (const int p : points) chosen[static_cast<std::size_t>(p)] = 1;
  std::vector<char> grown = chosen;
  for (const Chain& chain : drawing.chains) {
    if (chain.is_frame) continue;
    for (const Segment& s : chain.segments) {
      const auto a = static_cast<std::size_t>(s.from), b = static_cast<std::size_t>(s.to);
      if (chosen[a]) grown[b] = 1;
      if (chosen[b]) grown[a] = 1;
    }
  }
  return grown;
}

double parameters_of(const Segment& segment) { return segment.is_arc ? 3 : 2; }

}  // namespace

double price(const Drawing& drawing) {
  constexpr double settled_sine = 0.1, settled_px = 0.02;
  double numbers = 0;
  const bool has_alpha = std::ranges::any_of(drawing.paints, &Paint::has_alpha);
  for (std::size_t r = 0; r + 1 < drawing.paints.size(); ++r)
    numbers += drawing.paints[r].numbers(has_alpha ? 4 : 3);
  for (const SmoothJoint& joint : drawing.joints)
    if (std::abs(joint_sine(drawing, joint)) < settled_sine &&
        (drawing.segment_of(joint.a).is_arc || drawing.segment_of(joint.b).is_arc))
      numbers -= 1;
  for (const Chain& chain : drawing.chains) {
    if (chain.is_frame) continue;
    numbers += chain.figure.numbers;
    if (chain.figure.numbers > 0) continue;
    if (!chain.is_closed) numbers -= 2;
    for (const Segment& segment : chain.segments) {
      numbers += parameters_of(segment);
      const Direction direction = direction_of(drawing, segment);
      if (direction != Direction::other &&
          std::abs(misdirection(drawing, segment, direction)) < settled_px)
        numbers -= 1;
    }
  }
  return price_of_number * numbers;
}

double description(const Problem& problem, const Drawing& drawing) {
  return cost(problem, drawing) + price(drawing);
}

Chooser::Chooser(const Problem& problem, Solver& solver, Drawing drawing,
                 const std::vector<Outline>& outlines, std::uint64_t most_work)
    : problem_(problem),
      solver_(solver),
      drawn_(problem, std::move(drawing)),
      outlines_(outlines),
      most_work_(most_work),
      description_(shapes::description(problem, drawn_.drawing)) {}

bool Chooser::attempt(int chain, const Change& change, int steps) {
  if (is_exhausted()) return false;
  Drawing changed = drawing();
  const Touched touched = change(changed);
  if (!touched) return false;
  find_joints(changed, problem_.priors.smooth_sine);
  const std::vector<char> movable = with_neighbours(changed, *touched);
  // Its price may fall yet, as lines become upright and joints smooth.
  const double goal = description_ - price(changed) + 2 * price_of_number;
  const double found =
      solver_.solve(changed, {steps, 1e-3, &movable, goal, &drawn_}) + price(changed);
  if (found >= description_ - 1e-3) return false;
  if (crosses_itself(changed, {chain}) && !crosses_itself(drawing(), {chain})) return false;
  drawn_ = Drawn(problem_, std::move(changed));
  description_ = found;
  return true;
}

double Chooser::heat(const Segment& segment) const {
  std::set<std::size_t> pixels;
  const Point a = drawing().start(segment), b = drawing().stop(segment);
  const int steps = std::max(2, static_cast<int>(2 * length(b - a)));
  for (int i = 0; i <= steps; ++i) {
    const Point p = arc_point(a, b, segment.bulge, static_cast<double>(i) / steps);
    if (p.x < 0 || p.y < 0) continue;
    const auto x = static_cast<std::size_t>(p.x), y = static_cast<std::size_t>(p.y);
    if (x < problem_.size.width && y < problem_.size.height)
      pixels.insert(y * problem_.size.width + x);
  }
  double sum = 0;
  for (const std::size_t p : pixels)
    sum += misfit(drawn_.layer.pixels[p], problem_.target[p], problem_.noise);
  return sum;
}

void Chooser::try_other_shapes() {
  constexpr std::size_t most_segments = 24;
  constexpr double cheap = 5;  // numbers of a chain that nothing simpler could replace
  const auto chains = static_cast<int>(drawing().chains.size());
  for (int c = 0; c < chains && !is_exhausted(); ++c) {
    const auto chain = [&]() -> const Chain& {
      return drawing().chains[static_cast<std::size_t>(c)];
    };
    if (chain().is_frame) continue;
    double warmth = 0, numbers = 0;
    for (const Segment& segment : chain().segments) {
      warmth += heat(segment);
      numbers += parameters_of(segment);
    }
    if (warmth < warm_chain && numbers < cheap) continue;
    for (const Shape shape :
         {Shape::rectangle, Shape::rounded_rectangle, Shape::circle, Shape::diamond})
      attempt(
          c, [&](Drawing& d) { return replace_by(d, c, shape); }, 15);
    if (chain().segments.size() > most_segments) continue;
    constexpr double never = 1e6;
    for (const CutPrices& prices :
         {CutPrices{0.04, 3, 4}, CutPrices{0.12, 3, 4.5}, CutPrices{0.1, 3, never}})
      attempt(
          c,
          [&](Drawing& d) {
            return cut_anew(d, c, outlines_[static_cast<std::size_t>(c)], prices);
          },
          12);
  }
}

void Chooser::try_other_colors() {
  constexpr float least_share = 0.5F;
  const Coverage shares = coverage(drawing());
  for (std::size_t r = 0; r < shares.of_region.size(); ++r) {
    if (drawing().is_measured[r]) continue;
    std::vector<float> share = shares.of_region[r];
    for (std::size_t p = 0; p < share.size(); ++p)
      if (is_held_out(problem_.target[p])) share[p] = 0;
    const auto purest = std::ranges::max_element(share);
    if (*purest <= least_share) continue;
    const Numbers color = problem_.target[static_cast<std::size_t>(purest - share.begin())];
    const int region = static_cast<int>(r);
    std::vector<int> chains, points;
    for (std::size_t c = 0; c < drawing().chains.size(); ++c) {
      const Chain& chain = drawing().chains[c];
      if (chain.is_frame || (chain.left != region && chain.right != region)) continue;
      chains.push_back(static_cast<int>(c));
      for (const Segment& s : chain.segments) points.insert(points.end(), {s.from, s.to});
    }
    if (chains.empty()) continue;
    attempt(
        chains.front(),
        [&](Drawing& d) {
          d.paints[r] = {.base = color};
          return Touched(points);
        },
        15);
    for (const int c : chains)
      attempt(
          c,
          [&](Drawing& d) {
            d.paints[r] = {.base = color};
            return replace_by(d, c, Shape::rectangle);
          },
          15);
  }
}

bool Chooser::try_fewer_segments(int c, int i) {
  return attempt(c, [&](Drawing& d) { return join_with_next(d, c, i, false); }) ||
         attempt(c, [&](Drawing& d) { return join_with_next(d, c, i, true); }) ||
         attempt(c, [&](Drawing& d) { return collapse(d, c, i, true); }) ||
         attempt(c, [&](Drawing& d) { return collapse(d, c, i, false); });
}

void Chooser::try_more_segments(int c) {
  constexpr double shortest_px = 0.6;
  const auto chain = [&]() -> const Chain& {
    return drawing().chains[static_cast<std::size_t>(c)];
  };
  for (int i = 0; i < static_cast<int>(chain().segments.size()); ++i) {
    const Segment& segment = chain().segments[static_cast<std::size_t>(i)];
    if (length(drawing().stop(segment) - drawing().start(segment)) <= shortest_px) continue;
    if (heat(segment) < hot_segment) continue;
    const auto split_into = [&](Halves halves) {
      return attempt(
          c, [&](Drawing& d) { return split(d, c, i, halves); }, 10);
    };
    attempt(c, [&](Drawing& d) { return bend(d, c, i); }) || split_into(Halves::alike) ||
        split_into(Halves::arc_then_line) || split_into(Halves::arcs);
  }
}

void Chooser::try_other_segments() {
  const auto chains = static_cast<int>(drawing().chains.size());
  for (int c = 0; c < chains && !is_exhausted(); ++c) {
    const auto segments = [&] {
      return static_cast<int>(drawing().chains[static_cast<std::size_t>(c)].segments.size());
    };
    if (drawing().chains[static_cast<std::size_t>(c)].is_frame) continue;
    for (int i = 0; i < segments();)
      if (!try_fewer_segments(c, i)) {
        attempt(c, [&](Drawing& d) { return straighten(d, c, i); });
        ++i;
      }
    try_more_segments(c);
  }
}

}  // namespace chorus::shapes
