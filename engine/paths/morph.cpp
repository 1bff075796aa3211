#include "morph.hpp"

#include <algorithm>
#include <cmath>
#include <stdexcept>
#include <utility>

#include "hidden_parts.hpp"
#include "metrics.hpp"
#include "rigid_parts.hpp"
#include "split_shapes.hpp"
#include "stand_ins.hpp"

namespace chorus {

namespace {

/// Pictures whose outlines disagree by less than this after a motion of the whole show the same
/// thing. A shape that then seems to be in only one of them is in both, but the network draws it
/// differently: it moves along and cross-fades.
constexpr double same_if_moved = 0.08;
/// The fraction of the path that a shape takes to pass from behind another to its front: first its
/// core passes, then its rim.
constexpr double time_of_passing = 0.25;
constexpr double smallest_scale = 0.02;  // smaller shapes are not drawn

Affine scaled_about(const Point& centre, double scale) {
  return {scale, 0, 0, scale, (1 - scale) * centre[0], (1 - scale) * centre[1]};
}

/// The sum of the squared differences between an image and its background.
double energy(const Image& image, const ColorField& background) {
  const Plane plane{image.size()};
  double sum = 0;
  for (std::size_t y = 0; y < image.height; ++y)
    for (std::size_t x = 0; x < image.width; ++x) {
      const Color color = color_at(background, plane.point(x, y));
      for (std::size_t c = 0; c < image.channels; ++c) {
        const double difference = double{image.pixel(x, y)[c]} - double{color[c]};
        sum += difference * difference;
      }
    }
  return sum;
}

/// Enough samples for smooth edges.
Raster raster_for(PixelSize size) {
  constexpr std::size_t least = 3, points = 192;
  return {size, std::max(least, (points + size.longer_side() - 1) / size.longer_side())};
}

}  // namespace

float correction_near_end(double away) {
  constexpr double steepness = 10;  // reaches 0 at a tenth of the path
  return static_cast<float>(std::max(0.0, 1 - steepness * away));
}

/// The energy of the shapes that only one of the pictures has.
double Morph::details_of(const End& end) {
  return balanced_squared_error(end.drawn, end.common) *
         static_cast<double>(3 * end.drawn.pixels());
}

Morph::Morph(const Image& first_image, const Image& last_image, std::size_t threads)
    : threads_(threads), channels_(first_image.channels) {
  if (first_image.size() != last_image.size() || first_image.channels != last_image.channels)
    throw std::invalid_argument("Morph: the images differ in size or channels");
  const Image from = balanced(first_image), to = balanced(last_image);
  match(take_apart(from), take_apart(to));
  plan_details(from, to);
  const Ends drawn = ends();
  rest_from_ = unexplained(from, drawn.first, from_);
  rest_to_ = unexplained(to, drawn.second, to_);
}

/// Parts that move on their own are tried beside a motion of the whole, if there is one that makes
/// the pictures much more alike. Whichever costs less is taken.
void Morph::match(Drawing first, Drawing last) {
  Matching best = match_shapes(first, last, {});
  const FoundMotion found = find_motion(first.outlines, last.outlines);
  if (found.motion.moves()) {
    Matching moved = match_shapes(first, last, found.motion);
    if (moved.cost < best.cost) {
      best = std::move(moved);
      motion_ = found.motion;
      same_ = found.left < same_if_moved;
    }
  }
  matches_ = std::move(best.matches);
  from_ = std::move(first);
  to_ = std::move(last);
  const Affine whole = motion_.power(1);
  if (same_) matches_ = matches_without_own_motion(from_, to_, whole);
  join_rigid_parts(matches_, from_, to_, whole);
  if (!motion_.moves()) add_stand_ins(from_, to_, matches_);
  split_shared_shapes(from_, to_, matches_, whole);
  keep_what_is_uncovered(from_, to_, matches_, whole);
  add_covered_shapes(from_, to_, matches_, whole);
  add_hidden_parts(from_, to_, matches_, whole);
  depths_ = depth_order(from_, to_, matches_);
  index_matches();
}

void Morph::index_matches() {
  match_of_from_.assign(from_.shapes.size(), 0);
  match_of_to_.assign(to_.shapes.size(), 0);
  // Shared matches come last, so that the first match that names a shape is its own.
  for (std::size_t m = matches_.size(); m-- > 0;) {
    if (matches_[m].from) match_of_from_[*matches_[m].from] = m;
    if (matches_[m].to) match_of_to_[*matches_[m].to] = m;
  }
}

void Morph::plan_details(const Image& from, const Image& to) {
  const auto alone = [&](std::size_t m) { return !matches_[m].from || !matches_[m].to; };
  dissolves_.assign(matches_.size(), false);
  rivals_.assign(matches_.size(), false);
  for (std::size_t m = 0; m < matches_.size(); ++m) dissolves_[m] = alone(m);
  Ends all = ends();
  alike_ = same_ || (2 * details_of(all.first) <= energy(from, from_.background.paint) &&
                     2 * details_of(all.second) <= energy(to, to_.background.paint));
  for (std::size_t m = 0; m < matches_.size(); ++m) {
    if (!alone(m)) continue;
    rivals_[m] = has_rival(m);
    dissolves_[m] = same_ || (alike_ && (rivals_[m] || !is_compact(m)));
  }
  faint_ = same_ ? 1 : 0;
  turn_ = shortest_turn(std::sqrt(details_of(all.first)), std::sqrt(details_of(all.second)));
}

bool Morph::is_compact(std::size_t match) const {
  constexpr double filled = 0.35, seen = 0.5, most_stretched = 3;
  const Shape& shape =
      matches_[match].from ? from_.shapes[*matches_[match].from] : to_.shapes[*matches_[match].to];
  const double width = shape.high[0] - shape.low[0], height = shape.high[1] - shape.low[1];
  return shape.area > filled * width * height && shape.visible_area > seen * shape.area &&
         width < most_stretched * height && height < most_stretched * width;
}

bool Morph::has_rival(std::size_t match) const {
  const Match& own = matches_[match];
  const Shape& shape = own.from ? from_.shapes[*own.from] : to_.shapes[*own.to];
  for (const Match& other : matches_) {
    if (own.from ? !other.to || other.from.has_value() : !other.from || other.to.has_value())
      continue;
    const Shape& rival = own.from ? to_.shapes[*other.to] : from_.shapes[*other.from];
    if (shape.low[0] < rival.high[0] && rival.low[0] < shape.high[0] &&
        shape.low[1] < rival.high[1] && rival.low[1] < shape.high[1])
      return true;
  }
  return false;
}

Morph::End Morph::end(double t) const {
  const auto drawn = [&](Side side) {
    return paint(scene(t, side), raster_for(from_.size), threads_);
  };
  return {drawn(t == 0 ? Side::from : Side::to), drawn(Side::neither)};
}

Morph::Unexplained Morph::unexplained(const Image& image, const End& end,
                                      const Drawing& drawing) const {
  constexpr double reach_px = 2.5;  // the width of a soft border
  constexpr float visible = 0.06F;
  std::vector<float> away = distances_from_borders(drawing.outlines.segmentation);
  if (alike_) {
    Mask details(image.pixels());
    for (std::size_t i = 0; i < image.values.size(); ++i)
      if (std::abs(end.drawn.values[i] - end.common.values[i]) > visible)
        details[i / channels_] = 1;
    away = squared_distances(details, image.size());
  }
  Unexplained rest{Image(image.size(), channels_), Image(image.size(), channels_)};
  for (std::size_t i = 0; i < image.values.size(); ++i) {
    const float missing = image.values[i] - end.drawn.values[i];
    if (alike_ && std::abs(missing) < visible) continue;  // faint mottle
    (away[i / channels_] < reach_px * reach_px ? rest.near : rest.far).values[i] = missing;
  }
  return rest;
}

Morph::Turn Morph::shortest_turn(double of_from, double of_to) const {
  const double before = (1 - faint_) * of_from, behind = (1 - faint_) * of_to;
  const double all = before + faint_ * std::hypot(of_from, of_to) + behind;
  if (all == 0) return {};
  return {before / all, 1 - behind / all};
}

double Morph::size_left(std::size_t match, double t) const {
  if (dissolves_[match]) return 1;
  if (!matches_[match].to) return rivals_[match] ? left_of_from(t) : 1 - t;
  if (!matches_[match].from) return rivals_[match] ? left_of_to(t) : t;
  return 1;
}

double Morph::left_of_from(double t) const {
  if (t < turn_.begin) return 1 - (1 - faint_) * t / turn_.begin;
  return t < turn_.end ? faint_ * (turn_.end - t) / (turn_.end - turn_.begin) : 0;
}

double Morph::left_of_to(double t) const {
  if (t > turn_.end) return 1 - (1 - faint_) * (1 - t) / (1 - turn_.end);
  return t > turn_.begin ? faint_ * (t - turn_.begin) / (turn_.end - turn_.begin) : 0;
}

Affine Morph::moved(const Match& match, double t) const {
  return after(match.own.power(t), motion_.power(t));
}

Affine Morph::from_moved(std::size_t shape, double t) const {
  const Match& match = matches_[match_of_from_[shape]];
  if (match.to) return moved(match, t);
  const auto parent = from_.shapes[shape].parent;
  return parent ? from_moved(*parent, t) : motion_.power(t);
}

Affine Morph::to_moved(std::size_t shape, double t) const {
  const Match& match = matches_[match_of_to_[shape]];
  if (match.from) return after(moved(match, t), inverse(moved(match, 1)));
  const auto parent = to_.shapes[shape].parent;
  return parent ? to_moved(*parent, t) : after(motion_.power(t), inverse(motion_.power(1)));
}

Moving Morph::background(double t) const {
  Moving back;
  back.from = &from_.background;
  back.to = &to_.background;
  back.to_from = inverse(motion_.power(t));
  back.to_to = inverse(after(motion_.power(t), inverse(motion_.power(1))));
  back.weight_from = static_cast<float>(1 - t) / scale_of(back.to_from);
  back.weight_to = static_cast<float>(t) / scale_of(back.to_to);
  back.mix = static_cast<float>(t);
  return back;
}

Moving Morph::moving(std::size_t number, double t) const {
  const Match& match = matches_[number];
  Moving shape;
  const bool both = match.from && match.to;
  const double size = std::max(smallest_scale, size_left(number, t));
  constexpr double far = 1e9;
  shape.low = {far, far};
  shape.high = {-far, -far};
  if (match.from) {
    shape.from = &from_.shapes[*match.from];
    const Affine place =
        both ? moved(match, t)
             : after(from_moved(*match.from, t), scaled_about(shape.from->centre, size));
    include_box(shape.low, shape.high, shape.from->low, shape.from->high, place);
    shape.to_from = inverse(place);
    shape.weight_from = (both ? static_cast<float>(1 - t) : 1.0F) / scale_of(shape.to_from);
  }
  if (match.to) {
    shape.to = &to_.shapes[*match.to];
    const Affine place = both ? after(moved(match, t), inverse(moved(match, 1)))
                              : after(to_moved(*match.to, t), scaled_about(shape.to->centre, size));
    include_box(shape.low, shape.high, shape.to->low, shape.to->high, place);
    shape.to_to = inverse(place);
    shape.weight_to = (both ? static_cast<float>(t) : 1.0F) / scale_of(shape.to_to);
  }
  shape.mix = static_cast<float>(t);
  set_depth(shape, number, t);
  return shape;
}

/// Where the order changes on the way, it changes earlier for the core of a shape than for its rim,
/// so that nothing jumps.
void Morph::set_depth(Moving& shape, std::size_t match, double t) const {
  const auto of_from = static_cast<double>(depths_.at_from[match]);
  const auto of_to = static_cast<double>(depths_.at_to[match]);
  const double ahead = std::min({time_of_passing / 2, t, 1 - t});
  const auto depth = [&](double u) { return static_cast<float>(of_from + u * (of_to - of_from)); };
  shape.depth_of_rim = depth(t - ahead);
  shape.depth_of_core = depth(t + ahead);
}

/// Sorts shapes from back to front. Shapes that pass no other shape get a single depth, which is
/// faster to draw.
void Morph::order(std::vector<Moving>& shapes) {
  const auto farthest = [](const Moving& shape) {
    return std::min(shape.depth_of_rim, shape.depth_of_core);
  };
  std::stable_sort(shapes.begin(), shapes.end(), [](const Moving& a, const Moving& b) {
    return a.nearest_depth() < b.nearest_depth();
  });
  std::vector<bool> passes(shapes.size());
  for (std::size_t a = 0; a < shapes.size(); ++a)
    for (std::size_t b = a + 1; b < shapes.size(); ++b)
      if (farthest(shapes[b]) < shapes[a].nearest_depth()) passes[a] = passes[b] = true;
  for (std::size_t k = 0; k < shapes.size(); ++k)
    if (!passes[k]) shapes[k].depth_of_rim = shapes[k].depth_of_core = shapes[k].nearest_depth();
}

Scene Morph::scene(double t, Side side) const {
  Scene scene;
  scene.channels = channels_;
  scene.background = background(t);
  for (std::size_t m = 0; m < matches_.size(); ++m) {
    if (dissolves_[m] && (matches_[m].from ? side != Side::from : side != Side::to)) continue;
    if (size_left(m, t) < smallest_scale) continue;
    scene.shapes.push_back(moving(m, t));
  }
  order(scene.shapes);
  return scene;
}

Image Morph::draw(double t, PixelSize size) const { return drawn(t, size, 1); }

Image Morph::draw_shapes(double t, PixelSize size) const { return drawn(t, size, 0); }

Image Morph::drawn(double t, PixelSize size, float rest) const {
  const Raster raster = raster_for(size);
  const auto left_from = static_cast<float>(left_of_from(t));
  const auto left_to = static_cast<float>(left_of_to(t));
  const auto share = static_cast<float>(t);
  Scene common = scene(t, Side::neither);
  if (!alike_) {
    common.from = {&rest_from_.far, &rest_from_.near, rest * left_from,
                   rest * correction_near_end(t)};
    common.to = {&rest_to_.far, &rest_to_.near, rest * left_to, rest * correction_near_end(1 - t)};
    return premultiplied(paint(common, raster, threads_));
  }
  common.from = {&rest_from_.far, &rest_from_.near, rest * (1 - share), 0};
  common.to = {&rest_to_.far, &rest_to_.near, rest * share, 0};
  const Image without = paint(common, raster, threads_);
  if (std::find(dissolves_.begin(), dissolves_.end(), true) == dissolves_.end())
    return premultiplied(without);
  Image image = without;
  for (const auto& [side, left] : {std::pair{Side::from, left_from}, {Side::to, left_to}}) {
    if (left == 0) continue;
    Scene detailed = scene(t, side);
    detailed.from = common.from;
    detailed.to = common.to;
    (side == Side::from ? detailed.from : detailed.to).near_weight = rest;
    const Image with = paint(detailed, raster, threads_);
    for (std::size_t i = 0; i < image.values.size(); ++i)
      image.values[i] += left * (with.values[i] - without.values[i]);
  }
  return premultiplied(std::move(image));
}

}  // namespace chorus
