#include "chorus/path.hpp"

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <cmath>
#include <stdexcept>
#include <vector>

#include "chorus/error.hpp"
#include "chorus/render.hpp"
#include "image_distance.hpp"
#include "steps.hpp"

using chorus::Image;
using chorus::Memory;
using chorus::Model;
using chorus::Path;
using chorus::PathKind;
using chorus::Renderer;

namespace {

constexpr PathKind every_kind[] = {PathKind::linear, PathKind::spherical, PathKind::learned,
                                   PathKind::morph};

/// Three images of a network that was never trained: smooth pictures, all different.
struct Setting {
  Memory memory{chorus::make_backend("cpu", {1})};
  Model model = chorus::make_model(memory, {.width = 32, .latent = 8},
                                   {{"a", 16, 16}, {"b", 16, 16}, {"c", 16, 16}}, 7);
  Renderer renderer{memory, model};

  Path path(PathKind kind, bool even = true) {
    return Path(renderer, model, 0, 1, {.kind = kind, .even = even});
  }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(path)

BOOST_AUTO_TEST_CASE(names_are_read_back) {
  for (const PathKind kind : every_kind)
    BOOST_TEST((chorus::parse_path_kind(chorus::name(kind)) == kind));
  BOOST_CHECK_EXCEPTION(chorus::parse_path_kind("bent"), chorus::Error, [](const auto& error) {
    return std::string(error.what()).find("bent") != std::string::npos;
  });
}

BOOST_AUTO_TEST_CASE(the_ends_are_exactly_the_networks_images) {
  Setting s;
  for (const PathKind kind : every_kind)
    for (const bool even : {true, false}) {
      Path path = s.path(kind, even);
      BOOST_TEST(
          (path.frame(0, {{16, 12}, 2}).values == s.renderer.render(0, {{16, 12}, 2}).values));
      BOOST_TEST(
          (path.frame(1, {{16, 12}, 2}).values == s.renderer.render(1, {{16, 12}, 2}).values));
      const std::vector<Image> frames = path.frames(3, {{9, 20}});
      BOOST_TEST((frames.front().values == s.renderer.render(0, {{9, 20}}).values));
      BOOST_TEST((frames.back().values == s.renderer.render(1, {{9, 20}}).values));
    }
}

BOOST_AUTO_TEST_CASE(a_linear_path_passes_through_the_mean_of_the_codes) {
  Setting s;
  const Image middle =
      s.renderer.render(chorus::lerp(s.renderer.code(0), s.renderer.code(1), 0.5F), {{16, 16}});
  BOOST_TEST((s.path(PathKind::linear, false).frame(0.5, {{16, 16}}).values == middle.values));
}

BOOST_AUTO_TEST_CASE(a_spherical_path_keeps_its_distance_from_the_mean_latent) {
  Setting s;
  // Three latents at the same distance from their mean, zero: the arc from the first to the second,
  // 120 degrees, has its middle opposite to the third.
  std::vector<float> latents(3 * 8);
  latents[0] = 1;
  latents[8] = latents[16] = -0.5F;
  latents[9] = std::sqrt(0.75F);
  latents[17] = -latents[9];
  chorus::from_host(latents, s.model.latents);
  chorus::ImageCode opposite = s.renderer.code(2);
  for (float& number : opposite.latent) number = -number;
  const Image expected = s.renderer.render(opposite, {{16, 16}});
  const Image middle = s.path(PathKind::spherical, false).frame(0.5, {{16, 16}});
  BOOST_TEST(chorus::pixel_distance(middle, expected) < 1e-5);
  BOOST_TEST(chorus::pixel_distance(s.path(PathKind::linear, false).frame(0.5, {{16, 16}}),
                                    expected) > 1e-3);
}

BOOST_AUTO_TEST_CASE(a_learned_path_takes_the_lines_that_were_taught) {
  Setting s;
  const auto middle = [&](PathKind kind) {
    return s.path(kind, false).frame(0.5, {{16, 16}}).values;
  };
  BOOST_TEST((middle(PathKind::learned) == middle(PathKind::linear)));  // nothing was taught
  s.model.paths.trained = {{0, 2}, {1, 2}};
  BOOST_TEST((middle(PathKind::learned) != middle(PathKind::linear)));
  // By way of the third image, where the lines meet in proportion to the lengths of the two.
  const auto difference = [&](std::size_t a, std::size_t b) {
    double sum = 0;
    for (std::size_t k = 0; k < 8; ++k) {
      const double d = double{s.renderer.code(a).latent[k]} - double{s.renderer.code(b).latent[k]};
      sum += d * d;
    }
    return std::sqrt(sum);
  };
  const double meet = difference(0, 2) / (difference(0, 2) + difference(2, 1));
  BOOST_TEST(chorus::pixel_distance(s.path(PathKind::learned, false).frame(meet, {{16, 16}}),
                                    s.renderer.render(2, {{16, 16}})) < 1e-4);
  s.model.paths.trained.push_back({0, 1});
  BOOST_TEST((middle(PathKind::learned) == middle(PathKind::linear)));
}

BOOST_AUTO_TEST_CASE(even_steps_are_even) {
  Setting s;
  for (const PathKind kind : {PathKind::linear, PathKind::spherical}) {
    Path path = s.path(kind);
    for (const std::size_t count : {9U, 17U, 66U})
      BOOST_TEST(chorus::test::largest_step_over_mean(path.frames(count, {{16, 16}})) <
                 (count < 66 ? 1.02 : 1.2));
    BOOST_TEST(chorus::test::largest_step_over_mean(s.path(kind, false).frames(17, {{16, 16}})) >
               1.05);
  }
}

BOOST_AUTO_TEST_CASE(a_frame_alone_is_the_one_of_seventeen) {
  Setting s;
  Path path = s.path(PathKind::linear);
  BOOST_TEST((path.frame(0.3125, {{16, 16}}).values == path.frames(17, {{16, 16}})[5].values));
}

BOOST_AUTO_TEST_CASE(a_path_from_an_image_to_itself_stands_still) {
  Setting s;
  for (const PathKind kind : every_kind) {
    Path path(s.renderer, s.model, 2, 2, {.kind = kind});
    const double allowed = kind == PathKind::morph ? 0.07 : 1e-6;  // faint mottle is dropped
    BOOST_TEST(chorus::pixel_distance(path.frame(0.4, {{16, 16}, 4}),
                                      s.renderer.render(2, {{16, 16}, 4})) < allowed);
  }
}

BOOST_AUTO_TEST_CASE(what_cannot_be_is_refused) {
  Setting s;
  Path path = s.path(PathKind::linear);
  BOOST_CHECK_THROW(path.frame(-0.1, {{16, 16}}), std::invalid_argument);
  BOOST_CHECK_THROW(path.frame(std::nan(""), {{16, 16}}), std::invalid_argument);
  BOOST_CHECK_THROW(path.frame(0.5, {{0, 16}}), std::invalid_argument);
  BOOST_CHECK_THROW(path.frames(1, {{16, 16}}), std::invalid_argument);
  BOOST_CHECK_THROW(Path(s.renderer, s.model, 0, 3, {}), std::invalid_argument);
}

BOOST_AUTO_TEST_SUITE_END()
