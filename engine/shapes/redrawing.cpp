#include "redrawing.hpp"

#include <algorithm>

namespace chorus::shapes {

Redrawing::Redrawing(const Problem& problem, const Drawing& drawing,
                     const std::function<bool(const Chain&)>& changes)
    : problem_(problem), rest_(drawing.size), canvas_(drawing.size) {
  for (std::size_t c = 0; c < drawing.chains.size(); ++c) {
    if (changes(drawing.chains[c]))
      changing_.push_back(c);
    else
      rest_.add(drawing, drawing.chains[c]);
  }
  rest_.forget_touches();
  rest_.resolve(rest_pixels_);
  for (std::size_t y = 0; y < drawing.size.height; ++y)
    rest_misfits_.push_back(row_misfit(rest_pixels_, y));
  canvas_ = rest_;
}

double Redrawing::row_misfit(const Pixels& pixels, std::size_t y) const {
  const std::size_t width = problem_.size.width;
  double sum = 0;
  for (std::size_t p = y * width; p < (y + 1) * width; ++p)
    sum += misfit(pixels[p], problem_.target[p], problem_.noise);
  return sum;
}

double Redrawing::draw(const Drawing& drawing, Picture& picture) {
  const auto width = static_cast<std::ptrdiff_t>(problem_.size.width);
  if (picture.pixels.empty()) {
    picture.pixels = rest_pixels_;
    picture.is_changed.assign(problem_.size.height, 0);
  }
  canvas_.restore(rest_);
  for (const std::size_t c : changing_) canvas_.add(drawing, drawing.chains[c]);
  double sum = 0;
  for (std::size_t y = 0; y < problem_.size.height; ++y) {
    if (canvas_.is_touched(y)) {
      canvas_.resolve_row(y, picture.pixels);
      sum += row_misfit(picture.pixels, y);
    } else {
      const std::ptrdiff_t first = static_cast<std::ptrdiff_t>(y) * width;
      if (picture.is_changed[y])
        std::copy_n(rest_pixels_.begin() + first, width, picture.pixels.begin() + first);
      sum += rest_misfits_[y];
    }
    picture.is_changed[y] = canvas_.is_touched(y);
  }
  return sum;
}

}  // namespace chorus::shapes
