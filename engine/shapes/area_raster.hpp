#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <memory>
#include <vector>

#include "drawing.hpp"

// The picture that a drawing gives when each pixel is the mean of what lies in its square, computed
// without samples: a border adds to each pixel of its row the area that lies to its right there,
// times the jump of colour across it (signed-area accumulation, as in font-rs and stb_truetype).

namespace chorus::shapes {

/// A straight piece of a border within one pixel.
struct Crossed {
  std::size_t x, y;    ///< the pixel
  double rise;         ///< how far the piece goes down
  double right_share;  ///< where it is in the pixel on average: 0 left, 1 right
  double begin, end;   ///< the part of the way from p to q, in [0, 1]
  bool is_in_picture;  ///< otherwise it is left of the picture, and x is 0
};

/// Calls visit(Crossed) for each pixel that the way from p to q crosses. What lies above, below and
/// to the right of the picture has no effect and is left out.
template <class Visit>
void walk_pixels(Point p, Point q, PixelSize size, const Visit& visit) {
  const Point way = q - p;
  thread_local std::vector<double> times;
  times.assign({0.0, 1.0});
  const auto cut = [&](double from, double to, std::size_t limit) {
    if (std::abs(to - from) < 1e-14) return;
    const double low = std::max(0.0, std::ceil(std::min(from, to) + 1e-12));
    const double high =
        std::min(static_cast<double>(limit), std::floor(std::max(from, to) - 1e-12));
    for (double line = low; line <= high; ++line) {
      const double t = (line - from) / (to - from);
      if (t > 1e-12 && t < 1 - 1e-12) times.push_back(t);
    }
  };
  cut(p.y, q.y, size.height);
  cut(p.x, q.x, size.width);
  if (times.size() > 2) std::sort(times.begin(), times.end());
  for (std::size_t i = 0; i + 1 < times.size(); ++i) {
    const double begin = times[i], end = times[i + 1];
    if (end - begin < 1e-13) continue;
    const Point middle = p + (begin + end) / 2 * way;
    const double column = std::floor(middle.x), row = std::floor(middle.y);
    if (row < 0 || row >= static_cast<double>(size.height)) continue;
    if (column >= static_cast<double>(size.width)) continue;
    const bool inside = column >= 0;
    visit(Crossed{inside ? static_cast<std::size_t>(column) : 0, static_cast<std::size_t>(row),
                  way.y * (end - begin), inside ? middle.x - column : 0.0, begin, end, inside});
  }
}

/// Calls visit(p, q, i, n) for the n chords of a segment.
template <class Visit>
void walk_chords(const Drawing& drawing, const Segment& segment, const Visit& visit) {
  const Point a = drawing.start(segment), b = drawing.stop(segment);
  const int chords = segment.is_arc ? chords_of(a, b, segment.bulge) : 1;
  if (chords == 1) return visit(a, b, 1, 1);
  const Point chord = b - a, across = turned(chord);
  UnitArcWalk walk(segment.bulge, chords);
  Point p = a;
  for (int i = 1; i <= chords; ++i) {
    const UnitPlace at = walk.next();
    const Point q = i == chords ? b : a + at.along * chord + at.across * across;
    visit(p, q, i, chords);
    p = q;
  }
}

/// The colours of a picture, row-major.
using Pixels = std::vector<Numbers>;

/// Adds up borders. A row has one cell more than pixels.
class AreaCanvas {
 public:
  explicit AreaCanvas(PixelSize size)
      : size_(size), bases_((size.width + 1) * size.height), is_touched_(size.height) {}

  /// With a factor of -1, what was added is taken away again, up to rounding.
  void add(const Drawing& drawing, const Chain& chain, double factor = 1);
  /// The means of the pixels.
  void resolve(Pixels& pixels) const;
  /// The means of a row's pixels, in their place. A gradient counts by its colour in the middle of
  /// each pixel.
  void resolve_row(std::size_t y, Pixels& pixels) const;

  /// Whether something was added to a row of the picture.
  bool is_touched(std::size_t y) const { return is_touched_[y] != 0; }
  /// From now on nothing counts as added.
  void forget_touches() { is_touched_.assign(size_.height, 0); }
  /// Makes a copy of `before` what it was before something was added to it.
  void restore(const AreaCanvas& before);

 private:
  struct Slopes {
    Numbers x{}, y{};
  };
  /// The area of a region that has a gradient, in cells as those of the others.
  struct Shade {
    int region;
    std::shared_ptr<const Gradient> gradient;
    std::vector<double> areas;
  };

  Shade* shade_of(const Drawing& drawing, int region);
  void add_shades(std::size_t y, Pixels& pixels) const;
  void restore_row(std::size_t y, const AreaCanvas& before);

  PixelSize size_;
  std::vector<Numbers> bases_;
  std::vector<Slopes> slopes_;  ///< empty as long as all paints are flat
  std::vector<Shade> shades_;
  std::vector<char> is_touched_;  ///< of each row
};

Pixels rasterize(const Drawing& drawing);

/// The share of each pixel that a region covers.
struct Coverage {
  PixelSize size;
  std::vector<std::vector<float>> of_region;  ///< [regions][pixels]
};
Coverage coverage(const Drawing& drawing);

}  // namespace chorus::shapes
