#include "picture_morph.hpp"

#include <boost/test/unit_test.hpp>
#include <stdexcept>

#include "image_distance.hpp"

using chorus::Image;
using chorus::PictureMorph;

namespace {

/// A black square of 6 px on white.
Image square_at(std::size_t left) {
  Image image(24, 24, 1.0F);
  for (std::size_t y = 9; y < 15; ++y)
    for (std::size_t x = left; x < left + 6; ++x)
      for (std::size_t c = 0; c < 3; ++c) image.pixel(x, y)[c] = 0;
  return image;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(picture_morph)

BOOST_AUTO_TEST_CASE(a_square_that_moves_is_half_way_in_the_middle) {
  const PictureMorph morph(square_at(4), square_at(12));
  BOOST_TEST(chorus::pixel_distance(morph.frame(0.5), square_at(8)) < 0.05);
  BOOST_TEST(chorus::pixel_distance(morph.frame(0.25), square_at(6)) < 0.05);
}

BOOST_AUTO_TEST_CASE(the_ends_are_the_pictures_and_frames_near_them_are_close) {
  const Image first = square_at(4), last = square_at(12);
  const PictureMorph morph(first, last);
  BOOST_TEST((morph.frame(0).values == first.values));
  BOOST_TEST((morph.frame(1).values == last.values));
  BOOST_TEST(chorus::pixel_distance(morph.frame(1e-4), first) < 0.01);
  BOOST_TEST(chorus::pixel_distance(morph.frame(1 - 1e-4), last) < 0.01);
}

BOOST_AUTO_TEST_CASE(pictures_of_two_sizes_are_refused) {
  BOOST_CHECK_THROW(PictureMorph(square_at(4), Image(12, 24, 1.0F)), std::invalid_argument);
}

BOOST_AUTO_TEST_SUITE_END()
