#include <boost/test/unit_test.hpp>
#include <cmath>
#include <cstdint>
#include <set>
#include <string>
#include <tuple>
#include <vector>

#include "backends_under_test.hpp"
#include "blended_pixels.hpp"
#include "drawer.hpp"
#include "flat_pixels.hpp"
#include "pictures.hpp"

using namespace chorus;
using namespace chorus::test;

namespace {

Image disc() {
  return picture({13, 11},
                 [](const Point& p) { return p[0] * p[0] + p[1] * p[1] < 0.3 ? red : white; });
}

/// Images of all kinds of pixels, of flat ones, of edges without blends, and of blends alone (but
/// for the ends of the row, which nothing faces).
std::vector<NamedImage> images_of_kinds() {
  Image square(9, 7, 0.9F);
  for (std::size_t y = 2; y < 6; ++y)
    for (std::size_t x = 2; x < 7; ++x) square.pixel(x, y)[1] = 0.1F;
  Image row(3, 1);
  for (std::size_t x = 0; x < 3; ++x)
    for (std::size_t c = 0; c < 3; ++c) row.pixel(x, 0)[c] = 0.5F * static_cast<float>(x);
  return {{"disc", disc()}, {"flat", Image(8, 6, 0.4F)}, {"square", square}, {"row", row}};
}

/// The pixels that a drawer reaches, and its sums.
struct Drawn {
  std::set<std::size_t> reached;
  std::vector<double> sums, weights;
};

Drawn draw_often(Drawer& drawer, const Image& image, std::uint32_t index) {
  constexpr std::uint32_t visits = 2000;
  Drawn drawn;
  for (std::uint32_t visit = 0; visit < visits; ++visit) {
    const Draw draw = drawer.draw(index, visit);
    double sum = 0, weight = 0;
    for (std::size_t r = 0; r < draw.weights.rows; ++r) {
      const std::size_t pixel = pixel_at(image, draw.places(r, 0), draw.places(r, 1));
      if (draw.weights(r, 0) > 0) drawn.reached.insert(pixel);
      sum += draw.weights(r, 0) * quantity(pixel);
      weight += draw.weights(r, 0);
    }
    drawn.sums.push_back(sum);
    drawn.weights.push_back(weight);
  }
  return drawn;
}

bool is_blended(const Image& image, std::size_t pixel) {
  return blended_pixels(image)[pixel] && !flat_pixels(image)[pixel];
}

}  // namespace

BOOST_AUTO_TEST_SUITE(pixel_kinds)

BOOST_AUTO_TEST_CASE(each_draw_reaches_all_pixels_of_its_kinds_and_no_others) {
  const std::vector<NamedImage> images = images_of_kinds();
  for (const auto& [kinds, flat, others] : {std::tuple{PixelKinds::unblended, 3U, 5U},
                                            {PixelKinds::unblended, 0U, 4U},
                                            {PixelKinds::blended, 0U, 2U}}) {
    Drawer drawer("reference", images, flat, others, 0, 0, kinds);
    for (std::uint32_t i = 0; i < images.size(); ++i)
      BOOST_TEST_CONTEXT(images[i].name << ", " << flat << " flat rows") {
        const Image& image = images[i].image;
        std::set<std::size_t> expected;
        for (std::size_t p = 0; p < image.pixels(); ++p)
          if (is_blended(image, p) == (kinds == PixelKinds::blended)) expected.insert(p);
        BOOST_TEST((draw_often(drawer, image, i).reached == expected));
      }
  }
}

BOOST_AUTO_TEST_CASE(blended_and_other_pixels_add_up_to_the_mean) {
  const std::vector<NamedImage> images = images_of_kinds();
  Drawer unblended("reference", images, 3, 5, 0, 0, PixelKinds::unblended);
  Drawer blended("reference", images, 0, 2, 0, 0, PixelKinds::blended);
  for (std::uint32_t i = 0; i < images.size(); ++i) BOOST_TEST_CONTEXT(images[i].name) {
      const Image& image = images[i].image;
      const Drawn some = draw_often(unblended, image, i), rest = draw_often(blended, image, i);
      double mean = 0;
      for (std::size_t p = 0; p < image.pixels(); ++p)
        mean += quantity(p) / static_cast<double>(image.pixels());
      const Estimate a = estimate(some.sums), b = estimate(rest.sums);
      BOOST_TEST(std::abs(a.mean + b.mean - mean) <= 4 * std::hypot(a.error, b.error) + 1e-6);
      BOOST_TEST(std::hypot(a.error, b.error) < 0.02);
      for (std::size_t k = 0; k < some.weights.size(); ++k)
        BOOST_TEST(std::abs(some.weights[k] + rest.weights[k] - 1) < 1e-6);
    }
}

BOOST_AUTO_TEST_CASE(an_image_without_any_pixels_has_no_weight) {
  for (const PixelKinds kinds : {PixelKinds::all, PixelKinds::unblended, PixelKinds::blended}) {
    const PixelChoice choice = choose_pixels(kinds, 0, 0, 0);
    BOOST_TEST(choice.first == 0U);
    BOOST_TEST(choice.flat + choice.others == 0U);
    BOOST_TEST(choice.all == 1U);
  }
}

BOOST_AUTO_TEST_CASE(all_backends_draw_the_same_kinds) {
  const std::vector<NamedImage> images = images_of_kinds();
  for (const auto& [kinds, flat, others, samples] : {std::tuple{PixelKinds::unblended, 3U, 5U, 0U},
                                                     {PixelKinds::unblended, 2U, 3U, 3U},
                                                     {PixelKinds::blended, 0U, 2U, 2U}}) {
    Drawer reference("reference", images, flat, others, samples, 0.5F, kinds);
    for (const std::string& backend : backends_under_test()) {
      Drawer drawer(backend, images, flat, others, samples, 0.5F, kinds);
      for (std::uint32_t i = 0; i < images.size(); ++i)
        BOOST_TEST_CONTEXT(backend << ", " << images[i].name << ", " << flat << " flat rows") {
          const Draw expected = reference.draw(i, 5), found = drawer.draw(i, 5);
          BOOST_TEST((found.places.values == expected.places.values));
          BOOST_TEST((found.colors.values == expected.colors.values));
          BOOST_TEST((found.weights.values == expected.weights.values));
        }
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()
