#include "region_loops.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <utility>

namespace chorus::shapes {

namespace {

const Chain& chain_of(const Drawing& drawing, const Walked& walked) {
  return drawing.chains[static_cast<std::size_t>(walked.chain)];
}
int first_point(const Drawing& drawing, const Walked& walked) {
  const Chain& chain = chain_of(drawing, walked);
  return walked.is_forward ? chain.segments.front().from : chain.segments.back().to;
}
int last_point(const Drawing& drawing, const Walked& walked) {
  return first_point(drawing, {walked.chain, !walked.is_forward});
}

/// What a loop encloses, negative if it is a hole: the region on the left is outside of it.
double area_of(const Drawing& drawing, const Loop& loop) {
  double area = 0;
  for (const Walked& walked : loop)
    for (const Segment& s : walked_segments(drawing, walked))
      area -= swept(drawing.start(s), drawing.stop(s), s.bulge) / 2;
  return area;
}

/// Sorts loops into parts and holes.
RegionLoops sorted_loops(const Drawing& drawing, std::vector<Loop> loops) {
  constexpr double nothing = 1e-3;
  std::vector<std::pair<double, Loop>> measured;
  for (Loop& loop : loops) {
    const double area = area_of(drawing, loop);
    if (std::abs(area) >= nothing) measured.emplace_back(area, std::move(loop));
  }
  std::ranges::stable_sort(measured, std::greater(), &std::pair<double, Loop>::first);
  RegionLoops region;
  for (auto& [area, loop] : measured) {
    region.filled_area += std::max(0.0, area);
    (area > 0 ? region.parts : region.holes).push_back(std::move(loop));
  }
  return region;
}

}  // namespace

std::vector<Segment> walked_segments(const Drawing& drawing, const Walked& walked) {
  std::vector<Segment> segments = chain_of(drawing, walked).segments;
  if (walked.is_forward) return segments;
  std::ranges::reverse(segments);
  for (Segment& segment : segments) {
    std::swap(segment.from, segment.to);
    segment.bulge = -segment.bulge;
  }
  return segments;
}

int beyond(const Drawing& drawing, const Walked& walked) {
  const Chain& chain = chain_of(drawing, walked);
  return walked.is_forward ? chain.right : chain.left;
}

std::vector<RegionLoops> find_loops(const Drawing& drawing) {
  std::vector<std::vector<Walked>> borders(drawing.paints.size());
  for (int c = 0; c < static_cast<int>(drawing.chains.size()); ++c) {
    const Chain& chain = drawing.chains[static_cast<std::size_t>(c)];
    borders[static_cast<std::size_t>(chain.left)].push_back({c, true});
    borders[static_cast<std::size_t>(chain.right)].push_back({c, false});
  }
  borders.pop_back();
  std::vector<RegionLoops> regions;
  for (std::vector<Walked>& left : borders) {
    std::vector<Loop> loops;
    while (!left.empty()) {
      Loop loop = {left.front()};
      left.erase(left.begin());
      while (last_point(drawing, loop.back()) != first_point(drawing, loop.front())) {
        const auto next = std::ranges::find_if(left, [&](const Walked& walked) {
          return first_point(drawing, walked) == last_point(drawing, loop.back());
        });
        if (next == left.end()) break;
        loop.push_back(*next);
        left.erase(next);
      }
      loops.push_back(std::move(loop));
    }
    regions.push_back(sorted_loops(drawing, std::move(loops)));
  }
  return regions;
}

}  // namespace chorus::shapes
