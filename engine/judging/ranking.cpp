#include "ranking.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <stdexcept>

namespace chorus {

std::vector<double> ranks(const std::vector<double>& values) {
  std::vector<std::size_t> order(values.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t i, std::size_t j) { return values[i] < values[j]; });
  std::vector<double> places(values.size());
  for (std::size_t first = 0, end = 0; first < order.size(); first = end) {
    while (end < order.size() && values[order[end]] == values[order[first]]) ++end;
    for (std::size_t k = first; k < end; ++k)
      places[order[k]] = static_cast<double>(first + end - 1) / 2;
  }
  return places;
}

double rank_correlation(const std::vector<double>& a, const std::vector<double>& b) {
  if (a.size() != b.size()) throw std::invalid_argument("rank_correlation: lists differ in length");
  const std::vector<double> x = ranks(a), y = ranks(b);
  const double mean = (static_cast<double>(a.size()) - 1) / 2;
  double xy = 0, xx = 0, yy = 0;
  for (std::size_t i = 0; i < x.size(); ++i) {
    xy += (x[i] - mean) * (y[i] - mean);
    xx += (x[i] - mean) * (x[i] - mean);
    yy += (y[i] - mean) * (y[i] - mean);
  }
  return xx > 0 && yy > 0 ? xy / std::sqrt(xx * yy) : 0;
}

std::vector<double> path_badness(const std::vector<PathScores>& paths) {
  std::vector<double> badness(paths.size());
  const auto add = [&](const auto& fault) {
    std::vector<double> faults;
    faults.reserve(paths.size());
    for (const PathScores& path : paths) faults.push_back(fault(path));
    const std::vector<double> places = ranks(faults);
    const double most = std::max(1.0, static_cast<double>(paths.size()) - 1);
    for (std::size_t i = 0; i < paths.size(); ++i) badness[i] += places[i] / most / 4;
  };
  add([](const PathScores& path) { return path.length; });
  add([](const PathScores& path) { return std::max(0.0, 1 - path.flat_share); });
  add([](const PathScores& path) { return std::abs(std::log(path.entropy)); });
  add([](const PathScores& path) { return path.ghost; });
  return badness;
}

}  // namespace chorus
