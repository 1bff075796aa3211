#include "node_labels.hpp"

#include <algorithm>
#include <numeric>
#include <utility>

namespace chorus::shapes {

namespace {

/// The sets that are united so far (union-find).
class Unions {
 public:
  explicit Unions(std::size_t count) : parents_(count) {
    std::iota(parents_.begin(), parents_.end(), 0);
  }
  int find(int i) const {
    while (parents_[static_cast<std::size_t>(i)] != i) i = parents_[static_cast<std::size_t>(i)];
    return i;
  }
  /// Whether they were apart.
  bool join(int i, int into) {
    const int a = find(i), b = find(into);
    if (a == b) return false;
    parents_[static_cast<std::size_t>(a)] = b;
    return true;
  }

 private:
  std::vector<int> parents_;
};

constexpr float unreached = 1e9F;

}  // namespace

NodeLabels::NodeLabels(std::size_t width, std::size_t height, std::vector<int> labels)
    : width_(width),
      height_(height),
      count_(labels.empty() ? 0 : static_cast<std::size_t>(*std::ranges::max_element(labels)) + 1),
      labels_(std::move(labels)) {}

template <class Visit>
void NodeLabels::visit_neighbours(std::size_t node, const Visit& visit) const {
  const std::size_t x = node % width_;
  if (x > 0) visit(node - 1);
  if (x + 1 < width_) visit(node + 1);
  if (node >= width_) visit(node - width_);
  if (node + width_ < labels_.size()) visit(node + width_);
}

std::vector<int> NodeLabels::separate() {
  std::vector<int> regions(labels_.size(), -1), former;
  std::vector<std::size_t> open_nodes;
  for (std::size_t first = 0; first < regions.size(); ++first) {
    if (regions[first] >= 0) continue;
    const int region = static_cast<int>(former.size());
    former.push_back(labels_[first]);
    regions[first] = region;
    open_nodes = {first};
    while (!open_nodes.empty()) {
      const std::size_t node = open_nodes.back();
      open_nodes.pop_back();
      visit_neighbours(node, [&](std::size_t next) {
        if (regions[next] >= 0 || labels_[next] != labels_[node]) return;
        regions[next] = region;
        open_nodes.push_back(next);
      });
    }
  }
  labels_ = std::move(regions);
  count_ = former.size();
  return former;
}

std::vector<Neighbours> NodeLabels::neighbours() const {
  std::vector<Neighbours> neighbours(count());
  const auto meet = [&](std::size_t a, std::size_t b) {
    const int i = labels_[a], j = labels_[b];
    if (i == j) return;
    ++neighbours[static_cast<std::size_t>(i)][j];
    ++neighbours[static_cast<std::size_t>(j)][i];
  };
  for (std::size_t y = 0; y < height_; ++y)
    for (std::size_t x = 0; x < width_; ++x) {
      const std::size_t node = y * width_ + x;
      if (x + 1 < width_) meet(node, node + 1);
      if (y + 1 < height_) meet(node, node + width_);
    }
  return neighbours;
}

std::vector<std::size_t> NodeLabels::areas() const {
  std::vector<std::size_t> nodes(count());
  for (const int label : labels_) ++nodes[static_cast<std::size_t>(label)];
  return nodes;
}

std::vector<float> NodeLabels::distances_from_borders() const {
  std::vector<float> distance(labels_.size(), unreached);
  for (std::size_t node = 0; node < distance.size(); ++node)
    visit_neighbours(node, [&](std::size_t next) {
      if (labels_[next] != labels_[node]) distance[node] = 0.5F;
    });
  spread(distance, [](std::size_t, std::size_t) { return true; });
  return distance;
}

template <class Linked>
void NodeLabels::spread(std::vector<float>& distance, const Linked& linked) const {
  const auto width = static_cast<std::ptrdiff_t>(width_);
  const auto height = static_cast<std::ptrdiff_t>(height_);
  constexpr float diagonal = 1.41421356F;
  const auto pass = [&](std::ptrdiff_t x, std::ptrdiff_t y, std::ptrdiff_t sign) {
    const auto node = static_cast<std::size_t>(y * width + x);
    const bool is_inner = x > 0 && y > 0 && x + 1 < width && y + 1 < height;
    const auto take = [&](std::ptrdiff_t dx, std::ptrdiff_t dy, float way) {
      const std::ptrdiff_t u = x + dx, v = y + dy;
      if (!is_inner && (u < 0 || v < 0 || u >= width || v >= height)) return;
      const auto other = static_cast<std::size_t>(v * width + u);
      if (linked(node, other)) distance[node] = std::min(distance[node], distance[other] + way);
    };
    take(-sign, 0, 1);
    take(0, -sign, 1);
    take(-1, -sign, diagonal);
    take(1, -sign, diagonal);
  };
  for (std::ptrdiff_t y = 0; y < height; ++y)
    for (std::ptrdiff_t x = 0; x < width; ++x) pass(x, y, 1);
  for (std::ptrdiff_t y = height - 1; y >= 0; --y)
    for (std::ptrdiff_t x = width - 1; x >= 0; --x) pass(x, y, -1);
}

bool NodeLabels::join(const Partner& partner) {
  const std::vector<Neighbours> beside = neighbours();
  Unions unions(count());
  bool any = false;
  for (int i = 0; i < static_cast<int>(count()); ++i)
    if (const auto other = partner(i, beside[static_cast<std::size_t>(i)]))
      any = unions.join(i, *other) || any;
  if (any)
    for (int& label : labels_) label = unions.find(label);
  return any;
}

void NodeLabels::open(float radius) {
  std::vector<float> from_core = distances_from_borders();
  for (float& distance : from_core) distance = distance >= radius ? 0 : unreached;
  spread(from_core, [&](std::size_t a, std::size_t b) { return labels_[a] == labels_[b]; });
  // The chamfers overestimate oblique distances by up to 8 %, and borders lie between nodes.
  std::vector<char> is_lost(from_core.size());
  for (std::size_t node = 0; node < is_lost.size(); ++node)
    is_lost[node] = from_core[node] > radius * 1.15F;
  give_away(std::move(is_lost), [](int, int) { return true; });
}

std::optional<int> NodeLabels::taker(std::size_t node, const std::vector<char>& is_lost,
                                     const MayTake& may_take) const {
  Neighbours beside;
  visit_neighbours(node, [&](std::size_t next) {
    if (!is_lost[next] && may_take(labels_[node], labels_[next])) ++beside[labels_[next]];
  });
  const auto best =
      std::ranges::max_element(beside, {}, [](const auto& entry) { return entry.second; });
  return best == beside.end() ? std::nullopt : std::optional(best->first);
}

void NodeLabels::give_away(std::vector<char> is_lost, const MayTake& may_take) {
  std::vector<std::size_t> layer;
  for (std::size_t node = 0; node < is_lost.size(); ++node)
    if (is_lost[node]) layer.push_back(node);
  while (!layer.empty()) {
    std::vector<std::pair<std::size_t, int>> taken;
    std::vector<std::size_t> rest;
    for (const std::size_t node : layer)
      if (const auto label = taker(node, is_lost, may_take))
        taken.emplace_back(node, *label);
      else
        rest.push_back(node);
    if (taken.empty()) return;
    for (const auto& [node, label] : taken) {
      labels_[node] = label;
      is_lost[node] = 0;
    }
    layer = std::move(rest);
  }
}

}  // namespace chorus::shapes
