#include "outlines.hpp"

#include <map>
#include <set>
#include <utility>

namespace chorus::shapes {

namespace {

/// The graph of places where borders cross the links between nodes, and of junctions.
class BorderGraph {
 public:
  explicit BorderGraph(const RegionMap& regions)
      : map_(regions.nodes), width_(map_.width + 2), height_(map_.height + 2) {
    const int outside = regions.regions();
    region_.assign(width_ * height_, outside);
    for (std::size_t y = 0; y < map_.height; ++y)
      for (std::size_t x = 0; x < map_.width; ++x)
        region_[(y + 1) * width_ + x + 1] = map_.labels[map_.node(x, y)];
    for (std::size_t y = 0; y + 1 < height_; ++y)
      for (std::size_t x = 0; x + 1 < width_; ++x) add_cell(x, y);
  }

  Outlines trace() {
    Outlines result;
    std::map<Id, int> number;
    for (const auto& [id, place] : junctions_) {
      number[id] = static_cast<int>(result.junctions.size());
      result.junctions.push_back(place);
    }
    std::set<std::pair<Id, Id>> used;
    std::set<Id> seen;
    const auto add = [&](const std::vector<Id>& ids) {
      Outline outline = outline_of(ids);
      if (is_junction(ids.front())) outline.first_junction = number.at(ids.front());
      if (is_junction(ids.back())) outline.last_junction = number.at(ids.back());
      result.outlines.push_back(std::move(outline));
    };
    for (const auto& [id, place] : junctions_)
      for (const Id next : links_.at(id)) {
        if (used.contains({id, next})) continue;
        const std::vector<Id> ids = follow(id, next, seen);
        used.insert({id, next});
        used.insert({ids.back(), ids[ids.size() - 2]});
        add(ids);
      }
    for (const auto& [id, links] : links_) {
      if (is_junction(id) || seen.contains(id)) continue;
      seen.insert(id);
      std::vector<Id> ids = follow(id, links.front(), seen);
      if (ids.back() != ids.front()) ids.push_back(id);
      add(ids);
    }
    return result;
  }

 private:
  /// 2 n for the crossing between node n and the one to its right, 2 n + 1 for the one below;
  /// junctions of the cell whose upper left node is n follow.
  using Id = std::size_t;

  bool is_junction(Id id) const { return id >= 2 * width_ * height_; }
  void link(Id a, Id b) {
    links_[a].push_back(b);
    links_[b].push_back(a);
  }

  Point place_of_node(double x, double y) const {
    const auto scale = static_cast<double>(map_.nodes_per_pixel);
    // The grid begins a node before the map, which begins a pixel before the picture.
    return {(x - 0.5) / scale - 1, (y - 0.5) / scale - 1};
  }

  Point place(Id id) const {
    if (is_junction(id)) return junctions_.at(id);
    const std::size_t node = id / 2, x = node % width_, y = node / width_;
    const bool down = id % 2 != 0;
    double t = 0.5;
    if (x > 0 && y > 0 && x + (down ? 0 : 1) <= map_.width && y + (down ? 1 : 0) <= map_.height) {
      const std::size_t inner = map_.node(x - 1, y - 1);
      t = static_cast<double>(down ? map_.change_below[inner] : map_.change_right[inner]);
    }
    const auto fx = static_cast<double>(x), fy = static_cast<double>(y);
    return down ? place_of_node(fx, fy + t) : place_of_node(fx + t, fy);
  }

  void add_cell(std::size_t x, std::size_t y) {
    const std::size_t node = y * width_ + x;
    const int a = region_[node], b = region_[node + 1];
    const int c = region_[node + width_ + 1], d = region_[node + width_];
    if (a == b && b == c && c == d) return;
    const Id top = 2 * node, right = 2 * (node + 1) + 1, bottom = 2 * (node + width_);
    const Id left = 2 * node + 1;
    std::vector<Id> crossings;
    if (a != b) crossings.push_back(top);
    if (b != c) crossings.push_back(right);
    if (c != d) crossings.push_back(bottom);
    if (d != a) crossings.push_back(left);
    if (crossings.size() == 2) {
      link(crossings[0], crossings[1]);
    } else if (crossings.size() == 4 && a == c) {  // a and c are connected
      link(top, right);
      link(bottom, left);
    } else if (crossings.size() == 4 && b == d) {
      link(top, left);
      link(right, bottom);
    } else {
      const Id junction = 2 * width_ * height_ + node;
      Point sum;
      for (const Id crossing : crossings) {
        sum += place(crossing);
        link(crossing, junction);
      }
      junctions_[junction] = 1.0 / static_cast<double>(crossings.size()) * sum;
    }
  }

  /// The way from a junction or crossing to the next junction, or round to the start.
  std::vector<Id> follow(Id start, Id next, std::set<Id>& seen) const {
    std::vector<Id> ids = {start, next};
    Id before = start, here = next;
    while (!is_junction(here) && here != start) {
      seen.insert(here);
      const std::vector<Id>& links = links_.at(here);
      if (links[0] == links[1]) break;
      const Id onward = links[0] == before ? links[1] : links[0];
      before = here;
      here = onward;
      ids.push_back(here);
    }
    return ids;
  }

  Outline outline_of(const std::vector<Id>& ids) const {
    Outline outline;
    for (const Id id : ids) outline.points.push_back(place(id));
    // The regions on both sides of a crossing are the nodes of its link.
    std::size_t k = 0;
    while (is_junction(ids[k])) ++k;
    const Point direction = k + 1 < ids.size() ? outline.points[k + 1] - outline.points[k]
                                               : outline.points[k] - outline.points[k - 1];
    const bool down = ids[k] % 2 != 0;
    const std::size_t node = ids[k] / 2;
    const int first = region_[node], second = region_[node + (down ? width_ : 1)];
    const Point link = down ? Point{0, 1} : Point{1, 0};
    const bool second_is_right = dot(turned(direction), link) > 0;
    outline.right = second_is_right ? second : first;
    outline.left = second_is_right ? first : second;
    return outline;
  }

  const ClassMap& map_;
  std::size_t width_, height_;  ///< of the grid with a frame of one node
  std::vector<int> region_;
  std::map<Id, std::vector<Id>> links_;
  std::map<Id, Point> junctions_;
};

}  // namespace

Outlines trace(const RegionMap& regions) { return BorderGraph(regions).trace(); }

}  // namespace chorus::shapes
