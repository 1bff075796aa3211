#include "priors.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

namespace chorus::shapes {

namespace {

Point leaving_side(const Drawing& drawing, const SmoothJoint::Side& side) {
  return drawing.leaving_end(drawing.segment_of(side), side.end);
}

double grid_penalty(const Drawing& drawing, const Priors& priors) {
  double sum = 0;
  std::vector<char> is_used(drawing.points.size());
  const auto add = [&](double off, double weight) {
    sum += std::min(square(weight * off), priors.grid_cap);
  };
  for (const Chain& chain : drawing.chains) {
    if (chain.is_frame) continue;
    for (const Segment& segment : chain.segments) {
      is_used[static_cast<std::size_t>(segment.from)] = 1;
      is_used[static_cast<std::size_t>(segment.to)] = 1;
      if (segment.is_arc) add(off_quarters(segment.bulge), 3 * priors.grid);
    }
  }
  for (std::size_t i = 0; i < drawing.points.size(); ++i) {
    if (!is_used[i] || drawing.is_fixed[i]) continue;
    add(off_grid(drawing.points[i].x), priors.grid);
    add(off_grid(drawing.points[i].y), priors.grid);
  }
  return sum;
}

}  // namespace

double joint_sine(const Drawing& drawing, const SmoothJoint& joint) {
  return cross(leaving_side(drawing, joint.a), leaving_side(drawing, joint.b));
}

void find_joints(Drawing& drawing, double largest_sine) {
  std::vector<std::vector<SmoothJoint::Side>> at(drawing.points.size());
  for (std::size_t c = 0; c < drawing.chains.size(); ++c) {
    const Chain& chain = drawing.chains[c];
    const bool is_free = !chain.is_frame && chain.figure.numbers == 0;
    for (std::size_t s = 0; is_free && s < chain.segments.size(); ++s) {
      const int ci = static_cast<int>(c), si = static_cast<int>(s);
      at[static_cast<std::size_t>(chain.segments[s].from)].push_back({ci, si, End::start});
      at[static_cast<std::size_t>(chain.segments[s].to)].push_back({ci, si, End::stop});
    }
  }
  drawing.joints.clear();
  for (const auto& ends : at)
    for (std::size_t i = 0; i < ends.size(); ++i)
      for (std::size_t j = 0; j < i; ++j) {
        const SmoothJoint joint{ends[i], ends[j]};
        const bool onward = dot(leaving_side(drawing, joint.a), leaving_side(drawing, joint.b)) < 0;
        if (onward && std::abs(joint_sine(drawing, joint)) < largest_sine)
          drawing.joints.push_back(joint);
      }
}

Direction direction_of(const Drawing& drawing, const Segment& segment) {
  constexpr double shortest_px = 0.7, largest_slope = 0.06;
  if (segment.is_arc) return Direction::other;
  const Point way = drawing.stop(segment) - drawing.start(segment);
  const double l = length(way);
  if (l < shortest_px) return Direction::other;
  if (std::abs(way.y) < largest_slope * l) return Direction::level;
  if (std::abs(way.x) < largest_slope * l) return Direction::upright;
  return Direction::other;
}

double misdirection(const Drawing& drawing, const Segment& segment, Direction direction) {
  const Point way = drawing.stop(segment) - drawing.start(segment);
  if (direction == Direction::level) return way.y;
  return direction == Direction::upright ? way.x : 0;
}

double off_grid(double coordinate) { return coordinate - std::round(2 * coordinate) / 2; }

double off_quarters(double bulge) {
  constexpr double half_circle = 1;
  const double size = std::abs(bulge);
  const double off = std::abs(size - quarter_bulge) < std::abs(size - half_circle)
                         ? size - quarter_bulge
                         : size - half_circle;
  return bulge < 0 ? -off : off;
}

double penalty(const Drawing& drawing, const Priors& priors) {
  double sum = priors.grid > 0 ? grid_penalty(drawing, priors) : 0;
  for (const SmoothJoint& joint : drawing.joints)
    sum += square(priors.smooth * joint_sine(drawing, joint));
  for (const Chain& chain : drawing.chains) {
    if (chain.is_frame) continue;
    for (const Segment& segment : chain.segments)
      sum += std::min(
          square(priors.upright * misdirection(drawing, segment, direction_of(drawing, segment))),
          priors.upright_cap);
  }
  return sum;
}

}  // namespace chorus::shapes
