#include "blossom_matching.hpp"

#include <algorithm>
#include <deque>
#include <limits>

namespace chorus {

namespace {

/// A node is a vertex (1 to n) or a blossom, an odd cycle of nodes that is treated as one (above
/// n); 0 means none. `top` is the outermost node that contains a node. Trees of alternating edges
/// grow from the free nodes: nodes at an even distance from their root are `even`, the others
/// `odd`. A vertex stores its dual in `dual`, a blossom twice its dual. The edges of the trees are
/// tight, which means that their slack is 0.
class Matcher {
 public:
  Matcher(std::size_t vertices, const std::vector<WeightedEdge>& edges)
      : n_(vertices), last_(vertices), nodes_(vertices + vertices / 2 + 2) {
    links_.assign(nodes_.size() * nodes_.size(), {});
    std::int64_t largest = 0;
    for (std::size_t u = 1; u <= n_; ++u)
      for (std::size_t v = 1; v <= n_; ++v) link(u, v) = {u, v, 0};
    for (const WeightedEdge& edge : edges) {
      link(edge.a + 1, edge.b + 1).weight = link(edge.b + 1, edge.a + 1).weight = edge.weight;
      largest = std::max(largest, edge.weight);
    }
    for (std::size_t u = 1; u <= n_; ++u) {
      nodes_[u].top = u;
      nodes_[u].dual = largest;
    }
  }

  std::vector<std::size_t> solve() {
    while (grow_until_augmented()) {
    }
    std::vector<std::size_t> partner;
    for (std::size_t u = 1; u <= n_; ++u)
      partner.push_back(nodes_[u].mate == 0 ? n_ : nodes_[u].mate - 1);
    return partner;
  }

 private:
  enum class Side { none, even, odd };

  /// The best edge between two nodes, given by the vertices that it joins; there is no edge if the
  /// weight is 0.
  struct Link {
    std::size_t from = 0, to = 0;
    std::int64_t weight = 0;
  };

  struct Node {
    std::size_t top = 0;
    std::size_t mate = 0;     ///< the vertex at the other end of the matched edge
    std::size_t parent = 0;   ///< for an odd node: the vertex of the tree to which it is attached
    std::size_t nearest = 0;  ///< the even vertex with the least slack to this node
    std::size_t seen = 0;     ///< the last search for a common ancestor that passed here
    std::int64_t dual = 0;
    Side side = Side::none;
    std::vector<std::size_t> cycle;   ///< for a blossom: its parts, the base first
    std::vector<std::size_t> within;  ///< for a blossom: the part that holds a vertex, or 0
  };

  Link& link(std::size_t x, std::size_t y) { return links_[x * nodes_.size() + y]; }
  std::size_t top(std::size_t vertex) const { return nodes_[vertex].top; }
  bool outermost(std::size_t x) const { return nodes_[x].top == x; }
  bool is_blossom(std::size_t x) const { return x > n_; }

  /// Twice the reduced weight of an edge of the graph.
  std::int64_t slack(const Link& l) {
    return nodes_[l.from].dual + nodes_[l.to].dual - 2 * link(l.from, l.to).weight;
  }

  void note_slack(std::size_t even_vertex, std::size_t x) {
    std::size_t& nearest = nodes_[x].nearest;
    if (nearest == 0 || slack(link(even_vertex, x)) < slack(link(nearest, x)))
      nearest = even_vertex;
  }

  void find_nearest(std::size_t x) {
    nodes_[x].nearest = 0;
    for (std::size_t u = 1; u <= n_; ++u)
      if (link(u, x).weight > 0 && top(u) != x && nodes_[top(u)].side == Side::even)
        note_slack(u, x);
  }

  void enqueue(std::size_t x) {
    if (!is_blossom(x)) return queue_.push_back(x);
    for (const std::size_t part : nodes_[x].cycle) enqueue(part);
  }

  void set_top(std::size_t x, std::size_t outer) {
    nodes_[x].top = outer;
    if (is_blossom(x))
      for (const std::size_t part : nodes_[x].cycle) set_top(part, outer);
  }

  /// The number of steps of the even path round a blossom from its base to one of its parts. The
  /// cycle is reversed if needed.
  std::size_t even_way(std::size_t blossom, std::size_t part) {
    std::vector<std::size_t>& cycle = nodes_[blossom].cycle;
    const auto place =
        static_cast<std::size_t>(std::find(cycle.begin(), cycle.end(), part) - cycle.begin());
    if (place % 2 == 0) return place;
    std::reverse(cycle.begin() + 1, cycle.end());
    return cycle.size() - place;
  }

  /// Matches node x along its link to node y, and the parts of x accordingly.
  void set_mate(std::size_t x, std::size_t y) {
    const Link l = link(x, y);
    nodes_[x].mate = l.to;
    if (!is_blossom(x)) return;
    const std::size_t base = nodes_[x].within[l.from];
    const std::size_t way = even_way(x, base);
    std::vector<std::size_t>& cycle = nodes_[x].cycle;
    for (std::size_t i = 0; i < way; ++i) set_mate(cycle[i], cycle[i ^ 1]);
    set_mate(base, y);
    std::rotate(cycle.begin(), cycle.begin() + static_cast<std::ptrdiff_t>(way), cycle.end());
  }

  /// Matches even node x with y, and changes the edges from x to its root.
  void augment(std::size_t x, std::size_t y) {
    while (true) {
      const std::size_t odd = top(nodes_[x].mate);
      set_mate(x, y);
      if (odd == 0) return;
      const std::size_t above = top(nodes_[odd].parent);
      set_mate(odd, above);
      x = above;
      y = odd;
    }
  }

  /// The even node above an even node, or 0.
  std::size_t grandparent(std::size_t x) const {
    const std::size_t odd = top(nodes_[x].mate);
    return odd == 0 ? 0 : top(nodes_[odd].parent);
  }

  /// The common ancestor of two even nodes; 0 if they are in different trees.
  std::size_t common_ancestor(std::size_t x, std::size_t y) {
    ++searches_;
    while (x != 0 || y != 0) {
      if (x != 0) {
        if (nodes_[x].seen == searches_) return x;
        nodes_[x].seen = searches_;
        x = grandparent(x);
      }
      std::swap(x, y);
    }
    return 0;
  }

  /// The nodes from x up to an ancestor, without the ancestor.
  std::vector<std::size_t> way_up(std::size_t x, std::size_t ancestor) const {
    std::vector<std::size_t> way;
    while (x != ancestor) {
      const std::size_t odd = top(nodes_[x].mate);
      way.push_back(x);
      way.push_back(odd);
      x = top(nodes_[odd].parent);
    }
    return way;
  }

  std::size_t unused_blossom() {
    std::size_t b = n_ + 1;
    while (b <= last_ && nodes_[b].top != 0) ++b;
    last_ = std::max(last_, b);
    return b;
  }

  /// An edge between even nodes x and y of one tree closes a cycle, which becomes an even node.
  void shrink(std::size_t x, std::size_t ancestor, std::size_t y) {
    const std::size_t b = unused_blossom();
    const std::vector<std::size_t> left = way_up(x, ancestor), right = way_up(y, ancestor);
    Node& node = nodes_[b];
    node.dual = 0;
    node.side = Side::even;
    node.mate = nodes_[ancestor].mate;
    node.parent = nodes_[ancestor].parent;
    node.cycle = {ancestor};
    node.cycle.insert(node.cycle.end(), left.rbegin(), left.rend());
    node.cycle.insert(node.cycle.end(), right.begin(), right.end());
    for (const auto* way : {&left, &right})
      for (std::size_t i = 1; i < way->size(); i += 2) enqueue((*way)[i]);
    set_top(b, b);
    gather_links(b);
    find_nearest(b);
  }

  /// Gives a blossom the best links of its parts.
  void gather_links(std::size_t b) {
    for (std::size_t x = 1; x <= last_; ++x) link(b, x).weight = link(x, b).weight = 0;
    nodes_[b].within.assign(n_ + 1, 0);
    for (const std::size_t part : nodes_[b].cycle) {
      for (std::size_t x = 1; x <= last_; ++x) {
        const Link& candidate = link(part, x);
        if (candidate.weight == 0) continue;
        if (link(b, x).weight != 0 && slack(candidate) >= slack(link(b, x))) continue;
        link(b, x) = candidate;
        link(x, b) = link(x, part);
      }
      for (std::size_t u = 1; u <= n_; ++u)
        if (part == u || (is_blossom(part) && nodes_[part].within[u] != 0))
          nodes_[b].within[u] = part;
    }
  }

  /// Divides an odd blossom whose dual is 0 into its parts. Those on the even path from its base to
  /// the place where it is attached stay in the tree.
  void expand(std::size_t b) {
    const std::vector<std::size_t> parts = nodes_[b].cycle;
    for (const std::size_t part : parts) set_top(part, part);
    const std::size_t hangs = nodes_[b].within[link(b, nodes_[b].parent).from];
    const std::size_t way = even_way(b, hangs);
    const std::vector<std::size_t>& cycle = nodes_[b].cycle;
    for (std::size_t i = 0; i < way; i += 2) {
      const std::size_t odd = cycle[i], even = cycle[i + 1];
      nodes_[odd].parent = link(even, odd).from;
      nodes_[odd].side = Side::odd;
      nodes_[odd].nearest = 0;
      nodes_[even].side = Side::even;
      find_nearest(even);
      enqueue(even);
    }
    nodes_[hangs].side = Side::odd;
    nodes_[hangs].parent = nodes_[b].parent;
    nodes_[hangs].nearest = 0;
    for (std::size_t i = way + 1; i < cycle.size(); ++i) {
      nodes_[cycle[i]].side = Side::none;
      find_nearest(cycle[i]);
    }
    nodes_[b].top = 0;
  }

  /// Uses a tight edge from an even node; true if the matching has grown.
  bool use(const Link& tight) {
    const std::size_t x = top(tight.from), y = top(tight.to);
    if (nodes_[y].side == Side::none) {
      const std::size_t next = top(nodes_[y].mate);
      nodes_[y].parent = tight.from;
      nodes_[y].side = Side::odd;
      nodes_[y].nearest = nodes_[next].nearest = 0;
      nodes_[next].side = Side::even;
      enqueue(next);
    } else if (nodes_[y].side == Side::even) {
      const std::size_t ancestor = common_ancestor(x, y);
      if (ancestor == 0) {
        augment(x, y);
        augment(y, x);
        return true;
      }
      shrink(x, ancestor, y);
    }
    return false;
  }

  bool scan_queue() {
    while (!queue_.empty()) {
      const std::size_t u = queue_.front();
      queue_.pop_front();
      if (nodes_[top(u)].side == Side::odd) continue;
      for (std::size_t v = 1; v <= n_; ++v) {
        if (link(u, v).weight == 0 || top(u) == top(v)) continue;
        if (slack(link(u, v)) > 0) {
          note_slack(u, top(v));
        } else if (use(link(u, v))) {
          return true;
        }
      }
    }
    return false;
  }

  /// The largest change of the duals before an edge becomes tight or the dual of a blossom becomes
  /// 0.
  std::int64_t largest_move() {
    std::int64_t move = std::numeric_limits<std::int64_t>::max();
    for (std::size_t x = 1; x <= last_; ++x) {
      if (!outermost(x)) continue;
      const Node& node = nodes_[x];
      if (is_blossom(x) && node.side == Side::odd) move = std::min(move, node.dual / 2);
      if (node.nearest == 0 || node.side == Side::odd) continue;
      const std::int64_t gap = slack(link(node.nearest, x));
      move = std::min(move, node.side == Side::even ? gap / 2 : gap);
    }
    return move;
  }

  /// False if no free vertex can gain by a partner any more: the matching is then optimal.
  bool move_duals(std::int64_t move) {
    for (std::size_t u = 1; u <= n_; ++u)
      if (nodes_[top(u)].side == Side::even && nodes_[u].dual <= move) return false;
    for (std::size_t u = 1; u <= n_; ++u) {
      const Side side = nodes_[top(u)].side;
      nodes_[u].dual += side == Side::even ? -move : side == Side::odd ? move : 0;
    }
    for (std::size_t b = n_ + 1; b <= last_; ++b) {
      if (!outermost(b)) continue;
      const Side side = nodes_[b].side;
      nodes_[b].dual += side == Side::even ? 2 * move : side == Side::odd ? -2 * move : 0;
    }
    return true;
  }

  bool use_tight_edges() {
    for (std::size_t x = 1; x <= last_; ++x) {
      const std::size_t u = nodes_[x].nearest;
      if (outermost(x) && u != 0 && top(u) != x && slack(link(u, x)) == 0 && use(link(u, x)))
        return true;
    }
    return false;
  }

  /// Grows trees from all free nodes until two of them meet; false if the matching is optimal.
  bool grow_until_augmented() {
    queue_.clear();
    for (std::size_t x = 1; x <= last_; ++x) {
      nodes_[x].side = Side::none;
      nodes_[x].nearest = 0;
    }
    for (std::size_t x = 1; x <= last_; ++x)
      if (outermost(x) && nodes_[x].mate == 0) {
        nodes_[x].parent = 0;
        nodes_[x].side = Side::even;
        enqueue(x);
      }
    if (queue_.empty()) return false;
    while (true) {
      if (scan_queue()) return true;
      if (!move_duals(largest_move())) return false;
      if (use_tight_edges()) return true;
      for (std::size_t b = n_ + 1; b <= last_; ++b)
        if (outermost(b) && nodes_[b].side == Side::odd && nodes_[b].dual == 0) expand(b);
    }
  }

  std::size_t n_, last_;
  std::size_t searches_ = 0;
  std::vector<Node> nodes_;
  std::vector<Link> links_;
  std::deque<std::size_t> queue_;
};

}  // namespace

std::vector<std::size_t> maximum_weight_matching(std::size_t vertices,
                                                 const std::vector<WeightedEdge>& edges) {
  return Matcher(vertices, edges).solve();
}

}  // namespace chorus
