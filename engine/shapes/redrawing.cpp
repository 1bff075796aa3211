#include "redrawing.hpp"

#include <algorithm>
#include <utility>

namespace chorus::shapes {

namespace {

double row_misfit(const Problem& problem, const Pixels& pixels, std::size_t y) {
  const std::size_t width = problem.size.width;
  double sum = 0;
  for (std::size_t p = y * width; p < (y + 1) * width; ++p)
    sum += misfit(pixels[p], problem.target[p], problem.noise);
  return sum;
}

bool is_same(Point a, Point b) { return a.x == b.x && a.y == b.y; }

/// Whether a chain gives the same picture in both drawings.
bool is_same(const Drawing& a, const Drawing& b, std::size_t chain) {
  const Chain &in_a = a.chains[chain], &in_b = b.chains[chain];
  const auto paint = [](const Drawing& drawing, int region) -> const Paint& {
    return drawing.paints[static_cast<std::size_t>(region)];
  };
  return paint(a, in_a.left) == paint(b, in_b.left) &&
         paint(a, in_a.right) == paint(b, in_b.right) &&
         std::ranges::equal(in_a.segments, in_b.segments, [&](const Segment& s, const Segment& t) {
           return s.is_arc == t.is_arc && s.bulge == t.bulge && is_same(a.start(s), b.start(t)) &&
                  is_same(a.stop(s), b.stop(t));
         });
}

}  // namespace

void Layer::resolve_row(const Problem& problem, std::size_t y) {
  canvas.resolve_row(y, pixels);
  misfits[y] = row_misfit(problem, pixels, y);
}

void Layer::resolve(const Problem& problem) {
  pixels.resize(problem.size.width * problem.size.height);
  misfits.resize(problem.size.height);
  for (std::size_t y = 0; y < misfits.size(); ++y) resolve_row(problem, y);
  canvas.forget_touches();
}

void Layer::resolve_touched(const Problem& problem) {
  for (std::size_t y = 0; y < misfits.size(); ++y)
    if (canvas.is_touched(y)) resolve_row(problem, y);
  canvas.forget_touches();
}

Drawn::Drawn(const Problem& problem, Drawing made) : drawing(std::move(made)), layer(drawing.size) {
  for (const Chain& chain : drawing.chains) layer.canvas.add(drawing, chain);
  layer.resolve(problem);
}

Redrawing::Redrawing(const Problem& problem, const Drawing& drawing,
                     const std::function<bool(const Chain&)>& changes)
    : problem_(problem), rest_(drawing.size), canvas_(drawing.size) {
  for (std::size_t c = 0; c < drawing.chains.size(); ++c) {
    if (changes(drawing.chains[c]))
      changing_.push_back(c);
    else
      rest_.canvas.add(drawing, drawing.chains[c]);
  }
  rest_.resolve(problem);
  canvas_ = rest_.canvas;
}

Redrawing::Redrawing(const Problem& problem, const Drawing& drawing,
                     const std::function<bool(const Chain&)>& changes, const Drawn& before)
    : problem_(problem), rest_(before.layer), canvas_(drawing.size) {
  for (std::size_t c = 0; c < drawing.chains.size(); ++c) {
    if (!changes(drawing.chains[c]) && is_same(drawing, before.drawing, c)) continue;
    changing_.push_back(c);
    rest_.canvas.add(before.drawing, before.drawing.chains[c], -1);
  }
  rest_.resolve_touched(problem);
  canvas_ = rest_.canvas;
}

double Redrawing::draw(const Drawing& drawing, Picture& picture) {
  const auto width = static_cast<std::ptrdiff_t>(problem_.size.width);
  if (picture.pixels.empty()) {
    picture.pixels = rest_.pixels;
    picture.is_changed.assign(problem_.size.height, 0);
  }
  canvas_.restore(rest_.canvas);
  for (const std::size_t c : changing_) canvas_.add(drawing, drawing.chains[c]);
  double sum = 0;
  for (std::size_t y = 0; y < problem_.size.height; ++y) {
    if (canvas_.is_touched(y)) {
      canvas_.resolve_row(y, picture.pixels);
      sum += row_misfit(problem_, picture.pixels, y);
    } else {
      const std::ptrdiff_t first = static_cast<std::ptrdiff_t>(y) * width;
      if (picture.is_changed[y])
        std::copy_n(rest_.pixels.begin() + first, width, picture.pixels.begin() + first);
      sum += rest_.misfits[y];
    }
    picture.is_changed[y] = canvas_.is_touched(y);
  }
  return sum;
}

}  // namespace chorus::shapes
