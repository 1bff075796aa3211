#include "picture_morph.hpp"

#include "mix.hpp"
#include "steep_bicubic.hpp"

namespace chorus {

namespace {

Image enlarged(const Image& image) {
  constexpr std::size_t finer = 4;  // borders are known to a fraction of a pixel
  return steep_bicubic(image, {finer * image.width, finer * image.height});
}

Image rest_of(const Image& end, const Image& drawn) {
  Image rest = end;
  add(rest, drawn, -1);
  return rest;
}

}  // namespace

PictureMorph::PictureMorph(const Image& first, const Image& last, std::size_t threads)
    : first_(first),
      last_(last),
      morph_(enlarged(first), enlarged(last), threads),
      rest_of_first_(rest_of(first, morph_.draw(0, first.size()))),
      rest_of_last_(rest_of(last, morph_.draw(1, first.size()))) {}

Image PictureMorph::frame(double t) const {
  if (t == 0) return first_;
  if (t == 1) return last_;
  Image image = morph_.draw(t, first_.size());
  add(image, rest_of_first_, correction_near_end(t));
  add(image, rest_of_last_, correction_near_end(1 - t));
  return image;
}

}  // namespace chorus
