#include <boost/test/unit_test.hpp>
#include <cstdint>
#include <vector>

#include "op_parameters.hpp"
#include "primitive_bench.hpp"
#include "sampler.hpp"

// Op::draw_pixels draws the same pixels on every backend.

using namespace chorus;
using namespace chorus::test;

namespace {

/// Two images of different shapes, each with flat pixels and edges.
std::vector<NamedImage> drawn_images(std::size_t channels) {
  std::vector<NamedImage> images = {{"wide", Image(11, 5, 0.5F, channels)},
                                    {"high", Image(4, 13, 1.0F, channels)}};
  images[0].image.pixel(2, 2)[1] = 0;
  images[1].image.pixel(3, 12)[0] = 0.25F;
  return images;
}

/// Coordinates, colours and weights, one after another.
std::vector<double> drawn_pixels(Bench& bench, std::uint32_t first_visit,
                                 std::size_t channels = 3) {
  const std::size_t groups = 3, rows = groups * 10;
  const PixelTable table(bench.memory(), drawn_images(channels));
  const Tensor place = bench.place(rows, 2), color = bench.place(rows, channels),
               weight = bench.place(rows, 1);
  const IndexList images = bench.list({1, 0, 1}),
                  visits = bench.list({first_visit, first_visit, 1234567});
  Call call{.op = Op::draw_pixels};
  const PixelDraw draw{.seed = 0x123456789ABCDEF, .flat_rows = 4};
  call.draw = &draw;
  call.index[0] = images.view();
  call.index[1] = table.image_table();
  call.index[2] = table.pixel_order();
  call.index[3] = visits.view();
  call.in[0] = table.colors();
  for (std::size_t k = 0; const Tensor* out : {&place, &color, &weight})
    call.out[k++] = out->view();
  bench.memory().backend().run(call);
  std::vector<double> all;
  for (const Tensor* out : {&place, &color, &weight}) {
    const Matrix part = bench.read(*out);
    all.insert(all.end(), part.values.begin(), part.values.end());
  }
  return all;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(drawing)

BOOST_AUTO_TEST_CASE(every_backend_draws_the_same_pixels) {
  Bench reference("reference", 0);
  const std::vector<double> expected = drawn_pixels(reference, 5);
  BOOST_TEST((drawn_pixels(reference, 6) != expected));
  on_each_backend([&](Bench& bench) { BOOST_TEST((drawn_pixels(bench, 5) == expected)); });
}

BOOST_AUTO_TEST_CASE(pixels_with_alpha_are_drawn_alike) {
  Bench reference("reference", 0);
  const std::vector<double> expected = drawn_pixels(reference, 5, 4);
  BOOST_TEST(expected.size() > drawn_pixels(reference, 5).size());
  on_each_backend([&](Bench& bench) { BOOST_TEST((drawn_pixels(bench, 5, 4) == expected)); });
}

BOOST_AUTO_TEST_SUITE_END()
