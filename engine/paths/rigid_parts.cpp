#include "rigid_parts.hpp"

#include <algorithm>
#include <cstddef>
#include <numeric>

namespace chorus {

namespace {

bool touch(const Shape& a, const Shape& b) {
  constexpr double near = 0.06;
  for (std::size_t d = 0; d < 2; ++d)
    if (a.low[d] > b.high[d] + near || b.low[d] > a.high[d] + near) return false;
  return true;
}

}  // namespace

void join_rigid_parts(std::vector<Match>& matches, const Drawing& from, const Drawing& to,
                      const Affine& whole) {
  constexpr double as_good = 0.04;  // of the overlap may be lost
  std::vector<std::size_t> moved;
  for (std::size_t m = 0; m < matches.size(); ++m)
    if (matches[m].from && matches[m].to && matches[m].own.moves()) moved.push_back(m);
  const auto leads = [&](std::size_t a, std::size_t b) {
    const bool turns_a = matches[a].own.angle != 0, turns_b = matches[b].own.angle != 0;
    if (turns_a != turns_b) return turns_a;
    return from.shapes[*matches[a].from].area > from.shapes[*matches[b].from].area;
  };
  std::stable_sort(moved.begin(), moved.end(), leads);
  for (std::size_t k = 1; k < moved.size(); ++k) {
    Match& match = matches[moved[k]];
    const ShapePair pair{from, *match.from, to, *match.to};
    Overlap best = match.overlap;
    best.all -= as_good;
    const OwnMotion* better = nullptr;
    for (std::size_t leader = 0; leader < k; ++leader) {
      const Match& other = matches[moved[leader]];
      if (!touch(pair.first(), from.shapes[*other.from]) ||
          !touch(pair.second(), to.shapes[*other.to]))
        continue;
      const Overlap overlap = overlap_of(pair, after(other.own.power(1), whole));
      if (overlap.all <= best.all) continue;
      best = overlap;
      better = &other.own;
    }
    if (better == nullptr) continue;
    match.own = *better;
    match.overlap = best;
  }
}

}  // namespace chorus
