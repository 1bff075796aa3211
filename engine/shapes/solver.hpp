#pragma once

#include <cstdint>
#include <limits>
#include <vector>

#include "area_raster.hpp"
#include "drawing.hpp"
#include "problem.hpp"
#include "redrawing.hpp"

namespace chorus::shapes {

/// The misfit of the pixels and the penalty of the priors.
double cost(const Problem& problem, const Drawing& drawing);

/// Moves points and bends arcs until the cost is least: Levenberg and Marquardt's method
/// (Marquardt 1963) on the robust residuals, with the exact derivative of each pixel's area.
class Solver {
 public:
  explicit Solver(const Problem& problem) : problem_(problem), slopes_(problem.target.size()) {}

  struct Options {
    int steps = 15;
    double damping = 1e-3;
    const std::vector<char>* movable = nullptr;  ///< of each point; if null, all that are not fixed
    /// Gives up where steps that gain as much as the last one would not come below this cost.
    double goal = std::numeric_limits<double>::infinity();
    /// A drawing of which this one is a change; if there is none, all of it is drawn once.
    const Drawn* before = nullptr;
  };
  /// Changes the drawing and returns its cost, which is not above the cost before.
  double solve(Drawing& drawing, const Options& options);

  /// What all calls have cost so far: about 10 ns each.
  std::uint64_t work() const { return work_; }

 private:
  struct Unknowns;
  class Equations;
  /// How a pixel changes with an unknown.
  struct Slope {
    int unknown;
    Numbers change;
  };

  Unknowns find_unknowns(const Drawing& drawing, const Options& options) const;
  void find_slopes(const Drawing& drawing, const Unknowns& unknowns);
  void add_segment_slopes(const Drawing& drawing, const Chain& chain, const Segment& segment,
                          const int (&ids)[5]);
  void add_slope(std::size_t pixel, int unknown, const Numbers& jump, double factor);
  void add_pixels(const Pixels& drawn, Equations& equations) const;
  void add_joints(Drawing& drawing, const Unknowns& unknowns, Equations& equations) const;
  void add_directions(const Drawing& drawing, const Unknowns& unknowns, Equations& equations) const;
  void add_grid(const Drawing& drawing, const Unknowns& unknowns, Equations& equations) const;

  const Problem& problem_;
  std::vector<std::vector<Slope>> slopes_;  ///< [pixels]
  std::vector<std::size_t> touched_;        ///< pixels that have slopes
  std::uint64_t work_ = 0;
};

}  // namespace chorus::shapes
