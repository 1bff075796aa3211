#include "part_design.hpp"

#include <boost/test/unit_test.hpp>
#include <cmath>
#include <map>
#include <set>
#include <stdexcept>
#include <string>

#include "image_distance.hpp"

using namespace chorus;

namespace {

double value_at(const Image& image, double x, double y) {
  const auto pixel = [](double place, std::size_t size) {
    return static_cast<std::size_t>((place + 1) / 2 * static_cast<double>(size));
  };
  return double{image.pixel(pixel(x, image.width), pixel(y, image.height))[0]};
}

PartDesign one(Part part) { return {.name = "one", .kind = "slide", .parts = {std::move(part)}}; }

constexpr Rgb black = {0, 0, 0};

}  // namespace

BOOST_AUTO_TEST_SUITE(part_design)

BOOST_AUTO_TEST_CASE(a_part_slides_evenly) {
  const PartDesign design = one(moving(disc(0.2), {.x = -0.6}, {.x = 0.6}, black));
  for (const double t : {0.0, 0.25, 0.5, 1.0}) {
    const Image image = draw_parts(design, t, 40);
    BOOST_TEST(value_at(image, -0.6 + 1.2 * t, 0) < 0.01);
    BOOST_TEST(value_at(image, -0.6 + 1.2 * t + 0.3, 0) > 0.99);
  }
}

BOOST_AUTO_TEST_CASE(a_part_turns_clockwise_about_its_hinge) {
  const PartDesign design =
      one(moving(shifted(box(0.1, 0.3), {0, -0.3}), {}, {.turn_degrees = 90}, black));
  BOOST_TEST(value_at(draw_parts(design, 0, 40), 0, -0.5) < 0.01);
  BOOST_TEST(value_at(draw_parts(design, 0.5, 40), 0.3, -0.3) < 0.01);
  BOOST_TEST(value_at(draw_parts(design, 1, 40), 0.5, 0) < 0.01);
  BOOST_TEST(value_at(draw_parts(design, 1, 40), 0, -0.5) > 0.99);
}

BOOST_AUTO_TEST_CASE(a_part_grows_from_nothing) {
  const PartDesign design = one(moving(disc(0.5), {.width = 0, .height = 0}, {}, black));
  BOOST_TEST(value_at(draw_parts(design, 0, 40), 0.02, 0.02) > 0.99);
  BOOST_TEST(value_at(draw_parts(design, 0.5, 40), 0.15, 0) < 0.01);
  BOOST_TEST(value_at(draw_parts(design, 0.5, 40), 0.3, 0) > 0.99);
}

BOOST_AUTO_TEST_CASE(a_pixel_is_the_mean_over_its_square) {
  const Image image = draw_parts(one(still(box(0.5, 0.5), {}, black)), 0, 6);
  // The box reaches half a pixel beyond the two in the middle of each side.
  BOOST_TEST(std::abs(image.pixel(1, 2)[0] - 0.5F) < 0.02F);
  BOOST_TEST(std::abs(image.pixel(1, 1)[0] - 0.75F) < 0.02F);
  BOOST_CHECK_THROW(draw_parts(one(still(disc(1), {}, black)), 0, 0), std::invalid_argument);
}

BOOST_AUTO_TEST_CASE(front_parts_hide_those_behind) {
  PartDesign design = one(still(box(0.8, 0.8), {}, black));
  design.parts.push_back(still(disc(0.3), {}, {1, 1, 1}));
  const Image image = draw_parts(design, 0.3, 20);
  BOOST_TEST(value_at(image, 0, 0) > 0.99);
  BOOST_TEST(value_at(image, 0.6, 0) < 0.01);
}

BOOST_AUTO_TEST_CASE(there_are_at_least_24_designs_of_all_kinds_whose_parts_move) {
  const std::vector<PartDesign> designs = part_designs();
  BOOST_TEST(designs.size() >= 24U);
  std::set<std::string> names;
  std::map<std::string_view, std::size_t> kinds;
  for (const PartDesign& design : designs) {
    BOOST_TEST_CONTEXT(design.name) {
      names.insert(design.name);
      ++kinds[design.kind];
      const Image a = draw_parts(design, 0, 48), b = draw_parts(design, 1, 48);
      const Image middle = draw_parts(design, 0.5, 48);
      const double whole = pixel_distance(a, b);
      BOOST_TEST(whole > 0.02);
      BOOST_TEST(pixel_distance(a, middle) > 0.3 * whole);
      BOOST_TEST(pixel_distance(b, middle) > 0.3 * whole);
    }
  }
  BOOST_TEST(names.size() == designs.size());
  BOOST_TEST(kinds.size() == part_kinds.size() - 1);  // all but the compositions
  for (const auto& [kind, count] : kinds) BOOST_TEST(count >= 5U, kind);
}

BOOST_AUTO_TEST_CASE(compositions_come_from_the_seed) {
  const std::vector<PartDesign> designs = composed_part_designs(6, 1);
  const std::vector<PartDesign> same = composed_part_designs(6, 1);
  const std::vector<PartDesign> other = composed_part_designs(6, 2);
  BOOST_REQUIRE_EQUAL(designs.size(), 6U);
  std::size_t equal = 0;
  for (std::size_t k = 0; k < designs.size(); ++k) {
    const Image image = draw_parts(designs[k], 0.5, 32);
    BOOST_TEST((image.values == draw_parts(same[k], 0.5, 32).values));
    equal += image.values == draw_parts(other[k], 0.5, 32).values ? 1 : 0;
    BOOST_TEST(designs[k].kind == "composed");
  }
  BOOST_TEST(equal < 2U);
}

BOOST_AUTO_TEST_SUITE_END()
