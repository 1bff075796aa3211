#pragma once

#include <cstddef>
#include <functional>
#include <vector>

#include "area_raster.hpp"
#include "problem.hpp"

namespace chorus::shapes {

/// A drawing with its picture, from which changes of it start.
struct Drawn {
  /// `problem` is what the misfits refer to.
  Drawn(const Problem& problem, Drawing made);

  Drawing drawing;
  AreaCanvas canvas;
  Pixels pixels;
  std::vector<double> misfits;  ///< of each row
};

/// Draws a drawing again and again, of which some chains change. The rest is drawn once, and only
/// the rows of pixels that changing chains cross are computed anew.
class Redrawing {
 public:
  struct Picture {
    Pixels pixels;
    std::vector<char> is_changed;  ///< of each row: whether it may differ from the rest's picture
  };

  /// `problem` must outlive the object.
  Redrawing(const Problem& problem, const Drawing& drawing,
            const std::function<bool(const Chain&)>& changes);
  /// The same for a drawing that differs from `before` in some of its chains, points and paints. It
  /// takes time for these alone.
  Redrawing(const Problem& problem, const Drawing& drawing,
            const std::function<bool(const Chain&)>& changes, const Drawn& before);
  /// Draws into a picture that is empty or that this object has drawn before, and returns the
  /// misfit of its pixels.
  double draw(const Drawing& drawing, Picture& picture);

 private:
  const Problem& problem_;
  AreaCanvas rest_;
  Pixels rest_pixels_;
  std::vector<double> rest_misfits_;  ///< of each row
  AreaCanvas canvas_;
  std::vector<std::size_t> changing_;  ///< chains
};

}  // namespace chorus::shapes
