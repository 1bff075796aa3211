#include "stand_ins.hpp"

#include <algorithm>
#include <cstddef>
#include <optional>

#include "color_distance.hpp"

namespace chorus {

namespace {

using ShapeOfMatch = std::optional<std::size_t> Match::*;

std::size_t count_of_both(const Mask& a, const Mask& b) {
  std::size_t shared = 0;
  for (std::size_t i = 0; i < a.size(); ++i) shared += a[i] != 0 && b[i] != 0 ? 1 : 0;
  return shared;
}

double overlap(const Mask& a, const Mask& b) {
  const auto shared = static_cast<double>(count_of_both(a, b));
  return shared / std::max(1.0, static_cast<double>(count(a) + count(b)) - shared);
}

/// Two pictures from the point of view of `own`, which may get stand-ins.
class PairView {
 public:
  PairView(Drawing& own, const Drawing& other, ShapeOfMatch own_shape, ShapeOfMatch other_shape,
           std::vector<Match>& matches)
      : own_(own),
        other_(other),
        own_shape_(own_shape),
        other_shape_(other_shape),
        matches_(matches) {
    for (const Shape& shape : own.shapes) masks_.push_back(mask_of(shape));
  }

  void add_stand_ins() {
    for (std::size_t whole = 0; whole < other_.shapes.size(); ++whole) {
      const std::vector<std::size_t> pieces = pieces_of(whole);
      if (!pieces.empty()) replace(whole, pieces);
    }
  }

 private:
  /// The shapes of the own picture that lie mostly within the shape `whole` of the other one, if
  /// all of them together resemble it much more than its partner does. Shapes that have another
  /// partner do not count as pieces.
  std::vector<std::size_t> pieces_of(std::size_t whole) const {
    constexpr double same_shape = 0.7, well_matched = 0.85;
    const Mask within = mask_of(other_.shapes[whole]);
    std::vector<std::size_t> pieces;
    Mask filled(within.size());
    double alone = 0;
    for (std::size_t k = 0; k < masks_.size(); ++k) {
      bool elsewhere = false;
      for (const Match& match : matches_) {
        if (match.*own_shape_ != k || !(match.*other_shape_)) continue;
        if (*(match.*other_shape_) != whole)
          elsewhere = true;
        else
          alone = std::max(alone,
                           same_color(k, whole) ? match.overlap.all : overlap(masks_[k], within));
      }
      if (elsewhere || 2 * count_of_both(masks_[k], within) <= count(masks_[k])) continue;
      pieces.push_back(k);
      for (std::size_t i = 0; i < filled.size(); ++i) filled[i] |= masks_[k][i];
    }
    const double needed = std::max(same_shape, 1 - (1 - alone) / 2);  // halves the error
    if (alone > well_matched || overlap(filled, within) <= needed) pieces.clear();
    return pieces;
  }

  bool same_color(std::size_t own, std::size_t other) const {
    constexpr float same = 0.2F;
    const Shape &a = own_.shapes[own], &b = other_.shapes[other];
    return squared_distance(color_at(a.paint, a.centre), color_at(b.paint, b.centre)) < same * same;
  }

  void replace(std::size_t whole, const std::vector<std::size_t>& pieces) {
    std::vector<Match> kept;
    for (Match& match : matches_) {
      if (match.*other_shape_ != whole || !(match.*own_shape_)) {
        kept.push_back(match);
        continue;
      }
      Match alone;
      alone.*own_shape_ = match.*own_shape_;
      kept.push_back(alone);
    }
    std::erase_if(kept, [&](const Match& match) {
      return match.*other_shape_ == whole && !(match.*own_shape_);
    });
    Match stand_in{.from = {}, .to = {}, .own = {}, .overlap = {1, 1}};
    stand_in.*own_shape_ = own_.shapes.size();
    stand_in.*other_shape_ = whole;
    kept.insert(kept.begin(), stand_in);
    matches_ = std::move(kept);
    own_.shapes.push_back(standing_in(other_.shapes[whole], pieces));
  }

  /// A copy of a shape of the other picture, in the mean colour of its pieces in the own picture.
  Shape standing_in(const Shape& whole, const std::vector<std::size_t>& pieces) const {
    Shape shape = whole;
    shape.parent.reset();
    shape.paint = {};
    double total = 0;
    for (const std::size_t k : pieces) total += own_.shapes[k].visible_area;
    for (const std::size_t k : pieces) {
      const Shape& piece = own_.shapes[k];
      const Color color = color_at(piece.paint, piece.centre);
      for (std::size_t c = 0; c < most_channels; ++c)
        shape.paint.p[c] += static_cast<float>(piece.visible_area / total) * color[c];
    }
    return shape;
  }

  Drawing& own_;
  const Drawing& other_;
  ShapeOfMatch own_shape_, other_shape_;
  std::vector<Match>& matches_;
  std::vector<Mask> masks_;  ///< of the own shapes without stand-ins
};

}  // namespace

void add_stand_ins(Drawing& from, Drawing& to, std::vector<Match>& matches) {
  PairView(from, to, &Match::from, &Match::to, matches).add_stand_ins();
  PairView(to, from, &Match::to, &Match::from, matches).add_stand_ins();
}

}  // namespace chorus
