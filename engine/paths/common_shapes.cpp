#include "common_shapes.hpp"

#include <algorithm>
#include <cstddef>
#include <optional>
#include <utility>

namespace chorus {

namespace {

/// The counterpart of a shape in the other picture, and the motion of the shape towards it.
struct Partner {
  std::size_t shape;
  OwnMotion own;
};
using Partners = std::vector<std::optional<Partner>>;  ///< indexed by shape

/// Two pictures from the point of view of `own`, which may get stand-ins.
struct PairView {
  Drawing& own;
  const Drawing& other;
  Partners& own_partners;
  Partners& other_partners;
};

using Pixels = std::vector<bool>;

std::size_t count(const Pixels& a) {
  return static_cast<std::size_t>(std::count(a.begin(), a.end(), true));
}

Pixels both(const Pixels& a, const Pixels& b) {
  Pixels set(a.size());
  for (std::size_t i = 0; i < set.size(); ++i) set[i] = a[i] && b[i];
  return set;
}

/// The pixels on which a shape lies.
Pixels pixels_of(const Shape& shape) {
  const PixelSize size = shape.filled.plane().size;
  Pixels set(size.width * size.height);
  for (std::size_t i = 0; i < set.size(); ++i) set[i] = shape.filled[i] > 0;
  return set;
}

double overlap(const Pixels& a, const Pixels& b) {
  const auto shared = static_cast<double>(count(both(a, b)));
  return shared / std::max(1.0, static_cast<double>(count(a) + count(b)) - shared);
}

/// The shapes of the own picture that lie mostly within the shape `whole` of the other one, if all
/// of them together resemble it much more than its partner does. Shapes that have a partner already
/// do not count as pieces.
std::vector<std::size_t> pieces_of(std::size_t whole, const PairView& view,
                                   const std::vector<Pixels>& own_pixels) {
  const Pixels within = pixels_of(view.other.shapes[whole]);
  std::vector<std::size_t> pieces;
  Pixels filled(within.size());
  for (std::size_t k = 0; k < own_pixels.size(); ++k) {
    if (view.own_partners[k] && view.own_partners[k]->shape != whole) continue;
    if (2 * count(both(own_pixels[k], within)) <= count(own_pixels[k])) continue;
    pieces.push_back(k);
    for (std::size_t i = 0; i < filled.size(); ++i) filled[i] = filled[i] || own_pixels[k][i];
  }
  const std::optional<Partner>& partner = view.other_partners[whole];
  const double alone = partner ? overlap(own_pixels[partner->shape], within) : 0;
  const double needed = std::max(same_shape, 1 - (1 - alone) / 2);  // halves the error
  if (overlap(filled, within) <= needed) pieces.clear();
  return pieces;
}

/// A copy of a shape of the other picture, in the mean colour of its pieces in the own picture.
Shape standing_in(const Shape& whole, const std::vector<std::size_t>& pieces,
                  const Drawing& drawing) {
  Shape shape = whole;
  shape.parent.reset();
  shape.paint = {};
  double total = 0;
  for (const std::size_t k : pieces) total += drawing.shapes[k].visible_area;
  for (const std::size_t k : pieces) {
    const Shape& piece = drawing.shapes[k];
    const Color color = color_at(piece.paint, piece.centre);
    for (std::size_t c = 0; c < most_channels; ++c)
      shape.paint.p[c] += static_cast<float>(piece.visible_area / total) * color[c];
  }
  return shape;
}

/// Adds a stand-in to the own picture for each shape of the other one that lies in pieces there.
void add_stand_ins(const PairView& view) {
  std::vector<Pixels> own_pixels;
  for (const Shape& shape : view.own.shapes) own_pixels.push_back(pixels_of(shape));
  for (std::size_t k = 0; k < view.other_partners.size(); ++k) {
    const std::vector<std::size_t> pieces = pieces_of(k, view, own_pixels);
    if (pieces.empty()) continue;
    if (view.other_partners[k]) view.own_partners[view.other_partners[k]->shape].reset();
    view.other_partners[k] = Partner{view.own.shapes.size(), {}};
    view.own_partners.push_back(Partner{k, {}});
    view.own.shapes.push_back(standing_in(view.other.shapes[k], pieces, view.own));
  }
}

/// Pairs shapes that overlap, those with the largest overlap first.
void pair_up(const Drawing& from, const Drawing& to, const Affine& whole, double least_overlap,
             Partners& of_from, Partners& of_to) {
  struct Pair {
    std::size_t from, to;
    double overlap;
  };
  std::vector<Pair> pairs;
  for (std::size_t i = 0; i < from.shapes.size(); ++i)
    for (std::size_t j = 0; j < to.shapes.size(); ++j) {
      const double overlap = overlap_of(from.shapes[i], to.shapes[j], whole);
      if (overlap > least_overlap) pairs.push_back({i, j, overlap});
    }
  std::stable_sort(pairs.begin(), pairs.end(),
                   [](const Pair& a, const Pair& b) { return a.overlap > b.overlap; });
  for (const Pair& pair : pairs) {
    if (of_from[pair.from] || of_to[pair.to]) continue;
    const OwnMotion own =
        own_motion(from.shapes[pair.from], to.shapes[pair.to], whole, pair.overlap);
    of_from[pair.from] = Partner{pair.to, own};
    of_to[pair.to] = Partner{pair.from, own};
  }
}

}  // namespace

Matched common_shapes(Drawing from, Drawing to, const SimilarityMotion& motion,
                      double least_overlap) {
  Partners of_from(from.shapes.size()), of_to(to.shapes.size());
  pair_up(from, to, motion.power(1), least_overlap, of_from, of_to);
  if (!motion.moves()) {
    add_stand_ins({from, to, of_from, of_to});
    add_stand_ins({to, from, of_to, of_from});
  }
  std::vector<Match> found;
  for (std::size_t k = 0; k < of_from.size(); ++k)
    if (of_from[k])
      found.push_back({.from = k, .to = of_from[k]->shape, .own = of_from[k]->own});
    else
      found.push_back({.from = k, .to = {}, .own = {}});
  for (std::size_t k = 0; k < of_to.size(); ++k)
    if (!of_to[k]) found.push_back({.from = {}, .to = k, .own = {}});
  return {std::move(from), std::move(to), std::move(found)};
}

}  // namespace chorus
