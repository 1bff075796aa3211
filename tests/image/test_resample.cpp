#include "resample.hpp"

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <cmath>
#include <numeric>
#include <stdexcept>
#include <string>
#include <vector>

#include "chorus/pictures.hpp"

using chorus::Filter;
using chorus::Image;

namespace {

constexpr Filter all_filters[] = {Filter::nearest, Filter::box, Filter::bilinear, Filter::bicubic,
                                  Filter::lanczos};

Image from_levels(std::size_t width, std::size_t height, const std::vector<int>& levels) {
  Image image(width, height);
  for (std::size_t i = 0; i < image.values.size(); ++i)
    image.values[i] = static_cast<float>(levels[i / 3]) / 255.0F;
  return image;
}

const Image& sample() {
  static const Image image = from_levels(5, 4, {0,  255, 40, 180, 90, 200, 10,  250, 60, 130,
                                                30, 220, 70, 240, 5,  160, 100, 255, 0,  210});
  return image;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(resample)

// Expected values: Pillow 9.4, Image.resize of the sample as an RGB image.
BOOST_AUTO_TEST_CASE(agrees_with_pillow) {
  struct Case {
    Filter filter;
    std::size_t width, height;
    std::vector<int> levels;
  };
  const std::vector<Case> cases = {
      {Filter::box, 7, 3, {0,   255, 255, 40,  180, 180, 90,  115, 115, 115, 160,
                           150, 150, 68,  160, 100, 100, 255, 0,   0,   210}},
      {Filter::box, 3, 2, {117, 145, 115, 128, 163, 114}},
      {Filter::bilinear, 7, 3, {60,  130, 160, 103, 132, 126, 102, 115, 115, 128, 160,
                                153, 115, 68,  121, 130, 154, 200, 108, 105, 149}},
      {Filter::bilinear, 3, 2, {114, 137, 113, 122, 153, 111}},
      {Filter::bicubic, 7, 3, {63,  134, 171, 102, 131, 128, 105, 117, 110, 123, 161,
                               164, 113, 61,  116, 127, 161, 199, 97,  98,  159}},
      {Filter::bicubic, 3, 2, {112, 139, 112, 123, 156, 110}},
      {Filter::lanczos, 7, 3, {77,  130, 171, 112, 121, 126, 111, 120, 107, 119, 162,
                               177, 109, 59,  106, 126, 178, 189, 99,  98,  162}},
      {Filter::lanczos, 3, 2, {110, 143, 111, 124, 158, 108}},
  };
  for (const Case& c : cases) {
    const Image image = chorus::resample(sample(), c.width, c.height, c.filter);
    BOOST_TEST_REQUIRE(image.pixels() == c.levels.size());
    for (std::size_t i = 0; i < image.values.size(); ++i) {
      const float level = image.values[i] * 255;
      const auto expected = static_cast<float>(c.levels[i / 3]);
      // Pillow rounds after each of its two passes.
      BOOST_TEST(std::abs(level - expected) < 1.1F, chorus::name(c.filter)
                                                        << ", value " << i << ": " << level
                                                        << ", expected " << expected);
    }
  }
}

// Expected images: tests/data/pillow, which says how they were made.
BOOST_AUTO_TEST_CASE(agrees_with_pillow_on_an_icon) {
  const Image icon = chorus::read_png(CHORUS_DATA_DIR "/icons/48/camera.png");
  for (const Filter filter : {Filter::nearest, Filter::bilinear, Filter::bicubic, Filter::lanczos})
    for (const std::size_t size : {32U, 101U}) {
      const std::string name = std::string(chorus::name(filter)) + "_" + std::to_string(size);
      const Image expected = chorus::read_png(CHORUS_TEST_DATA_DIR "/pillow/" + name + ".png");
      const Image image = chorus::resample(icon, size, size, filter);
      BOOST_TEST_REQUIRE(image.values.size() == expected.values.size());
      float most = 0;
      for (std::size_t i = 0; i < image.values.size(); ++i)
        most = std::max(most, std::abs(image.values[i] - expected.values[i]) * 255);
      BOOST_TEST(most < (filter == Filter::nearest ? 1e-3F : 1.3F), name << ": " << most);
    }
}

BOOST_AUTO_TEST_CASE(leaves_an_image_of_the_same_size_alone) {
  for (const Filter filter : all_filters) {
    const Image same = chorus::resample(sample(), 5, 4, filter);
    for (std::size_t i = 0; i < same.values.size(); ++i)
      BOOST_TEST(std::abs(same.values[i] - sample().values[i]) < 1e-6F);
  }
}

BOOST_AUTO_TEST_CASE(keeps_a_plain_image_plain) {
  const Image plain(5, 3, 0.3F);
  for (const Filter filter : all_filters)
    for (const std::size_t size : {1U, 2U, 4U, 13U})
      for (const float value : chorus::resample(plain, size, 2 * size, filter).values)
        BOOST_TEST(std::abs(value - 0.3F) < 1e-6F);
}

BOOST_AUTO_TEST_CASE(box_keeps_the_mean_when_shrinking_by_a_whole_factor) {
  const Image image = chorus::read_png(CHORUS_DATA_DIR "/icons/256/film_reel.png");
  const auto mean = [](const Image& of) {
    return std::accumulate(of.values.begin(), of.values.end(), 0.0) /
           static_cast<double>(of.values.size());
  };
  BOOST_TEST(std::abs(mean(chorus::resample(image, 32, 64, Filter::box)) - mean(image)) < 1e-6);
}

BOOST_AUTO_TEST_CASE(nearest_repeats_and_picks_pixels) {
  const Image two = from_levels(2, 1, {10, 20});
  BOOST_TEST(chorus::resample(two, 4, 1, Filter::nearest).values ==
             from_levels(4, 1, {10, 10, 20, 20}).values);
  BOOST_TEST(chorus::resample(two, 1, 1, Filter::nearest).values == from_levels(1, 1, {20}).values);
  BOOST_TEST(chorus::resample(two, 3, 1, Filter::nearest).values ==
             from_levels(3, 1, {10, 20, 20}).values);
}

BOOST_AUTO_TEST_CASE(treats_channels_and_axes_alike) {
  Image image(4, 4);
  for (std::size_t y = 0; y < 4; ++y)
    for (std::size_t x = 0; x < 4; ++x) image.pixel(x, y)[1] = static_cast<float>(x * x + y) / 16;
  Image turned(4, 4);
  for (std::size_t y = 0; y < 4; ++y)
    for (std::size_t x = 0; x < 4; ++x) turned.pixel(x, y)[1] = image.pixel(y, x)[1];
  const Image a = chorus::resample(image, 7, 5, Filter::lanczos);
  const Image b = chorus::resample(turned, 5, 7, Filter::lanczos);
  for (std::size_t y = 0; y < 5; ++y)
    for (std::size_t x = 0; x < 7; ++x) {
      BOOST_TEST(std::abs(a.pixel(x, y)[1] - b.pixel(y, x)[1]) < 0.01F);
      BOOST_TEST(a.pixel(x, y)[0] == 0.0F);
      BOOST_TEST(a.pixel(x, y)[2] == 0.0F);
    }
}

BOOST_AUTO_TEST_CASE(stays_within_the_range) {
  const Image edge = from_levels(4, 1, {0, 0, 255, 255});
  const Image image = chorus::resample(edge, 64, 3, Filter::lanczos);
  const auto [least, most] = std::minmax_element(image.values.begin(), image.values.end());
  BOOST_TEST(*least == 0.0F);
  BOOST_TEST(*most == 1.0F);
}

BOOST_AUTO_TEST_CASE(refuses_nothing_to_read_or_write) {
  BOOST_CHECK_THROW(chorus::resample(Image(), 4, 4, Filter::box), std::invalid_argument);
  BOOST_CHECK_THROW(chorus::resample(sample(), 0, 4, Filter::box), std::invalid_argument);
  BOOST_CHECK_THROW(chorus::resample(sample(), 4, 0, Filter::nearest), std::invalid_argument);
}

BOOST_AUTO_TEST_CASE(names_its_filters) {
  std::vector<std::string> names;
  for (const Filter filter : all_filters) names.emplace_back(chorus::name(filter));
  BOOST_TEST(
      names == (std::vector<std::string>{"nearest", "box", "bilinear", "bicubic", "lanczos"}),
      boost::test_tools::per_element());
}

BOOST_AUTO_TEST_SUITE_END()
