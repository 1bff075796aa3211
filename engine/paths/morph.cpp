#include "morph.hpp"

#include <algorithm>
#include <cmath>
#include <stdexcept>
#include <utility>

#include "metrics.hpp"

namespace chorus {

namespace {

/// Shapes with a larger overlap count as the same if their pictures are known to be alike.
constexpr double like_shape = 0.5;
/// Pictures whose outlines disagree by less than this show the same thing, moved or in place. A
/// shape that then seems to be in only one of them is in both, but the network draws it
/// differently. Shapes that overlap by less than equal_shape move along and cross-fade.
constexpr double same_if_moved = 0.15, same_in_place = 0.02, equal_shape = 0.9;
/// Details of the two pictures overlap in time only as far as needed to keep the path shorter than
/// this multiple of the straight one.
constexpr double longest_path = 1.14;
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
  const Drawing first = take_apart(from), last = take_apart(to);
  const FoundMotion found = find_motion(first.outlines, last.outlines);
  motion_ = found.motion;
  const bool same = found.left < (motion_.moves() ? same_if_moved : same_in_place);
  Ends ends = ends_with(common_shapes(first, last, motion_, same ? equal_shape : same_shape));
  if (same) {
    faint_ = 1;
  } else if (2 * details_of(ends.first) > energy(from, first.background.paint) ||
             2 * details_of(ends.second) > energy(to, last.background.paint)) {
    details_ = Details::shrink;
    ends = ends_with({first, last, match_shapes(first, last, motion_.power(1))});
  } else {
    ends = ends_with(common_shapes(first, last, motion_, like_shape));
    faint_ = least_overlap(ends);
  }
  turn_ = shortest_turn(std::sqrt(details_of(ends.first)), std::sqrt(details_of(ends.second)));
  rest_from_ = unexplained(from, ends.first, from_);
  rest_to_ = unexplained(to, ends.second, to_);
}

Morph::Ends Morph::ends_with(Matched matched) {
  from_ = std::move(matched.from);
  to_ = std::move(matched.to);
  set_matches(std::move(matched.matches));
  return {end(0), end(1)};
}

void Morph::set_matches(std::vector<Match> matches) {
  matches_ = std::move(matches);
  match_of_from_.assign(from_.shapes.size(), 0);
  match_of_to_.assign(to_.shapes.size(), 0);
  // Shared matches come last, so that the first match that names a shape is its own.
  for (std::size_t m = matches_.size(); m-- > 0;) {
    if (matches_[m].from) match_of_from_[*matches_[m].from] = m;
    if (matches_[m].to) match_of_to_[*matches_[m].to] = m;
  }
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
  if (details_ == Details::dissolve) {
    Mask details(image.pixels());
    for (std::size_t i = 0; i < image.values.size(); ++i)
      if (std::abs(end.drawn.values[i] - end.common.values[i]) > visible)
        details[i / channels_] = 1;
    away = squared_distances(details, image.size());
  }
  Unexplained rest{Image(image.size(), channels_), Image(image.size(), channels_)};
  for (std::size_t i = 0; i < image.values.size(); ++i) {
    const float missing = image.values[i] - end.drawn.values[i];
    if (details_ == Details::dissolve && std::abs(missing) < visible) continue;  // faint mottle
    (away[i / channels_] < reach_px * reach_px ? rest.near : rest.far).values[i] = missing;
  }
  return rest;
}

double Morph::least_overlap(const Ends& ends) {
  const double of_from = details_of(ends.first), of_to = details_of(ends.second);
  const double common = details_of({ends.first.common, ends.second.common});
  const double apart = std::sqrt(of_from) + std::sqrt(of_to), at_once = std::sqrt(of_from + of_to);
  const double allowed =
      std::sqrt(longest_path * longest_path * (common + of_from + of_to) - common);
  return apart > allowed ? std::min(1.0, (apart - allowed) / (apart - at_once)) : 0;
}

Morph::Turn Morph::shortest_turn(double of_from, double of_to) const {
  const double before = (1 - faint_) * of_from, behind = (1 - faint_) * of_to;
  const double all = before + faint_ * std::hypot(of_from, of_to) + behind;
  if (all == 0) return {};
  return {before / all, 1 - behind / all};
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

Moving Morph::moving(const Match& match, double t) const {
  Moving shape;
  const bool both = match.from && match.to;
  const auto size_left = [&](double left) {
    return both || details_ == Details::dissolve ? 1.0 : std::max(smallest_scale, left);
  };
  constexpr double far = 1e9;
  shape.low = {far, far};
  shape.high = {-far, -far};
  if (match.from) {
    shape.from = &from_.shapes[*match.from];
    const Affine place = both ? moved(match, t)
                              : after(from_moved(*match.from, t),
                                      scaled_about(shape.from->centre, size_left(left_of_from(t))));
    include_box(shape.low, shape.high, shape.from->low, shape.from->high, place);
    shape.to_from = inverse(place);
    shape.weight_from = (both ? static_cast<float>(1 - t) : 1.0F) / scale_of(shape.to_from);
  }
  if (match.to) {
    shape.to = &to_.shapes[*match.to];
    const Affine place = both ? after(moved(match, t), inverse(moved(match, 1)))
                              : after(to_moved(*match.to, t),
                                      scaled_about(shape.to->centre, size_left(left_of_to(t))));
    include_box(shape.low, shape.high, shape.to->low, shape.to->high, place);
    shape.to_to = inverse(place);
    shape.weight_to = (both ? static_cast<float>(t) : 1.0F) / scale_of(shape.to_to);
  }
  shape.mix = static_cast<float>(t);
  set_depth(shape, t);
  return shape;
}

/// Puts smaller shapes in front. Where the order changes on the way, it changes earlier for the
/// core of a shape than for its rim, so that nothing jumps.
void Morph::set_depth(Moving& shape, double t) {
  const double of_from = -std::log((shape.from != nullptr ? shape.from : shape.to)->area);
  const double of_to = -std::log((shape.to != nullptr ? shape.to : shape.from)->area);
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
  for (const Match& match : matches_) {
    if (!match.to && (side == Side::to || side == Side::neither)) continue;
    if (!match.from && (side == Side::from || side == Side::neither)) continue;
    if (details_ == Details::shrink && !match.to && left_of_from(t) < smallest_scale) continue;
    if (details_ == Details::shrink && !match.from && left_of_to(t) < smallest_scale) continue;
    scene.shapes.push_back(moving(match, t));
  }
  order(scene.shapes);
  return scene;
}

Image Morph::draw(double t, PixelSize size) const {
  const Raster raster = raster_for(size);
  const auto left_from = static_cast<float>(left_of_from(t));
  const auto left_to = static_cast<float>(left_of_to(t));
  if (details_ == Details::shrink) {
    Scene both = scene(t, Side::both);
    both.from = {&rest_from_.far, &rest_from_.near, left_from, correction_near_end(t)};
    both.to = {&rest_to_.far, &rest_to_.near, left_to, correction_near_end(1 - t)};
    return premultiplied(paint(both, raster, threads_));
  }
  const auto share = static_cast<float>(t);
  Scene common = scene(t, Side::neither);
  common.from = {&rest_from_.far, &rest_from_.near, 1 - share, 0};
  common.to = {&rest_to_.far, &rest_to_.near, share, 0};
  const Image without = paint(common, raster, threads_);
  Image image = without;
  for (const auto& [side, left] : {std::pair{Side::from, left_from}, {Side::to, left_to}}) {
    if (left == 0) continue;
    Scene detailed = scene(t, side);
    detailed.from = common.from;
    detailed.to = common.to;
    (side == Side::from ? detailed.from : detailed.to).near_weight = 1;
    const Image with = paint(detailed, raster, threads_);
    for (std::size_t i = 0; i < image.values.size(); ++i)
      image.values[i] += left * (with.values[i] - without.values[i]);
  }
  return premultiplied(std::move(image));
}

}  // namespace chorus
