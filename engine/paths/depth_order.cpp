#include "depth_order.hpp"

#include <algorithm>
#include <cstddef>
#include <limits>

namespace chorus {

namespace {

/// evidence[a][b]: how much of a picture shows match a in front of match b, as a fraction of the
/// smaller of the two shapes.
using Evidence = std::vector<std::vector<double>>;

Evidence evidence_of(const Drawing& drawing, const std::vector<Match>& matches,
                     std::optional<std::size_t> Match::*shape_of) {
  const std::size_t none = drawing.shapes.size();
  std::vector<std::vector<std::size_t>> in_front(none, std::vector<std::size_t>(none));
  for (std::size_t behind = 0; behind < none; ++behind) {
    const Field& filled = drawing.shapes[behind].filled;
    for (std::size_t i = 0; i < drawing.front.size(); ++i) {
      const int seen = drawing.front[i];
      if (seen == Drawing::no_shape || filled[i] <= 0) continue;
      if (static_cast<std::size_t>(seen) < none) ++in_front[static_cast<std::size_t>(seen)][behind];
    }
  }
  const double unit = Plane{drawing.size}.unit_px();
  Evidence evidence(matches.size(), std::vector<double>(matches.size()));
  for (std::size_t a = 0; a < matches.size(); ++a)
    for (std::size_t b = 0; b < matches.size(); ++b) {
      const auto &front = matches[a].*shape_of, &behind = matches[b].*shape_of;
      if (!front || !behind || *front == *behind) continue;
      const double smaller =
          std::min(drawing.shapes[*front].area, drawing.shapes[*behind].area) * unit * unit;
      evidence[a][b] = static_cast<double>(in_front[*front][*behind]) / smaller;
    }
  return evidence;
}

double area_of(const Match& match, const Drawing& from, const Drawing& to) {
  if (!match.to) return from.shapes[*match.from].area;
  if (!match.from) return to.shapes[*match.to].area;
  return (from.shapes[*match.from].area + to.shapes[*match.to].area) / 2;
}

/// Takes again and again the match that may lie behind all others that are left: the one of which
/// the least is seen in front of them, and of several the largest.
std::vector<std::size_t> sorted(const Evidence& first, const Evidence& second,
                                const std::vector<double>& areas) {
  constexpr double least = 0.05;  // less is a soft border
  constexpr double of_second = 1e-6;
  const std::size_t count = areas.size();
  const auto weight = [&](std::size_t a, std::size_t b) {
    const auto lead = [&](const Evidence& evidence) {
      const double difference = evidence[a][b] - evidence[b][a];
      return difference >= least ? difference : 0;
    };
    return lead(first) + of_second * lead(second);
  };
  std::vector<double> violated(count);
  for (std::size_t a = 0; a < count; ++a)
    for (std::size_t b = 0; b < count; ++b) violated[a] += weight(a, b);
  std::vector<std::size_t> place(count);
  std::vector<bool> placed(count);
  for (std::size_t next = 0; next < count; ++next) {
    std::size_t chosen = count;
    for (std::size_t a = 0; a < count; ++a) {
      if (placed[a]) continue;
      if (chosen == count || violated[a] < violated[chosen] - 1e-9 ||
          (violated[a] <= violated[chosen] + 1e-9 && areas[a] > areas[chosen]))
        chosen = a;
    }
    placed[chosen] = true;
    place[chosen] = next;
    for (std::size_t a = 0; a < count; ++a)
      if (!placed[a]) violated[a] -= weight(a, chosen);
  }
  return place;
}

}  // namespace

DepthOrder depth_order(const Drawing& from, const Drawing& to, const std::vector<Match>& matches) {
  const Evidence of_from = evidence_of(from, matches, &Match::from);
  const Evidence of_to = evidence_of(to, matches, &Match::to);
  std::vector<double> areas;
  areas.reserve(matches.size());
  for (const Match& match : matches) areas.push_back(area_of(match, from, to));
  return {sorted(of_from, of_to, areas), sorted(of_to, of_from, areas)};
}

}  // namespace chorus
