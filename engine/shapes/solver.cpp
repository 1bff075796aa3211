#include "solver.hpp"

#include <algorithm>
#include <cmath>
#include <optional>
#include <utility>

#include "normal_equations.hpp"

namespace chorus::shapes {

/// The numbers that may change: x and y of points, and bulges of arcs. -1 stands for none.
struct Solver::Unknowns {
  int count = 0;
  std::vector<int> point;               ///< of each point: the index of x; y follows
  std::vector<std::vector<int>> bulge;  ///< of each segment of each chain

  int x(int p) const { return point[static_cast<std::size_t>(p)]; }
  int y(int p) const { return x(p) < 0 ? -1 : x(p) + 1; }
  int bulge_of(const SmoothJoint::Side& side) const {
    return bulge[static_cast<std::size_t>(side.chain)][static_cast<std::size_t>(side.segment)];
  }
  bool move(const Segment& s) const { return x(s.from) >= 0 || x(s.to) >= 0; }
};

class Solver::Equations : public NormalEquations {
 public:
  using NormalEquations::NormalEquations;
  /// A residual that depends on few unknowns, of which those below 0 do not change.
  void add_residual(double residual, const std::vector<std::pair<int, double>>& slopes) {
    for (const auto& [i, slope_i] : slopes) {
      if (i < 0) continue;
      add_gradient(i, slope_i * residual);
      for (const auto& [j, slope_j] : slopes)
        if (j >= 0) add(i, j, slope_i * slope_j);
    }
  }
};

double cost(const Problem& problem, const Drawing& drawing) {
  return misfit(rasterize(drawing), problem.target, problem.noise) +
         penalty(drawing, problem.priors);
}

Solver::Unknowns Solver::find_unknowns(const Drawing& drawing, const Options& options) const {
  Unknowns unknowns;
  const std::vector<char>* movable = options.movable;
  unknowns.point.assign(drawing.points.size(), -1);
  for (std::size_t i = 0; i < drawing.points.size(); ++i) {
    if (drawing.is_fixed[i] || (movable != nullptr && !(*movable)[i])) continue;
    unknowns.point[i] = unknowns.count;
    unknowns.count += 2;
  }
  for (const Chain& chain : drawing.chains) {
    std::vector<int>& bulges = unknowns.bulge.emplace_back(chain.segments.size(), -1);
    for (std::size_t s = 0; !chain.is_frame && s < chain.segments.size(); ++s)
      if (chain.segments[s].is_arc && (movable == nullptr || unknowns.move(chain.segments[s])))
        bulges[s] = unknowns.count++;
  }
  return unknowns;
}

void Solver::add_slope(std::size_t pixel, int unknown, const Numbers& jump, double factor) {
  std::vector<Slope>& slopes = slopes_[pixel];
  if (slopes.empty()) touched_.push_back(pixel);
  auto slope = std::ranges::find(slopes, unknown, &Slope::unknown);
  if (slope == slopes.end()) slope = slopes.insert(slopes.end(), {unknown, {}});
  for (std::size_t c = 0; c < jump.size(); ++c) slope->change[c] += factor * jump[c];
}

// When a chord's ends p and q are displaced, the colour of a pixel changes by the area that the
// part of the chord within it sweeps: the displacement along the chord's normal, times the jump of
// colour. A point of the arc is a + along (b - a) + across turned(b - a).
void Solver::add_segment_slopes(const Drawing& drawing, const Chain& chain, const Segment& segment,
                                const int (&ids)[5]) {
  const Paint& right = drawing.paints[static_cast<std::size_t>(chain.right)];
  const Paint& left = drawing.paints[static_cast<std::size_t>(chain.left)];
  const Paint jump = linear_jump(right, left);
  const bool is_flat = jump.is_flat() && !right.gradient && !left.gradient;
  const auto jump_at = [&](Point place) {
    Numbers step = right.at(place);
    const Numbers from = left.at(place);
    for (std::size_t c = 0; c < step.size(); ++c) step[c] -= from[c];
    return step;
  };
  const Point chord = drawing.stop(segment) - drawing.start(segment), centre = drawing.centre();
  struct Place {
    UnitPlace at, slope;  ///< slope: by the bulge
  };
  constexpr double h = 1e-5;
  std::optional<UnitArcWalk> arc, bent_arc;
  const auto next_place = [&] {
    const UnitPlace at = arc->next(), bent = bent_arc->next();
    return Place{at, {(bent.along - at.along) / h, (bent.across - at.across) / h}};
  };
  Place before{{0, 0}, {0, 0}};
  walk_chords(drawing, segment, [&](Point p, Point q, int i, int chords) {
    if (i == 1) {
      arc.emplace(segment.bulge, chords);
      bent_arc.emplace(segment.bulge + h, chords);
    }
    const Place after = i == chords ? Place{{1, 0}, {0, 0}} : next_place();
    const Point way = q - p, normal = {way.y, -way.x};
    walk_pixels(p, q, drawing.size, [&](const Crossed& piece) {
      if (!piece.is_in_picture) return;
      const double of_q = (piece.end * piece.end - piece.begin * piece.begin) / 2;
      const double of_p = piece.end - piece.begin - of_q, share = of_p + of_q;
      const auto mean = [&](double a, double b) { return of_p * a + of_q * b; };
      const double along = mean(before.at.along, after.at.along);
      const double across = mean(before.at.across, after.at.across);
      const Point by_bulge = mean(before.slope.along, after.slope.along) * chord +
                             mean(before.slope.across, after.slope.across) * turned(chord);
      const double slopes[5] = {(share - along) * normal.x - across * normal.y,
                                (share - along) * normal.y + across * normal.x,
                                along * normal.x + across * normal.y,
                                along * normal.y - across * normal.x, dot(normal, by_bulge)};
      const Numbers step = is_flat ? jump.base
                                   : jump_at(Point{static_cast<double>(piece.x) + 0.5,
                                                   static_cast<double>(piece.y) + 0.5} -
                                             centre);
      for (std::size_t k = 0; k < 5; ++k)
        if (ids[k] >= 0) add_slope(piece.y * drawing.size.width + piece.x, ids[k], step, slopes[k]);
    });
    before = after;
  });
}

void Solver::find_slopes(const Drawing& drawing, const Unknowns& unknowns) {
  for (const std::size_t pixel : touched_) slopes_[pixel].clear();
  touched_.clear();
  for (std::size_t c = 0; c < drawing.chains.size(); ++c) {
    const Chain& chain = drawing.chains[c];
    for (std::size_t s = 0; !chain.is_frame && s < chain.segments.size(); ++s) {
      const Segment& segment = chain.segments[s];
      const int ids[5] = {unknowns.x(segment.from), unknowns.y(segment.from),
                          unknowns.x(segment.to), unknowns.y(segment.to), unknowns.bulge[c][s]};
      if (ids[0] >= 0 || ids[2] >= 0 || ids[4] >= 0)
        add_segment_slopes(drawing, chain, segment, ids);
    }
  }
}

void Solver::add_pixels(const Pixels& drawn, Equations& equations) const {
  const auto& [sigma, huber] = problem_.noise;
  for (const std::size_t pixel : touched_)
    for (std::size_t c = 0; c < most_channels && !is_held_out(problem_.target[pixel]); ++c) {
      const double error = drawn[pixel][c] - problem_.target[pixel][c];
      const double size = std::abs(error) / sigma;
      const double weight = (size <= huber ? 1 : huber / size) / (sigma * sigma);
      for (const Slope& a : slopes_[pixel]) {
        if (a.change[c] == 0) continue;
        equations.add_gradient(a.unknown, weight * a.change[c] * error);
        for (const Slope& b : slopes_[pixel])
          equations.add(a.unknown, b.unknown, weight * a.change[c] * b.change[c]);
      }
    }
}

void Solver::add_joints(Drawing& drawing, const Unknowns& unknowns, Equations& equations) const {
  const double weight = problem_.priors.smooth;
  for (const SmoothJoint& joint : drawing.joints) {
    std::vector<std::pair<double*, int>> numbers;
    const auto add = [&](double& number, int unknown) {
      if (unknown >= 0 &&
          std::ranges::find(numbers, unknown, &std::pair<double*, int>::second) == numbers.end())
        numbers.emplace_back(&number, unknown);
    };
    for (const SmoothJoint::Side& side : {joint.a, joint.b}) {
      const Segment& segment = drawing.segment_of(side);
      for (const int p : {segment.from, segment.to}) {
        add(drawing.points[static_cast<std::size_t>(p)].x, unknowns.x(p));
        add(drawing.points[static_cast<std::size_t>(p)].y, unknowns.y(p));
      }
      add(drawing.chains[static_cast<std::size_t>(side.chain)]
              .segments[static_cast<std::size_t>(side.segment)]
              .bulge,
          unknowns.bulge_of(side));
    }
    if (numbers.empty()) continue;
    const double residual = weight * joint_sine(drawing, joint);
    std::vector<std::pair<int, double>> slopes;
    for (const auto& [number, unknown] : numbers) {
      constexpr double h = 1e-5;
      const double kept = std::exchange(*number, *number + h);
      slopes.emplace_back(unknown, (weight * joint_sine(drawing, joint) - residual) / h);
      *number = kept;
    }
    equations.add_residual(residual, slopes);
  }
}

void Solver::add_directions(const Drawing& drawing, const Unknowns& unknowns,
                            Equations& equations) const {
  const auto& [smooth, sine, weight, cap, grid, grid_cap] = problem_.priors;
  for (const Chain& chain : drawing.chains) {
    if (chain.is_frame) continue;
    for (const Segment& segment : chain.segments) {
      if (!unknowns.move(segment)) continue;
      const Direction direction = direction_of(drawing, segment);
      const double residual = weight * misdirection(drawing, segment, direction);
      if (direction == Direction::other || residual * residual >= cap) continue;
      const bool level = direction == Direction::level;
      equations.add_residual(
          residual, {{level ? unknowns.y(segment.to) : unknowns.x(segment.to), weight},
                     {level ? unknowns.y(segment.from) : unknowns.x(segment.from), -weight}});
    }
  }
}

void Solver::add_grid(const Drawing& drawing, const Unknowns& unknowns,
                      Equations& equations) const {
  const double weight = problem_.priors.grid;
  if (weight == 0) return;
  const auto pull = [&](int unknown, double factor, double off) {
    if (unknown >= 0 && factor * off * factor * off < problem_.priors.grid_cap)
      equations.add_residual(factor * off, {{unknown, factor}});
  };
  for (std::size_t p = 0; p < drawing.points.size(); ++p) {
    pull(unknowns.x(static_cast<int>(p)), weight, off_grid(drawing.points[p].x));
    pull(unknowns.y(static_cast<int>(p)), weight, off_grid(drawing.points[p].y));
  }
  for (std::size_t c = 0; c < drawing.chains.size(); ++c)
    for (std::size_t s = 0; s < drawing.chains[c].segments.size(); ++s)
      pull(unknowns.bulge[c][s], 3 * weight, off_quarters(drawing.chains[c].segments[s].bulge));
}

namespace {

/// The largest steps that are taken at once, because the areas are linear only near by.
constexpr double longest_move_px = 0.5, largest_bend = 0.15, roundest_bulge = 2;

}  // namespace

double Solver::solve(Drawing& drawing, const Options& options) {
  const Unknowns unknowns = find_unknowns(drawing, options);
  if (unknowns.count == 0) return cost(problem_, drawing);
  const auto moves = [&](const Chain& chain) {
    return std::ranges::any_of(chain.segments, [&](auto& s) { return unknowns.move(s); });
  };
  Redrawing redrawing = options.before != nullptr
                            ? Redrawing(problem_, drawing, moves, *options.before)
                            : Redrawing(problem_, drawing, moves);
  const auto draw = [&](Redrawing::Picture& picture) {
    return redrawing.draw(drawing, picture) + penalty(drawing, problem_.priors);
  };
  const auto apply = [&](const std::vector<double>& change) {
    double most = 0;
    for (std::size_t p = 0; p < drawing.points.size(); ++p) {
      const int id = unknowns.point[p];
      if (id < 0) continue;
      Point move = {change[static_cast<std::size_t>(id)], change[static_cast<std::size_t>(id) + 1]};
      const double distance = length(move);
      if (distance > longest_move_px) move = longest_move_px / distance * move;
      most = std::max(most, std::min(distance, longest_move_px));
      drawing.points[p] += move;
    }
    for (std::size_t c = 0; c < drawing.chains.size(); ++c)
      for (std::size_t s = 0; s < drawing.chains[c].segments.size(); ++s) {
        const int id = unknowns.bulge[c][s];
        if (id < 0) continue;
        const double bend =
            std::clamp(change[static_cast<std::size_t>(id)], -largest_bend, largest_bend);
        double& bulge = drawing.chains[c].segments[s].bulge;
        bulge = std::clamp(bulge + bend, -roundest_bulge, roundest_bulge);
        most = std::max(most, std::abs(bend));
      }
    return most;
  };

  Redrawing::Picture drawn, redrawn;
  double best = draw(drawn), damping = options.damping;
  std::optional<Equations> equations;
  for (int step = 0; step < options.steps; ++step) {
    work_ += drawn.pixels.size();
    if (!equations) {
      find_slopes(drawing, unknowns);
      equations.emplace(unknowns.count);
      add_pixels(drawn.pixels, *equations);
      add_joints(drawing, unknowns, *equations);
      add_directions(drawing, unknowns, *equations);
      add_grid(drawing, unknowns, *equations);
      work_ += 50 * touched_.size() + 50 * static_cast<std::uint64_t>(unknowns.count);
    }
    const auto change = equations->solve(damping);
    work_ += equations->work();
    if (!change) {
      damping = std::max(10 * damping, 1e-3);
      continue;
    }
    const std::vector<Point> points = drawing.points;
    const std::vector<Chain> chains = drawing.chains;
    const double most = apply(*change);
    const double now = draw(redrawn);
    if (now < best) {
      const double drop = best - now;
      best = now;
      std::swap(drawn, redrawn);
      damping = std::max(0.2 * damping, 1e-7);
      equations.reset();
      if (drop < 1e-4 * best + 0.02 || most < 1e-4) break;
      if (best - drop * (options.steps - step - 1) > options.goal) break;
    } else {
      drawing.points = points;
      drawing.chains = chains;
      damping = std::max(8 * damping, 1e-5);
      if (damping > 1e3) break;
    }
  }
  return best;
}

}  // namespace chorus::shapes
