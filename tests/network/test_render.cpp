#include <boost/test/unit_test.hpp>
#include <limits>
#include <stdexcept>
#include <string>
#include <vector>

#include "chorus/model.hpp"
#include "chorus/render.hpp"
#include "errors.hpp"
#include "plain_siren.hpp"

using namespace chorus;
using namespace chorus::test;

namespace {

Model small_model(Memory& memory) {
  return make_model(memory, small_network(Conditioning::shift, 18), {{"a", 5, 3}, {"b", 4, 4}}, 9);
}

/// test(memory, model, renderer) on each backend.
template <class Test>
void for_each_renderer(Test test) {
  for (const std::string& backend_name : backends_under_test())
    BOOST_TEST_CONTEXT("backend " << backend_name) {
      Memory memory(make_backend(backend_name, {.workers = 3}));
      const Model model = small_model(memory);
      Renderer renderer(memory, model);
      test(memory, model, renderer);
    }
}

}  // namespace

BOOST_AUTO_TEST_SUITE(render)

BOOST_AUTO_TEST_CASE(pixels_are_rendered_at_their_centres) {
  for_each_renderer([](Memory&, const Model& model, Renderer& renderer) {
    constexpr std::size_t width = 31, height = 17;  // more than one tile
    const Weights weights = weights_of(model.siren);
    for (const std::size_t which : {0, 1}) {
      const Image image = renderer.render(which, {{width, height}});
      const Matrix z = row_of(read(model.latents), which);
      BOOST_TEST(image.width == width);
      BOOST_TEST(image.height == height);
      for (std::size_t y = 0; y < height; ++y)
        for (std::size_t x = 0; x < width; ++x) {
          Matrix centre(1, 2);
          centre(0, 0) = -1 + (2.0 * static_cast<double>(x) + 1) / width;
          centre(0, 1) = -1 + (2.0 * static_cast<double>(y) + 1) / height;
          const Matrix color = plain_pixel(model.siren.config(), weights, centre, z);
          for (std::size_t c = 0; c < 3; ++c)
            if (!close(image.pixel(x, y)[c], color(0, c), value_error))
              BOOST_ERROR("pixel " << x << ", " << y << ": " << image.pixel(x, y)[c]
                                   << ", expected " << color(0, c));
        }
    }
  });
}

BOOST_AUTO_TEST_CASE(supersampling_takes_the_mean_of_a_block) {
  for_each_renderer([](Memory&, const Model&, Renderer& renderer) {
    constexpr std::size_t width = 7, height = 5, k = 3;
    const Image means = renderer.render(1, {{width, height}, k});
    const Image points = renderer.render(1, {{width * k, height * k}});
    BOOST_TEST_REQUIRE(means.values.size() == width * height * 3);
    for (std::size_t y = 0; y < height; ++y)
      for (std::size_t x = 0; x < width; ++x)
        for (std::size_t c = 0; c < 3; ++c) {
          double mean = 0;
          for (std::size_t v = 0; v < k; ++v)
            for (std::size_t u = 0; u < k; ++u)
              mean += double{points.pixel(x * k + u, y * k + v)[c]} / (k * k);
          BOOST_TEST(close(means.pixel(x, y)[c], mean, 1e-6));
        }
  });
}

BOOST_AUTO_TEST_CASE(a_region_has_the_pixels_of_the_whole_picture) {
  for_each_renderer([](Memory&, const Model&, Renderer& renderer) {
    const ImageCode code = renderer.code(0);
    for (const std::size_t samples : {1, 3}) {
      const Raster raster{{19, 13}, samples};
      const Image whole = renderer.render(code, raster);
      for (const Region& region : {Region{0, 0, {19, 13}}, Region{0, 0, {5, 4}},
                                   Region{7, 3, {1, 9}}, Region{14, 11, {5, 2}}}) {
        const Image part = renderer.render(code, raster, region);
        BOOST_TEST_REQUIRE((part.size() == region.size));
        for (std::size_t y = 0; y < part.height; ++y)
          for (std::size_t x = 0; x < part.width; ++x)
            for (std::size_t c = 0; c < 3; ++c)
              BOOST_TEST(
                  close(part.pixel(x, y)[c], whole.pixel(region.x + x, region.y + y)[c], 1e-6));
      }
    }
    for (const Region& region : {Region{0, 0, {0, 1}}, Region{19, 0, {1, 1}}, Region{0, 5, {1, 9}},
                                 Region{1, 0, {static_cast<std::size_t>(-1), 1}}})
      BOOST_CHECK_THROW(renderer.render(code, {{19, 13}}, region), std::invalid_argument);
  });
}

BOOST_AUTO_TEST_CASE(colours_that_are_not_finite_are_no_picture) {
  Memory memory(make_backend("reference"));
  Model model = make_model(memory, {.width = 8, .latent = 2}, {{"clock", 4, 4}, {"key", 4, 4}}, 1);
  const float infinity = std::numeric_limits<float>::infinity();
  model.latents = memory.from(std::vector<float>{0, 1, infinity, 1}, 2, 2);
  Renderer renderer(memory, model);
  BOOST_TEST(error_of([&] { renderer.render(0, {{6, 6}}); }) == "");
  check_holds(error_of([&] {
                renderer.render(1, {{6, 6}, 2});
              }),
              {"image 'key': its colours are not finite numbers"});
  check_holds(error_of([&] { renderer.render(renderer.code(1), {{6, 6}}); }), {"not finite"});
}

BOOST_AUTO_TEST_CASE(a_latent_may_be_given_instead_of_an_image) {
  for_each_renderer([](Memory&, const Model&, Renderer& renderer) {
    BOOST_TEST((renderer.render(renderer.code(1), {{6, 6}}).values ==
                renderer.render(1, {{6, 6}}).values));
    BOOST_CHECK_THROW(renderer.render({std::vector<float>(2), {}}, {{6, 6}}),
                      std::invalid_argument);
    BOOST_CHECK_THROW(renderer.render(2, {{6, 6}}), std::invalid_argument);
    BOOST_CHECK_THROW(renderer.render(0, {{0, 6}}), std::invalid_argument);
    BOOST_CHECK_THROW(renderer.render(0, {{6, 6}, 0}), std::invalid_argument);
  });
}

BOOST_AUTO_TEST_SUITE_END()
