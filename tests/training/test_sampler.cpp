#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <cmath>
#include <cstdint>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "backends_under_test.hpp"
#include "drawer.hpp"
#include "flat_pixels.hpp"
#include "matrix.hpp"
#include "random.hpp"
#include "sampler.hpp"

using namespace chorus;
using namespace chorus::test;

namespace {

Image random_image(std::size_t width, std::size_t height, std::uint64_t seed) {
  Image image(width, height);
  image.values =
      floats(mapped(random_matrix(width * height, 3, seed), [](double v) { return std::abs(v); }));
  return image;
}

/// A dark square on a light ground: flat inside and outside, with an edge between.
Image square_image() {
  Image image(9, 7, 0.9F);
  for (std::size_t y = 2; y < 6; ++y)
    for (std::size_t x = 2; x < 7; ++x)
      for (std::size_t c = 0; c < 3; ++c) image.pixel(x, y)[c] = 0.1F * static_cast<float>(c + 1);
  return image;
}

std::string map_of(const Image& image) {
  std::string map;
  for (const bool flat : flat_pixels(image)) map += flat ? '.' : '#';
  return map;
}

std::vector<NamedImage> odd_images() {
  return {{"all flat", Image(8, 6, 0.4F)},
          {"all edge", random_image(5, 7, 41)},
          {"mixed", square_image()},
          {"one pixel", Image(1, 1, 0.7F)},
          {"one row", random_image(6, 1, 42)}};
}

}  // namespace

BOOST_AUTO_TEST_SUITE(sampler)

BOOST_AUTO_TEST_CASE(philox_gives_the_published_numbers) {
  // The known answers of the authors' library, Random123.
  const auto block = [](std::uint32_t a, std::uint32_t b, std::uint32_t c, std::uint32_t d) {
    return PhiloxBlock{a, b, c, d};
  };
  BOOST_TEST((philox({0, 0, 0, 0}, 0) == block(0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8)));
  BOOST_TEST((philox({~0U, ~0U, ~0U, ~0U}, ~std::uint64_t{0}) ==
              block(0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd)));
  BOOST_TEST((philox({0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}, 0x299f31d0a4093822) ==
              block(0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1)));
}

BOOST_AUTO_TEST_CASE(words_become_numbers_in_range) {
  BOOST_TEST(below(0, 7) == 0U);
  BOOST_TEST(below(~0U, 7) == 6U);
  BOOST_TEST(below(~0U, 1) == 0U);
  BOOST_TEST(unit_float(0) == 0.0F);
  BOOST_TEST(unit_float(~0U) < 1.0F);
  RandomStream random(3, Stream{0}), same(3, Stream{0}), other(3, Stream{1});
  std::vector<double> normals;
  bool differs = false;
  for (int i = 0; i < 20000; ++i) {
    normals.push_back(random.normal());
    BOOST_TEST_REQUIRE(static_cast<float>(normals.back()) == same.normal());
    differs = differs || static_cast<float>(normals.back()) != other.normal();
  }
  BOOST_TEST(differs);
  const Estimate mean = estimate(normals);
  BOOST_TEST(std::abs(mean.mean) < 4 * mean.error);
  BOOST_TEST(std::abs(mean.error * std::sqrt(20000.0) - 1) < 4 / std::sqrt(2 * 20000.0));
}

BOOST_AUTO_TEST_CASE(flat_pixels_have_no_edge_around_them) {
  BOOST_TEST(map_of(Image(4, 2, 0.3F)) == "........");
  Image dot(5, 4, 1.0F);
  dot.pixel(3, 1)[2] = 0.5F;  // one channel is enough
  BOOST_TEST(map_of(dot) ==
             "..###"
             "..###"
             "..###"
             ".....");
  BOOST_TEST(map_of(square_image()) ==
             "........."
             ".#######."
             ".#######."
             ".##...##."
             ".##...##."
             ".#######."
             ".#######.");
  BOOST_TEST(map_of(Image(1, 1, 0.3F)) == ".");
}

BOOST_AUTO_TEST_CASE(a_difference_of_two_levels_is_flat_and_of_three_is_not) {
  Image image(3, 1, 100 / 255.0F);
  image.pixel(0, 0)[0] = 102 / 255.0F;
  BOOST_TEST(map_of(image) == "...");
  image.pixel(0, 0)[0] = 103 / 255.0F;
  BOOST_TEST(map_of(image) == "##.");
  image.pixel(0, 0)[0] = 102 / 255.0F;
  image.pixel(2, 0)[0] = 98 / 255.0F;  // a slope of two levels a pixel spans four
  BOOST_TEST(map_of(image) == ".#.");
}

BOOST_AUTO_TEST_CASE(drawn_pixels_have_their_own_colours) {
  const std::vector<NamedImage> images = odd_images();
  for (const std::string& backend : backends_under_test()) {
    Drawer drawer(backend, images, 3, 5);
    for (std::uint32_t i = 0; i < images.size(); ++i) {
      const Draw drawn = drawer.draw(i, 3);
      for (std::size_t r = 0; r < drawn.places.rows; ++r) {
        const Image& image = images[i].image;
        const std::size_t pixel = pixel_at(image, drawn.places(r, 0), drawn.places(r, 1));
        for (std::size_t c = 0; c < 3; ++c)
          BOOST_TEST(drawn.colors(r, c) == image.values[pixel * 3 + c]);
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(flat_pixels_come_first_then_edges) {
  const Image image = square_image();
  const std::vector<bool> flat = flat_pixels(image);
  Drawer drawer("reference", {{"square", image}}, 3, 5);
  for (std::uint32_t step = 0; step < 20; ++step) {
    const Draw drawn = drawer.draw(0, step);
    for (std::size_t r = 0; r < 8; ++r)
      BOOST_TEST(flat[pixel_at(image, drawn.places(r, 0), drawn.places(r, 1))] == (r < 3));
  }
}

BOOST_AUTO_TEST_CASE(weighted_sums_estimate_the_mean_without_bias_and_reach_every_pixel) {
  constexpr std::uint32_t steps = 3000;
  const std::vector<NamedImage> images = odd_images();
  for (const auto& [flat, edge] : {std::pair{3U, 5U}, {0U, 8U}, {8U, 0U}}) {
    Drawer drawer("reference", images, flat, edge);
    for (std::uint32_t i = 0; i < images.size(); ++i)
      BOOST_TEST_CONTEXT(images[i].name << ", " << flat << " flat rows of " << flat + edge) {
        const Image& image = images[i].image;
        std::vector<double> sums;
        std::set<std::size_t> reached;
        for (std::uint32_t step = 0; step < steps; ++step) {
          const Draw drawn = drawer.draw(i, step);
          double total = 0, weights = 0;
          for (std::size_t r = 0; r < drawn.places.rows; ++r) {
            const std::size_t pixel = pixel_at(image, drawn.places(r, 0), drawn.places(r, 1));
            reached.insert(pixel);
            total += drawn.weights(r, 0) * quantity(pixel);
            weights += drawn.weights(r, 0);
          }
          sums.push_back(total);
          BOOST_TEST(std::abs(weights - 1) < 1e-6);  // so that a constant is estimated exactly
        }
        double mean = 0;
        for (std::size_t pixel = 0; pixel < image.pixels(); ++pixel)
          mean += quantity(pixel) / static_cast<double>(image.pixels());
        const Estimate found = estimate(sums);
        BOOST_TEST(std::abs(found.mean - mean) <= 4 * found.error + 1e-6);
        BOOST_TEST(found.error < 0.02);  // else the bias might hide in it
        BOOST_TEST(reached.size() == image.pixels());
      }
  }
}

BOOST_AUTO_TEST_CASE(all_backends_draw_the_same_pixels) {
  const std::vector<NamedImage> images = odd_images();
  for (const auto& [flat, edge] : {std::pair{3U, 5U}, {0U, 8U}, {8U, 0U}}) {
    Drawer reference("reference", images, flat, edge);
    for (const std::string& backend : backends_under_test()) {
      Drawer drawer(backend, images, flat, edge);
      for (std::uint32_t i = 0; i < images.size(); ++i)
        BOOST_TEST_CONTEXT(backend << ", " << images[i].name << ", " << flat << " flat rows") {
          const Draw expected = reference.draw(i, 5), found = drawer.draw(i, 5);
          BOOST_TEST((found.places.values == expected.places.values));
          BOOST_TEST((found.weights.values == expected.weights.values));
        }
    }
  }
}

BOOST_AUTO_TEST_CASE(pixels_of_a_step_lie_apart) {
  // As many rows as pixels: each stretch is one pixel, and none is drawn twice.
  const Image image(8, 6, 0.4F);
  for (const auto& [flat, edge] : {std::pair{48U, 0U}, {0U, 48U}, {20U, 28U}}) {
    Drawer drawer("reference", {{"all flat", image}}, flat, edge);
    std::set<std::size_t> reached;
    const Draw drawn = drawer.draw(0, 1);
    for (std::size_t r = 0; r < 48; ++r)
      reached.insert(pixel_at(image, drawn.places(r, 0), drawn.places(r, 1)));
    BOOST_TEST(reached.size() == 48);
  }
}

BOOST_AUTO_TEST_CASE(draws_depend_on_seed_and_visit_only) {
  Drawer drawer("reference", odd_images(), 3, 5), again("reference", odd_images(), 3, 5);
  const auto places = [](Drawer& d, std::uint32_t step, std::uint64_t seed) {
    return d.draw(2, step, seed).places.values;
  };
  const auto first = places(drawer, 7, 1);
  BOOST_TEST((places(drawer, 8, 1) != first));
  BOOST_TEST((places(drawer, 7, 2) != first));
  BOOST_TEST((places(drawer, 7, std::uint64_t{1} << 32) != places(drawer, 7, 0)));
  BOOST_TEST((places(again, 7, 1) == first));
}

BOOST_AUTO_TEST_CASE(areas_are_the_same_pixels_at_points_in_their_cells) {
  constexpr std::uint32_t flat = 3, edge = 5, samples = 3;
  constexpr float jitter = 0.5F;
  const std::vector<NamedImage> images = odd_images();
  for (const std::string& backend : backends_under_test()) {
    Drawer centres(backend, images, flat, edge);
    Drawer areas(backend, images, flat, edge, samples, jitter);
    for (std::uint32_t i = 0; i < images.size(); ++i) {
      const double width = static_cast<double>(images[i].image.width);
      const double height = static_cast<double>(images[i].image.height);
      const Draw at = centres.draw(i, 3), in = areas.draw(i, 3);
      BOOST_TEST((in.colors.values == at.colors.values));
      BOOST_TEST((in.weights.values == at.weights.values));
      for (std::size_t row = 0, place = 0; row < flat + edge; ++row) {
        const std::size_t cells = row < flat ? 1 : samples;
        for (std::size_t cell = 0; cell < cells * cells; ++cell, ++place) {
          // From the centre of the cell, in cells.
          const auto from_centre = [&](double at_place, double at_centre, std::size_t index,
                                       double pixels) {
            const double n = static_cast<double>(cells);
            return (at_place - at_centre) * pixels / 2 * n -
                   (static_cast<double>(index) + 0.5 - n / 2);
          };
          const double x = from_centre(in.places(place, 0), at.places(row, 0), cell % cells, width);
          const double y =
              from_centre(in.places(place, 1), at.places(row, 1), cell / cells, height);
          const double most = row < flat ? 0.0 : jitter / 2;
          BOOST_TEST(std::abs(x) < most + 1e-4);
          BOOST_TEST(std::abs(y) < most + 1e-4);
        }
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(points_of_areas_are_spread_evenly) {
  constexpr float jitter = 0.5F;
  Drawer drawer("reference", {{"one pixel", Image(1, 1, 0.7F)}}, 1, 1, 2, jitter);
  constexpr std::uint32_t steps = 4000;
  std::vector<std::vector<double>> x(5), y(5);
  for (std::uint32_t step = 0; step < steps; ++step) {
    const Matrix places = drawer.draw(0, step).places;
    for (std::size_t r = 0; r < 5; ++r) {
      x[r].push_back(places(r, 0));
      y[r].push_back(places(r, 1));
    }
  }
  // The flat pixel's place in [-1, 1], always its centre, then those of the four cells.
  for (const std::vector<double>& place : {x[0], y[0]})
    BOOST_TEST((std::all_of(place.begin(), place.end(), [](double at) { return at == 0; })));
  const std::vector<double> mean_x = {0, -0.5, 0.5, -0.5, 0.5}, mean_y = {0, -0.5, -0.5, 0.5, 0.5};
  for (std::size_t r = 1; r < 5; ++r) {
    const double deviation = 0.5 * jitter / std::sqrt(3.0);
    for (const auto& [found, expected] :
         {std::pair{estimate(x[r]), mean_x[r]}, std::pair{estimate(y[r]), mean_y[r]}}) {
      BOOST_TEST(std::abs(found.mean - expected) < 4 * found.error);
      BOOST_TEST(std::abs(found.error * std::sqrt(double{steps}) / deviation - 1) < 0.05);
    }
  }
  BOOST_TEST((x[1] != x[2]));
}

BOOST_AUTO_TEST_SUITE_END()
