#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <optional>
#include <vector>

namespace chorus::shapes {

/// The lengths of the borders of a region with its neighbours, in nodes.
using Neighbours = std::map<int, int>;

/// A grid of nodes, each with a label; and what can be done to the areas that share one. It knows
/// nothing of colours.
class NodeLabels {
 public:
  /// `labels` are [height x width].
  NodeLabels(std::size_t width, std::size_t height, std::vector<int> labels);

  const std::vector<int>& labels() const { return labels_; }
  int operator[](std::size_t node) const { return labels_[node]; }
  /// Labels are below.
  std::size_t count() const { return count_; }

  /// Makes each connected area of a label a label of its own. Returns the former label of each.
  std::vector<int> separate();
  /// The labels beside each label.
  std::vector<Neighbours> neighbours() const;
  /// The nodes of each label.
  std::vector<std::size_t> areas() const;
  /// The distance of each node from the next area, in nodes, by chamfers of 1 and sqrt 2.
  std::vector<float> distances_from_borders() const;

  /// Gives each label the label that `partner` names, if any. Returns whether any changed.
  using Partner = std::function<std::optional<int>(int label, const Neighbours&)>;
  bool join(const Partner& partner);
  /// Morphological opening: gives what a disk of `radius` nodes does not reach from within an area
  /// to the areas around.
  void open(float radius);
  /// Gives lost nodes to areas beside them that may take them (own label, label that takes), one
  /// layer after another; of several the one with the most nodes beside. Nodes that none takes
  /// stay.
  using MayTake = std::function<bool(int own, int other)>;
  void give_away(std::vector<char> is_lost, const MayTake& may_take);

 private:
  /// Calls visit(neighbour) for the nodes beside, above and below.
  template <class Visit>
  void visit_neighbours(std::size_t node, const Visit& visit) const;
  /// Lowers each distance to that of a neighbour plus the way there, where they are linked.
  template <class Linked>
  void spread(std::vector<float>& distance, const Linked& linked) const;
  /// Of the areas that may take a node, the one with the most nodes beside it.
  std::optional<int> taker(std::size_t node, const std::vector<char>& is_lost,
                           const MayTake& may_take) const;

  std::size_t width_, height_, count_;
  std::vector<int> labels_;
};

}  // namespace chorus::shapes
