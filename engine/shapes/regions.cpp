#include "regions.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>
#include <numeric>
#include <optional>
#include <queue>
#include <set>
#include <utility>

#include "color_distance.hpp"

namespace chorus::shapes {

namespace {

// Areas and widths below which nothing is a shape, in pixels of the picture. See docs/shapes.md.
constexpr double least_area = 0.12;
constexpr double opening_radius = 0.25;
constexpr double sliver_half_width = 0.62;
// Differences of colours, in any number.
constexpr float same_measured = 3.0F / 255, same_guessed = 8.0F / 255;
constexpr float on_the_way = 14.0F / 255, used_elsewhere = 6.0F / 255;

/// The lengths of the borders of a region with its neighbours, in nodes.
using Neighbours = std::map<int, int>;

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

class Cleaner {
 public:
  Cleaner(const Image& picture, ClassMap classes)
      : picture_(picture),
        map_(std::move(classes)),
        scale_(static_cast<double>(map_.nodes_per_pixel)) {
    // Whatever has no pixel of its own keeps the colour of its class.
    relabel();
  }

  void join(const std::vector<int>& gone) {
    join([&](int i, const Neighbours& beside) -> std::optional<int> {
      if (std::ranges::find(gone, i) == gone.end() || beside.empty()) return std::nullopt;
      return std::ranges::max_element(beside, {}, [](const auto& entry) { return entry.second; })
          ->first;
    });
  }

  RegionMap clean() {
    join_specks();
    open();
    join_specks();
    measure();
    for (int round = 0; round < 4 && join_alike(); ++round) measure();
    for (int round = 0; round < 3 && divide_slivers(); ++round) measure();
    join_specks();
    measure();
    map_.colors = colors_;
    return {std::move(map_), std::move(is_measured_)};
  }

 private:
  std::size_t count() const { return colors_.size(); }
  int& label(std::size_t node) { return map_.labels[node]; }

  /// Calls visit(neighbour) for the nodes beside, above and below.
  template <class Visit>
  void visit_neighbours(std::size_t node, const Visit& visit) const {
    const std::size_t x = node % map_.width;
    if (x > 0) visit(node - 1);
    if (x + 1 < map_.width) visit(node + 1);
    if (node >= map_.width) visit(node - map_.width);
    if (node + map_.width < map_.labels.size()) visit(node + map_.width);
  }

  /// Makes each connected component of a label a region, with the colour that the label had.
  void relabel() {
    const std::vector<Color> before = colors_.empty() ? map_.colors : colors_;
    std::vector<int> regions(map_.labels.size(), -1);
    colors_.clear();
    std::vector<std::size_t> open_nodes;
    for (std::size_t first = 0; first < regions.size(); ++first) {
      if (regions[first] >= 0) continue;
      const int region = static_cast<int>(colors_.size());
      colors_.push_back(before[static_cast<std::size_t>(label(first))]);
      regions[first] = region;
      open_nodes = {first};
      while (!open_nodes.empty()) {
        const std::size_t node = open_nodes.back();
        open_nodes.pop_back();
        visit_neighbours(node, [&](std::size_t next) {
          if (regions[next] >= 0 || label(next) != label(node)) return;
          regions[next] = region;
          open_nodes.push_back(next);
        });
      }
    }
    map_.labels = std::move(regions);
    is_measured_.assign(count(), 0);
  }

  std::vector<Neighbours> find_neighbours() const {
    std::vector<Neighbours> neighbours(count());
    const auto meet = [&](std::size_t a, std::size_t b) {
      const int i = map_.labels[a], j = map_.labels[b];
      if (i == j) return;
      ++neighbours[static_cast<std::size_t>(i)][j];
      ++neighbours[static_cast<std::size_t>(j)][i];
    };
    for (std::size_t y = 0; y < map_.height; ++y)
      for (std::size_t x = 0; x < map_.width; ++x) {
        const std::size_t node = map_.node(x, y);
        if (x + 1 < map_.width) meet(node, node + 1);
        if (y + 1 < map_.height) meet(node, node + map_.width);
      }
    return neighbours;
  }

  std::vector<std::size_t> areas() const {
    std::vector<std::size_t> nodes(count());
    for (const int region : map_.labels) ++nodes[static_cast<std::size_t>(region)];
    return nodes;
  }

  /// Joins each region to the one that `partner` names, if any. Returns whether any was joined.
  bool join(const std::function<std::optional<int>(int, const Neighbours&)>& partner) {
    const std::vector<Neighbours> neighbours = find_neighbours();
    Unions unions(count());
    bool any = false;
    for (int i = 0; i < static_cast<int>(count()); ++i)
      if (const auto other = partner(i, neighbours[static_cast<std::size_t>(i)]))
        any = unions.join(i, *other) || any;
    if (!any) return false;
    for (int& region : map_.labels) region = unions.find(region);
    relabel();
    return true;
  }

  void join_specks() {
    for (int round = 0; round < 3; ++round) {
      const std::vector<std::size_t> area = areas();
      const auto nodes = [&](int region) { return area[static_cast<std::size_t>(region)]; };
      const bool any = join([&](int i, const Neighbours& beside) -> std::optional<int> {
        if (static_cast<double>(nodes(i)) >= least_area * scale_ * scale_) return std::nullopt;
        std::optional<int> best;
        int longest = 0;
        for (const auto& [j, border] : beside)
          if (border > longest && nodes(j) >= nodes(i)) {
            longest = border;
            best = j;
          }
        return best;
      });
      if (!any) return;
    }
  }

  /// The distance of each node from the next region, in nodes, by chamfers of 1 and sqrt 2.
  std::vector<float> distances_from_borders() const {
    std::vector<float> distance(map_.labels.size(), 1e9F);
    for (std::size_t node = 0; node < distance.size(); ++node)
      visit_neighbours(node, [&](std::size_t next) {
        if (map_.labels[next] != map_.labels[node]) distance[node] = 0.5F;
      });
    spread(distance, [](std::size_t, std::size_t) { return true; });
    return distance;
  }

  /// Lowers each distance to that of a neighbour plus the way there, where they are linked.
  template <class Linked>
  void spread(std::vector<float>& distance, const Linked& linked) const {
    const auto width = static_cast<std::ptrdiff_t>(map_.width);
    const auto height = static_cast<std::ptrdiff_t>(map_.height);
    constexpr float diagonal = 1.41421356F;
    const auto pass = [&](std::ptrdiff_t x, std::ptrdiff_t y, std::ptrdiff_t sign) {
      const auto node = static_cast<std::size_t>(y * width + x);
      const auto take = [&](std::ptrdiff_t dx, std::ptrdiff_t dy, float way) {
        const std::ptrdiff_t u = x + dx, v = y + dy;
        if (u < 0 || v < 0 || u >= width || v >= height) return;
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

  /// Morphological opening of all regions: what a disk of the radius does not reach from within
  /// goes to the regions around.
  void open() {
    const auto radius = static_cast<float>(opening_radius * scale_);
    std::vector<float> from_core = distances_from_borders();
    for (float& distance : from_core) distance = distance >= radius ? 0 : 1e9F;
    spread(from_core,
           [&](std::size_t a, std::size_t b) { return map_.labels[a] == map_.labels[b]; });
    std::vector<char> is_lost(from_core.size());
    for (std::size_t node = 0; node < is_lost.size(); ++node)
      is_lost[node] = from_core[node] > radius * 1.15F;
    grow_into(is_lost, [](int, int) { return true; });
    relabel();
  }

  /// Gives lost nodes to neighbouring regions that may take them (own region, region that takes),
  /// one layer after another; of several the one with the most nodes beside. Nodes that no region
  /// takes stay.
  template <class MayTake>
  void grow_into(std::vector<char>& is_lost, const MayTake& may_take) {
    std::vector<std::size_t> layer;
    for (std::size_t node = 0; node < is_lost.size(); ++node)
      if (is_lost[node]) layer.push_back(node);
    while (!layer.empty()) {
      std::vector<std::pair<std::size_t, int>> taken;
      std::vector<std::size_t> rest;
      for (const std::size_t node : layer) {
        Neighbours beside;
        visit_neighbours(node, [&](std::size_t next) {
          if (!is_lost[next] && may_take(label(node), label(next))) ++beside[label(next)];
        });
        const auto best =
            std::ranges::max_element(beside, {}, [](const auto& entry) { return entry.second; });
        if (best == beside.end())
          rest.push_back(node);
        else
          taken.emplace_back(node, best->first);
      }
      if (taken.empty()) return;
      for (const auto& [node, region] : taken) {
        label(node) = region;
        is_lost[node] = 0;
      }
      layer = std::move(rest);
    }
  }

  /// Whether all nodes of a pixel, and those next to it, are of one region; which.
  std::optional<int> region_of_pixel(std::size_t x, std::size_t y) const {
    const std::size_t k = map_.nodes_per_pixel;
    const std::size_t left = k * (x + 1) - 1, top = k * (y + 1) - 1;
    const int region = map_.labels[map_.node(left + 1, top + 1)];
    for (std::size_t v = top; v < top + k + 2; ++v)
      for (std::size_t u = left; u < left + k + 2; ++u)
        if (map_.labels[map_.node(u, v)] != region) return std::nullopt;
    return region;
  }

  void measure() {
    std::vector<std::vector<std::size_t>> inside(count());
    for (std::size_t y = 0; y < picture_.height; ++y)
      for (std::size_t x = 0; x < picture_.width; ++x)
        if (const auto region = region_of_pixel(x, y); region && !std::isnan(*picture_.pixel(x, y)))
          inside[static_cast<std::size_t>(*region)].push_back(y * picture_.width + x);
    for (std::size_t r = 0; r < count(); ++r) {
      is_measured_[r] = !inside[r].empty();
      if (!inside[r].empty()) colors_[r] = median(inside[r]);
    }
  }

  Color median(const std::vector<std::size_t>& pixels) const {
    Color color{};
    for (std::size_t c = 0; c < picture_.channels; ++c) {
      std::vector<float> values;
      values.reserve(pixels.size());
      for (const std::size_t p : pixels)
        values.push_back(picture_.values[p * picture_.channels + c]);
      const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
      std::nth_element(values.begin(), middle, values.end());
      color[c] = *middle;
    }
    return color;
  }

  bool join_alike() {
    return join([&](int i, const Neighbours& beside) -> std::optional<int> {
      for (const auto& [j, border] : beside) {
        const auto a = static_cast<std::size_t>(i), b = static_cast<std::size_t>(j);
        const bool both = is_measured_[a] && is_measured_[b];
        if (largest_difference(colors_[a], colors_[b]) < (both ? same_measured : same_guessed))
          return j;
      }
      return std::nullopt;
    });
  }

  /// Half the width of each region at its widest place, in pixels.
  std::vector<float> half_widths() const {
    std::vector<float> widths(count());
    const std::vector<float> distance = distances_from_borders();
    for (std::size_t node = 0; node < distance.size(); ++node) {
      float& width = widths[static_cast<std::size_t>(map_.labels[node])];
      width = std::max(width, distance[node] / static_cast<float>(scale_));
    }
    return widths;
  }

  /// How far a colour is from the way between two others; large unless it lies within.
  float distance_from_way(const Color& color, const Color& a, const Color& b) const {
    float along = 0, way = 0;
    for (std::size_t c = 0; c < most_channels; ++c) {
      along += (b[c] - a[c]) * (color[c] - a[c]);
      way += (b[c] - a[c]) * (b[c] - a[c]);
    }
    const float t = way < 1e-3F ? -1 : along / way;
    if (t < 0.04F || t > 0.96F) return 1e9F;
    float most = 0;
    for (std::size_t c = 0; c < most_channels; ++c)
      most = std::max(most, std::abs(color[c] - (a[c] + t * (b[c] - a[c]))));
    return most;
  }

  /// The two neighbours between whose colours a narrow region's colour lies, as on a blurred edge.
  std::optional<std::pair<int, int>> sides_of_edge(int region, const Neighbours& beside,
                                                   const std::vector<float>& half_width) const {
    const auto own = static_cast<std::size_t>(region);
    if (half_width[own] > sliver_half_width) return std::nullopt;
    for (std::size_t j = 0; j < count(); ++j)
      if (j != own && half_width[j] > 0.8F &&
          largest_difference(colors_[own], colors_[j]) < used_elsewhere)
        return std::nullopt;
    int total = 0;
    for (const auto& [j, border] : beside) total += border;
    float best = on_the_way;
    std::optional<std::pair<int, int>> sides;
    for (const auto& [a, border_a] : beside)
      for (const auto& [b, border_b] : beside) {
        if (a >= b || 5 * border_a <= total || 5 * border_b <= total) continue;
        const float off = distance_from_way(colors_[own], colors_[static_cast<std::size_t>(a)],
                                            colors_[static_cast<std::size_t>(b)]);
        if (off >= best) continue;
        best = off;
        sides = std::pair(a, b);
      }
    return sides;
  }

  /// Divides narrow regions of a mixed colour between the two regions beside them.
  bool divide_slivers() {
    const std::vector<float> half_width = half_widths();
    const std::vector<Neighbours> neighbours = find_neighbours();
    std::vector<std::optional<std::pair<int, int>>> sides(count());
    for (std::size_t i = 0; i < count(); ++i)
      sides[i] = sides_of_edge(static_cast<int>(i), neighbours[i], half_width);
    const auto is_gone = [&](int i) { return sides[static_cast<std::size_t>(i)].has_value(); };
    std::vector<char> stays(count());
    for (std::size_t i = 0; i < count(); ++i)
      stays[i] = sides[i] && (is_gone(sides[i]->first) || is_gone(sides[i]->second));
    for (std::size_t i = 0; i < count(); ++i)
      if (stays[i]) sides[i].reset();
    if (std::ranges::none_of(sides, [](const auto& s) { return s.has_value(); })) return false;
    std::vector<char> is_lost(map_.labels.size());
    for (std::size_t node = 0; node < is_lost.size(); ++node) is_lost[node] = is_gone(label(node));
    grow_into(is_lost, [&](int own, int other) {
      const auto& s = sides[static_cast<std::size_t>(own)];
      return s && (other == s->first || other == s->second);
    });
    relabel();
    return true;
  }

  const Image& picture_;
  ClassMap map_;
  double scale_;  ///< nodes a pixel
  std::vector<Color> colors_;
  std::vector<char> is_measured_;
};

}  // namespace

RegionMap find_regions(const Image& picture, const ClassMap& classes) {
  return Cleaner(picture, classes).clean();
}

RegionMap revised(const Image& picture, const RegionMap& regions, const Revision& revision) {
  Cleaner joined(picture, regions.nodes);
  joined.join(revision.gone);
  ClassMap classes = joined.clean().nodes;
  if (revision.new_regions.empty()) return find_regions(picture, classes);
  const std::size_t k = classes.nodes_per_pixel;
  for (const std::vector<std::size_t>& group : revision.new_regions) {
    const int label = static_cast<int>(classes.colors.size());
    Color mean{};
    for (const std::size_t pixel : group) {
      const Color color = color_at(picture, pixel);
      for (std::size_t c = 0; c < most_channels; ++c)
        mean[c] += color[c] / static_cast<float>(group.size());
      const std::size_t left = k * (1 + pixel % picture.width),
                        top = k * (1 + pixel / picture.width);
      for (std::size_t v = top; v < top + k; ++v)
        for (std::size_t u = left; u < left + k; ++u) classes.labels[classes.node(u, v)] = label;
    }
    classes.colors.push_back(mean);
  }
  return find_regions(picture, classes);
}

}  // namespace chorus::shapes
