#include "taught_route.hpp"

#include <algorithm>
#include <functional>
#include <limits>
#include <queue>
#include <utility>

#include "vectors.hpp"

namespace chorus {

namespace {

struct Line {
  std::size_t to;
  double length;
};

std::vector<std::vector<Line>> lines_of(const Model& model) {
  const std::vector<std::vector<double>> latents = host_rows(model.latents);
  std::vector<std::vector<Line>> lines(model.images.size());
  for (const auto& [a, b] : model.paths.trained) {
    std::vector<double> difference = latents[a];
    for (std::size_t k = 0; k < difference.size(); ++k) difference[k] -= latents[b][k];
    const double distance = length(difference);
    lines[a].push_back({b, distance});
    lines[b].push_back({a, distance});
  }
  return lines;
}

}  // namespace

/// Dijkstra 1959, from the end back to the beginning.
std::vector<std::size_t> taught_route(const Model& model, std::size_t from, std::size_t to) {
  const std::vector<std::vector<Line>> lines = lines_of(model);
  const std::size_t none = lines.size();
  std::vector<double> distance(lines.size(), std::numeric_limits<double>::infinity());
  std::vector<std::size_t> next(lines.size(), none);
  using Place = std::pair<double, std::size_t>;
  std::priority_queue<Place, std::vector<Place>, std::greater<>> open;
  distance[to] = 0;
  open.emplace(0, to);
  while (!open.empty()) {
    const auto [so_far, image] = open.top();
    open.pop();
    if (so_far > distance[image]) continue;
    for (const Line& line : lines[image])
      if (so_far + line.length < distance[line.to]) {
        distance[line.to] = so_far + line.length;
        next[line.to] = image;
        open.emplace(distance[line.to], line.to);
      }
  }
  if (next[from] == none) return {from, to};
  std::vector<std::size_t> route = {from};
  while (route.back() != to) route.push_back(next[route.back()]);
  return route;
}

}  // namespace chorus
