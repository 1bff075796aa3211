#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "changes.hpp"
#include "drawing.hpp"
#include "outlines.hpp"
#include "solver.hpp"

namespace chorus::shapes {

/// Decides what a drawing consists of by its description: the cost of what it leaves unexplained
/// plus a price for each number that it needs (as in Schwarz's criterion and minimum description
/// length). Changes are tried in a fixed order, fitted where they touch, and kept if the sum falls.
class Chooser {
 public:
  /// `most_work`, in units of Solver::work(), bounds the time: afterwards no change is tried. The
  /// outlines are those of the drawing's chains.
  Chooser(const Problem& problem, Solver& solver, Drawing drawing,
          const std::vector<Outline>& outlines, std::uint64_t most_work);

  /// Simple shapes, and other cuts, in the place of chains that fit badly.
  void try_other_shapes();
  /// Colours of regions that no pixel shows unmixed.
  void try_other_colors();
  /// Fewer segments, and more where pixels are left unexplained.
  void try_other_segments();

  const Drawing& drawing() const { return drawn_.drawing; }
  double description() const { return description_; }
  bool is_exhausted() const { return solver_.work() > most_work_; }

 private:
  using Change = std::function<Touched(Drawing&)>;
  bool attempt(int chain, const Change& change, int steps = 7);
  bool try_fewer_segments(int chain, int i);
  void try_more_segments(int chain);
  /// The misfit of the pixels that a segment crosses.
  double heat(const Segment& segment) const;

  const Problem& problem_;
  Solver& solver_;
  Drawn drawn_;
  const std::vector<Outline>& outlines_;
  std::uint64_t most_work_;
  double description_;
};

/// The price of a drawing's numbers: those of paints, of points two, of arcs one; less where priors
/// fix one.
double price(const Drawing& drawing);
/// The cost of a drawing and its price.
double description(const Problem& problem, const Drawing& drawing);

}  // namespace chorus::shapes
