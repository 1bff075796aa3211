#include "morph.hpp"

#include <algorithm>
#include <cmath>
#include <stdexcept>

#include "mix.hpp"

namespace chorus {

namespace {

constexpr double same_shape = 0.7;     // overlap from which on two shapes are the same
constexpr double nearly_all = 0.9;     // the same where the pictures are the same but for colours
constexpr double same_picture = 0.15;  // disagreement of outlines, all motion done
constexpr double most_changed = 0.25;  // share of the shapes' area up to which details fade
constexpr double most_changed_if_moved = 0.4;
constexpr double smallest_scale = 0.02;  // what has shrunk further is gone

Affine scaled_about(const Point& centre, double scale) {
  return {scale, 0, 0, scale, (1 - scale) * centre[0], (1 - scale) * centre[1]};
}

/// Grows the box by that of a shape that is moved.
void include(Point& low, Point& high, const Shape& shape, const Affine& moved) {
  for (const double x : {shape.low[0], shape.high[0]})
    for (const double y : {shape.low[1], shape.high[1]}) {
      const Point p = moved({x, y});
      for (std::size_t d = 0; d < 2; ++d) {
        low[d] = std::min(low[d], p[d]);
        high[d] = std::max(high[d], p[d]);
      }
    }
}

float scale_of(const Affine& affine) {
  return static_cast<float>(std::sqrt(std::abs(affine.determinant())));
}

/// How much is left at t of what vanishes in the first half.
double left(double t) { return std::max(0.0, 1 - 2 * t); }

/// Points per pixel and axis that make edges smooth.
std::size_t samples_for(PixelSize size) {
  constexpr std::size_t least = 3, points = 192;
  return std::max(least, (points + size.longer_side() - 1) / size.longer_side());
}

}  // namespace

Morph::Morph(const Image& from, const Image& to) {
  if (from.size() != to.size()) throw std::invalid_argument("Morph: images of different sizes");
  from_ = take_apart(from);
  to_ = take_apart(to);
  const FoundMotion found = find_motion(from_.outlines, to_.outlines);
  motion_ = found.motion;
  same_picture_ = found.left < same_picture;
  match_of_from_.resize(from_.shapes.size());
  match_of_to_.resize(to_.shapes.size());
  matches_ = match_shapes(from_, to_, motion_.power(1));
  find_own_matches();
  details_ = choose_details();
  if (details_ == Details::fade) part_what_differs();
  rest_from_ = unexplained(from, from_, scene(0, Side::from));
  rest_to_ = unexplained(to, to_, scene(1, Side::to));
}

void Morph::find_own_matches() {
  // Those that share a counterpart come last: a shape's own match is the first that names it.
  for (std::size_t m = matches_.size(); m-- > 0;) {
    if (matches_[m].from) match_of_from_[*matches_[m].from] = m;
    if (matches_[m].to) match_of_to_[*matches_[m].to] = m;
  }
}

Morph::Unexplained Morph::unexplained(const Image& image, const Drawing& drawing,
                                      const Scene& scene) const {
  constexpr double reach_px = 2.5;
  constexpr float mottle = 0.06F;  // what is fainter is an error of the network
  const Image drawn = paint(scene, image.size(), samples_for(image.size()));
  const std::vector<float> away = distances_from_borders(drawing.outlines.segmentation);
  Unexplained rest{Image(image.width, image.height), Image(image.width, image.height)};
  for (std::size_t i = 0; i < image.pixels(); ++i) {
    float most = 0;
    for (std::size_t c = 3 * i; c < 3 * i + 3; ++c)
      most = std::max(most, std::abs(image.rgb[c] - drawn.rgb[c]));
    const bool lasts = away[i] < reach_px * reach_px ||
                       (details_ == Details::fade && (same_picture_ || most > mottle));
    for (std::size_t c = 3 * i; c < 3 * i + 3; ++c)
      (lasts ? rest.borders : rest.inner).rgb[c] = image.rgb[c] - drawn.rgb[c];
  }
  return rest;
}

Details Morph::choose_details() const {
  double changed = 0, all = 0;
  for (const Match& match : matches_) {
    const bool same = match.from && match.to && !match.shared && match.overlap > same_shape;
    const double area = (match.from ? from_.shapes[*match.from].visible_area : 0) +
                        (match.to ? to_.shapes[*match.to].visible_area : 0);
    all += area;
    if (!same) changed += area;
  }
  const bool moved =
      motion_.angle != 0 || motion_.log_scale != 0 || motion_.x != 0 || motion_.y != 0;
  return same_picture_ || changed <= (moved ? most_changed_if_moved : most_changed) * all
             ? Details::fade
             : Details::shrink;
}

/// In place fade the shapes that are not the same.
void Morph::part_what_differs() {
  std::vector<Match> parted;
  for (std::size_t m = 0; m < matches_.size(); ++m) {
    const Match& match = matches_[m];
    if (!match.from || !match.to ||
        (!match.shared && match.overlap > (same_picture_ ? nearly_all : same_shape))) {
      parted.push_back(match);
      continue;
    }
    if (match_of_from_[*match.from] == m)
      parted.push_back({.from = match.from, .to = {}, .own = {}});
    if (match_of_to_[*match.to] == m) parted.push_back({.from = {}, .to = match.to, .own = {}});
  }
  matches_ = std::move(parted);
  find_own_matches();
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
  const auto size_left = [&](double vanished) {
    return both || details_ == Details::fade ? 1.0 : std::max(smallest_scale, left(vanished));
  };
  constexpr double far = 1e9;
  shape.low = {far, far};
  shape.high = {-far, -far};
  if (match.from) {
    shape.from = &from_.shapes[*match.from];
    const Affine place =
        both ? moved(match, t)
             : after(from_moved(*match.from, t), scaled_about(shape.from->centre, size_left(t)));
    include(shape.low, shape.high, *shape.from, place);
    shape.to_from = inverse(place);
    shape.weight_from = (both ? static_cast<float>(1 - t) : 1.0F) / scale_of(shape.to_from);
    shape.depth += (both ? 1 - t : 1) * -std::log(shape.from->area);
  }
  if (match.to) {
    shape.to = &to_.shapes[*match.to];
    const Affine place =
        both ? after(moved(match, t), inverse(moved(match, 1)))
             : after(to_moved(*match.to, t), scaled_about(shape.to->centre, size_left(1 - t)));
    include(shape.low, shape.high, *shape.to, place);
    shape.to_to = inverse(place);
    shape.weight_to = (both ? static_cast<float>(t) : 1.0F) / scale_of(shape.to_to);
    shape.depth += (both ? t : 1) * -std::log(shape.to->area);
  }
  shape.mix = static_cast<float>(t);
  return shape;
}

Scene Morph::scene(double t, Side side) const {
  Scene scene;
  scene.background = background(t);
  for (const Match& match : matches_) {
    if (!match.to && side == Side::to) continue;
    if (!match.from && side == Side::from) continue;
    if (details_ == Details::shrink && !match.to && left(t) < smallest_scale) continue;
    if (details_ == Details::shrink && !match.from && left(1 - t) < smallest_scale) continue;
    scene.shapes.push_back(moving(match, t));
  }
  std::stable_sort(scene.shapes.begin(), scene.shapes.end(),
                   [](const Moving& a, const Moving& b) { return a.depth < b.depth; });
  return scene;
}

Image Morph::draw(double t, PixelSize size) const {
  const std::size_t samples = samples_for(size);
  if (details_ == Details::shrink) {
    Scene both = scene(t, Side::both);
    const auto borders_left = [](double u) {
      return static_cast<float>(std::max(0.0, 1 - 10 * u));
    };
    both.from = {&rest_from_.inner, &rest_from_.borders, static_cast<float>(left(t)),
                 borders_left(t)};
    both.to = {&rest_to_.inner, &rest_to_.borders, static_cast<float>(left(1 - t)),
               borders_left(1 - t)};
    return paint(both, size, samples);
  }
  Scene first = scene(t, Side::from), second = scene(t, Side::to);
  first.from = {&rest_from_.inner, &rest_from_.borders, static_cast<float>(left(t)), 1};
  second.to = {&rest_to_.inner, &rest_to_.borders, static_cast<float>(left(1 - t)), 1};
  const Image a = paint(first, size, samples), b = paint(second, size, samples);
  return mix(a, b, static_cast<float>(t));
}

}  // namespace chorus
