#pragma once

#include <cstddef>
#include <functional>
#include <vector>

#include "area_raster.hpp"
#include "problem.hpp"

namespace chorus::shapes {

/// The picture of some chains.
struct Layer {
  explicit Layer(PixelSize size) : canvas(size) {}
  /// Computes the pixels of all rows, or of those to which something was added, and their misfits.
  void resolve(const Problem& problem);
  void resolve_touched(const Problem& problem);

  AreaCanvas canvas;
  Pixels pixels;
  std::vector<double> misfits;  ///< of each row

 private:
  void resolve_row(const Problem& problem, std::size_t y);
};

/// A drawing with its picture, from which changes of it start.
struct Drawn {
  /// `problem` is what the misfits refer to.
  Drawn(const Problem& problem, Drawing made);

  Drawing drawing;
  Layer layer;
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
  Layer rest_;
  AreaCanvas canvas_;
  std::vector<std::size_t> changing_;  ///< chains
};

}  // namespace chorus::shapes
