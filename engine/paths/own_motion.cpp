#include "own_motion.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <utility>

namespace chorus {

bool OwnMotion::moves() const {
  return angle != 0 || stretch != Point{1, 1} || shift != Point{0, 0};
}

Affine OwnMotion::power(double t) const {
  constexpr double thinnest = 0.02;  // of a shape that is seen from its edge while it turns over
  const auto stretched = [&](double whole) {
    const double partly = 1 + t * (whole - 1);
    return std::abs(partly) < thinnest ? std::copysign(thinnest, partly) : partly;
  };
  const double x = stretched(stretch[0]), y = stretched(stretch[1]);
  const double cosine = std::cos(t * angle), sine = std::sin(t * angle);
  Affine affine{cosine * x, -sine * y, sine * x, cosine * y, 0, 0};
  const Point turned = affine(centre);
  affine.x = centre[0] + t * shift[0] - turned[0];
  affine.y = centre[1] + t * shift[1] - turned[1];
  return affine;
}

bool may_be_hidden(const Drawing& drawing, std::size_t shape, const Point& p) {
  const int seen = drawing.seen_at(p);
  if (seen == Drawing::no_shape) return false;
  const auto other = static_cast<std::size_t>(seen);
  return other != shape && !drawing.encloses(other, shape);
}

namespace {

struct Box {
  Point low, high;
};

Box moved_box(const Shape& shape, const Affine& motion) {
  constexpr double far = 1e9;
  Box box{{far, far}, {-far, -far}};
  include_box(box.low, box.high, shape.low, shape.high, motion);
  return box;
}

}  // namespace

Overlap overlap_of(const ShapePair& pair, const Affine& motion) {
  constexpr double counted_if_hidden = 0.3, points_across = 40;
  const Affine back = inverse(motion);
  const Shape &first = pair.first(), &second = pair.second();
  const Plane& plane = second.filled.plane();
  Box box = moved_box(first, motion);
  double least_side = 1e9;
  for (std::size_t d = 0; d < 2; ++d) {
    least_side = std::min({least_side, box.high[d] - box.low[d], second.high[d] - second.low[d]});
    box.low[d] = std::min(box.low[d], second.low[d]);
    box.high[d] = std::max(box.high[d], second.high[d]);
  }
  const double unit = plane.unit_px();
  // Steps are small enough for thin shapes, and large ones for large shapes.
  const double longest = std::max(box.high[0] - box.low[0], box.high[1] - box.low[1]);
  const auto step = static_cast<std::size_t>(
      std::clamp(std::min(longest / points_across, least_side / 8) * unit, 1.0, 8.0));
  const auto range = [&](double low, double high, double origin, std::size_t size) {
    const auto clip = [&](double at) {
      return static_cast<std::size_t>(std::clamp(at, 0.0, static_cast<double>(size)));
    };
    return std::pair{clip(std::floor(low * unit + origin)), clip(std::ceil(high * unit + origin))};
  };
  const auto [x0, x1] = range(box.low[0], box.high[0], unit, plane.size.width);
  const auto [y0, y1] =
      range(box.low[1], box.high[1], static_cast<double>(plane.size.height) / 2, plane.size.height);
  double both = 0, apart = 0, behind = 0;
  for (std::size_t y = y0 + step / 2; y < y1; y += step)
    for (std::size_t x = x0 + step / 2; x < x1; x += step) {
      const Point p = plane.point(x, y), source = back(p);
      const bool in_second = second.filled[y * plane.size.width + x] > 0;
      const bool in_first = source[0] >= first.low[0] - 0.02 && source[0] <= first.high[0] + 0.02 &&
                            first.filled.at(source) > 0;
      if (in_first && in_second) {
        both += 1;
      } else if (in_first || in_second) {
        const bool hidden = in_first ? may_be_hidden(pair.to, pair.to_shape, p)
                                     : may_be_hidden(pair.from, pair.from_shape, source);
        (hidden ? behind : apart) += 1;
      }
    }
  if (both == 0) return {};
  return {.all = both / (both + apart + counted_if_hidden * behind), .seen = both / (both + apart)};
}

namespace {

/// The spread of a shape in x and y after `motion`. Exact for turns by multiples of 90 degrees;
/// other turns are treated as if x and y were uncorrelated.
Point moved_spread(const Shape& shape, const Affine& motion) {
  return {std::hypot(motion.xx * shape.spread[0], motion.xy * shape.spread[1]),
          std::hypot(motion.yx * shape.spread[0], motion.yy * shape.spread[1])};
}

/// How much a motion must explain to be preferred to none.
double complexity_of(const OwnMotion& own) {
  double sum = 0;
  const double shift = std::hypot(own.shift[0], own.shift[1]);
  if (shift > 0) sum += 0.015 + 0.02 * shift;
  for (const double stretch : own.stretch)
    if (stretch != 1) sum += 0.02 + 0.02 * std::abs(std::log(std::abs(stretch)));
  if (own.angle != 0) sum += 0.03 + 0.014 * own.angle * own.angle + (shift > 0 ? 0.1 : 0);
  if (own.stretch[0] < 0 || own.stretch[1] < 0) sum += 0.1;
  return sum;
}

/// A turn with a shift is a turn about a fixed point. If that point is near to the shape, it is
/// made the centre, so that a hand turns about its end instead of sliding along a chord.
OwnMotion about_hinge(const OwnMotion& own, const Shape& shape, const Affine& whole) {
  constexpr double least_angle = 0.05, reach = 1.5;
  if (std::abs(own.angle) < least_angle || own.stretch != Point{1, 1}) return own;
  // The fixed point c of p -> R (p - m) + m + s: c = m + (1 - R)^-1 s.
  const double cosine = std::cos(own.angle), sine = std::sin(own.angle);
  const double a = 1 - cosine, determinant = a * a + sine * sine;
  OwnMotion hinged = own;
  hinged.centre = {own.centre[0] + (a * own.shift[0] - sine * own.shift[1]) / determinant,
                   own.centre[1] + (sine * own.shift[0] + a * own.shift[1]) / determinant};
  hinged.shift = {0, 0};
  const Point middle = whole(shape.centre);
  const double size = std::hypot(shape.high[0] - shape.low[0], shape.high[1] - shape.low[1]) / 2 *
                      std::sqrt(std::abs(whole.determinant()));
  const double away = std::hypot(hinged.centre[0] - middle[0], hinged.centre[1] - middle[1]);
  return away < reach * size ? hinged : own;
}

/// Tries motions of one shape and keeps the best.
class Search {
 public:
  Search(const ShapePair& pair, const Affine& whole) : pair_(pair), whole_(whole) {}

  void attempt(const OwnMotion& own) {
    const FoundOwnMotion found = rated(about_hinge(own, pair_.first(), whole_));
    if (first_ || found.value() > best_.value()) best_ = found;
    first_ = false;
  }
  FoundOwnMotion rated(const OwnMotion& own) const {
    return {own, overlap_of(pair_, after(own.power(1), whole_)), complexity_of(own)};
  }
  const FoundOwnMotion& best() const { return best_; }
  Search anew() const { return {pair_, whole_}; }
  void take_over(const Search& other) {
    if (other.best_.value() > best_.value()) best_ = other.best_;
  }
  void refine();

 private:
  const ShapePair& pair_;
  const Affine& whole_;
  FoundOwnMotion best_;
  bool first_ = true;
};

/// Improves the numbers of the best motion, those that it has, by smaller and smaller steps.
void Search::refine() {
  constexpr double good = 0.985, shift = 0.06, turn = 0.13, stretch = 0.1;
  constexpr int levels = 5, rounds = 2;
  const OwnMotion kind = best_.own;
  double step = 1;
  for (int level = 0; level < levels; ++level, step /= 2)
    for (int round = 0; round < rounds; ++round) {
      if (best_.overlap.all >= good) return;
      for (const double sign : {-step, step}) {
        if (kind.angle != 0) {
          OwnMotion own = best_.own;
          own.angle += sign * turn;
          attempt(own);
        }
        for (std::size_t d = 0; d < 2; ++d) {
          OwnMotion own = best_.own;
          own.shift[d] += sign * shift;
          attempt(own);
          if (kind.stretch[d] == 1 || kind.stretch[d] < 0) continue;
          own = best_.own;
          own.stretch[d] *= 1 + sign * stretch;
          attempt(own);
        }
      }
    }
}

/// The same motion with half a turn more about the centre of the shape at the end of its way.
OwnMotion opposite_of(const OwnMotion& own, const Point& end) {
  OwnMotion opposite = own;
  const Point start = inverse(own.power(1))(end);
  opposite.centre = start;
  opposite.shift = {end[0] - start[0], end[1] - start[1]};
  opposite.angle += own.angle > 0 ? -std::numbers::pi : std::numbers::pi;
  return opposite;
}

/// Shifts that lay the boxes of two shapes on each other: at the lower end, the middle or the upper
/// end of each axis. They find shapes of which one end is hidden.
void try_shifts(Search& search, const OwnMotion& origin, const Box& from, const Shape& to) {
  const auto at = [](double low, double high, int where) {
    return where == 0 ? low : where == 1 ? (low + high) / 2 : high;
  };
  for (int x = 0; x < 3; ++x)
    for (int y = 0; y < 3; ++y) {
      OwnMotion own = origin;
      own.shift = {at(to.low[0], to.high[0], x) - at(from.low[0], from.high[0], x),
                   at(to.low[1], to.high[1], y) - at(from.low[1], from.high[1], y)};
      search.attempt(own);
      for (std::size_t d = 0; d < 2; ++d) {  // and along one axis alone
        OwnMotion along = own;
        along.shift[1 - d] = 0;
        search.attempt(along);
      }
    }
}

/// Stretches that lay the box of one shape on that of the other, along both axes or one of them.
void try_stretches(Search& search, const OwnMotion& origin, const Box& from,
                   const Point& from_spread, const Shape& to) {
  constexpr double most = 8, least_side = 1e-3;
  Point stretch{}, shift{};
  for (std::size_t d = 0; d < 2; ++d) {
    const double side = std::max(least_side, from.high[d] - from.low[d]);
    stretch[d] = std::clamp((to.high[d] - to.low[d]) / side, 1 / most, most);
    const double middle = (from.low[d] + from.high[d]) / 2;
    shift[d] =
        (to.low[d] + to.high[d]) / 2 - origin.centre[d] - stretch[d] * (middle - origin.centre[d]);
  }
  OwnMotion both = origin;
  both.stretch = stretch;
  both.shift = shift;
  search.attempt(both);
  for (std::size_t d = 0; d < 2; ++d) {
    OwnMotion one = origin;
    one.stretch[d] = stretch[d];
    one.shift[d] = shift[d];
    search.attempt(one);
  }
  // By the spread of the points, which a frayed end hardly changes.
  OwnMotion spread = origin;
  spread.shift = {to.centre[0] - origin.centre[0], to.centre[1] - origin.centre[1]};
  for (std::size_t d = 0; d < 2; ++d)
    spread.stretch[d] = std::clamp(to.spread[d] / from_spread[d], 1 / most, most);
  search.attempt(spread);
  for (std::size_t d = 0; d < 2; ++d) {
    OwnMotion one = spread;
    one.stretch[1 - d] = 1;
    search.attempt(one);
  }
  // One size for both axes, from centroid to centroid.
  OwnMotion evenly = origin;
  const double scale = std::sqrt(stretch[0] * stretch[1]);
  evenly.stretch = {scale, scale};
  evenly.shift = {to.centre[0] - origin.centre[0], to.centre[1] - origin.centre[1]};
  search.attempt(evenly);
}

/// Turns from centroid to centroid, also with a change of size: the best of a coarse search, with
/// the angle improved, and its opposite, which is as good for many shapes. And reflections.
void try_turns(Search& search, const OwnMotion& origin, const Shape& from, const Shape& to,
               double scale_of_whole) {
  constexpr int turns = 24;
  constexpr double clearly_other_size = 0.1, pi = std::numbers::pi;
  const double ratio = std::sqrt(to.area / from.area) / scale_of_whole;
  OwnMotion own = origin;
  own.shift = {to.centre[0] - origin.centre[0], to.centre[1] - origin.centre[1]};
  const auto turned = [&](double angle, double scale) {
    own.angle = angle > pi ? angle - 2 * pi : angle <= -pi ? angle + 2 * pi : angle;
    own.stretch = {scale, scale};
    return own;
  };
  for (const double scale : {1.0, ratio}) {
    if (scale != 1 && std::abs(std::log(ratio)) < clearly_other_size) continue;
    Search coarse = search.anew();
    for (int k = 1; k < turns; ++k) coarse.attempt(turned(k * 2 * pi / turns, scale));
    coarse.refine();
    search.take_over(coarse);
    Search opposite = search.anew();
    opposite.attempt(opposite_of(coarse.best().own, to.centre));
    opposite.refine();
    search.take_over(opposite);
  }
  own.angle = 0;
  for (const Point& reflection : {Point{-1, 1}, Point{1, -1}}) {
    own.stretch = reflection;
    search.attempt(own);
  }
}

}  // namespace

FoundOwnMotion find_own_motion(const ShapePair& pair, const Affine& whole) {
  constexpr double enough = 0.97, alike = 0.93, largest_ratio = 3;
  const Shape &from = pair.first(), &to = pair.second();
  OwnMotion none;
  none.centre = whole(from.centre);
  Search search(pair, whole);
  search.attempt(none);
  if (search.best().overlap.all >= enough) return search.best();
  // Where nothing that is seen speaks against staying in place, nothing turns.
  const bool stays = search.best().overlap.seen >= enough;
  const Box box = moved_box(from, whole);
  OwnMotion to_centre = none;
  to_centre.shift = {to.centre[0] - none.centre[0], to.centre[1] - none.centre[1]};
  search.attempt(to_centre);
  try_shifts(search, none, box, to);
  try_stretches(search, none, box, moved_spread(from, whole), to);
  const double scale = std::sqrt(std::abs(whole.determinant()));
  const double ratio = to.area / (from.area * scale * scale);
  if (!stays && search.best().overlap.all < alike && ratio < largest_ratio &&
      ratio > 1 / largest_ratio)
    try_turns(search, none, from, to, scale);
  return search.best();
}

FoundOwnMotion refine_own_motion(const ShapePair& pair, const Affine& whole,
                                 const FoundOwnMotion& found) {
  Search search(pair, whole);
  search.attempt(found.own);
  if (found.own.moves()) search.refine();
  return search.best();
}

FoundOwnMotion with_opposite_turn(const ShapePair& pair, const Affine& whole,
                                  const OwnMotion& own) {
  Search search(pair, whole);
  search.attempt(opposite_of(own, pair.second().centre));
  search.refine();
  return search.best();
}

}  // namespace chorus
