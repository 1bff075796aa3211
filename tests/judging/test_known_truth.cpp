#include "known_truth.hpp"

#include <boost/test/unit_test.hpp>
#include <cmath>
#include <filesystem>
#include <set>

#include "chorus/pictures.hpp"
#include "image_distance.hpp"
#include "metrics.hpp"
#include "resample.hpp"

namespace {

using namespace chorus;

/// White with a rectangle of an orange colour; places in parts of the side.
Image drawing(double left, double top, double right, double bottom, std::size_t size_px = 256) {
  Image image(size_px, size_px, 1.0F);
  const auto inside = [&](std::size_t i, double low, double high) {
    const double x = (static_cast<double>(i) + 0.5) / static_cast<double>(size_px);
    return x >= low && x < high;
  };
  for (std::size_t y = 0; y < size_px; ++y)
    for (std::size_t x = 0; x < size_px; ++x)
      if (inside(x, left, right) && inside(y, top, bottom)) {
        image.pixel(x, y)[1] = 0.5F;
        image.pixel(x, y)[2] = 0.0F;
      }
  return image;
}

double psnr(const Image& a, const Image& b) { return psnr_db(mean_squared_error(a, b)); }

const Collection icons() {
  LoadOptions options;
  options.size = 24;
  return load_collection(std::filesystem::path(CHORUS_DATA_DIR) / "icons", options);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(known_truth)

BOOST_AUTO_TEST_CASE(nothing_done_is_the_image_as_areas_see_it) {
  const Image image = drawing(0.25, 0.3125, 0.75, 0.5);
  BOOST_TEST(psnr(place(image, {}, 48, 48), resample(image, 48, 48, Filter::box)) > 38);
  BOOST_TEST(psnr(place(image, {}, 256, 256), image) > 35);
}

BOOST_AUTO_TEST_CASE(a_shift_moves_to_the_right_and_down) {
  const Image moved =
      place(drawing(0.25, 0.25, 0.5, 0.5), {.shift_x = 0.25, .shift_y = 0.125}, 64, 64);
  BOOST_TEST(psnr(moved, drawing(0.5, 0.375, 0.75, 0.625, 64)) > 30);
}

BOOST_AUTO_TEST_CASE(a_turn_is_clockwise_about_the_centre) {
  const Image turned = place(drawing(0.5, 0, 0.625, 0.5), {.turn_degrees = 90}, 64, 64);
  BOOST_TEST(psnr(turned, drawing(0.5, 0.5, 1, 0.625, 64)) > 30);
}

BOOST_AUTO_TEST_CASE(a_scale_keeps_the_centre) {
  const Image scaled = place(drawing(0.25, 0.25, 0.75, 0.75), {.scale = 0.5}, 64, 64);
  BOOST_TEST(psnr(scaled, drawing(0.375, 0.375, 0.625, 0.625, 64)) > 30);
}

BOOST_AUTO_TEST_CASE(recolouring_exchanges_channels_and_keeps_white) {
  const Image image = drawing(0.25, 0.25, 0.75, 0.75, 32);
  const Image other = place(image, {.recolor = 1}, 32, 32);
  BOOST_TEST(other.pixel(16, 16)[0] == 0.0F);
  BOOST_TEST(other.pixel(16, 16)[1] == 1.0F);
  BOOST_TEST(other.pixel(16, 16)[2] == 0.5F);
  BOOST_TEST(other.pixel(0, 0)[1] == 1.0F);
  const Image half = place(image, {.recolor = 0.5}, 32, 32);
  for (std::size_t c = 0; c < 3; ++c)
    BOOST_TEST(half.pixel(16, 16)[c] == (image.pixel(16, 16)[c] + other.pixel(16, 16)[c]) / 2);
}

BOOST_AUTO_TEST_CASE(outside_is_the_colour_of_the_border) {
  Image dark(64, 64, 0.25F);
  for (std::size_t x = 20; x < 40; ++x) dark.pixel(x, 30)[0] = 1;
  const Image placed = place(dark, {.turn_degrees = 45, .scale = 0.5}, 32, 32);
  BOOST_TEST(std::abs(placed.pixel(0, 0)[0] - 0.25F) < 0.003F);
}

BOOST_AUTO_TEST_CASE(half_way_is_half_of_each_and_the_geometric_mean_of_scales) {
  const Placement half = half_way({.shift_x = -0.1, .turn_degrees = 10, .scale = 0.5},
                                  {.shift_x = 0.3, .turn_degrees = 70, .scale = 2, .recolor = 1});
  BOOST_TEST(half.shift_x == 0.1, boost::test_tools::tolerance(1e-12));
  BOOST_TEST(half.turn_degrees == 40);
  BOOST_TEST(half.scale == 1);
  BOOST_TEST(half.recolor == 0.5);
}

BOOST_AUTO_TEST_CASE(pairs_of_each_kind_are_drawn_from_the_seed) {
  const Collection images = icons();
  const std::vector<KnownPair> pairs = draw_known_pairs(images, 8, 1);
  BOOST_REQUIRE_EQUAL(pairs.size(), 8 * known_kinds.size());
  std::set<std::string> used;
  for (std::size_t i = 0; i < pairs.size(); ++i) {
    BOOST_TEST(pairs[i].kind == known_kinds[i / 8]);
    used.insert(pairs[i].image);
  }
  BOOST_TEST(used.size() == pairs.size());
  const std::vector<KnownPair> same = draw_known_pairs(images, 8, 1);
  const std::vector<KnownPair> other = draw_known_pairs(images, 8, 2);
  std::size_t equal = 0;
  for (std::size_t i = 0; i < pairs.size(); ++i) {
    BOOST_TEST(pairs[i].image == same[i].image);
    BOOST_TEST(pairs[i].a.turn_degrees == same[i].a.turn_degrees);
    equal += pairs[i].image == other[i].image ? 1 : 0;
  }
  BOOST_TEST(equal < 10U);
  BOOST_TEST(draw_known_pairs({images[0], images[1]}, 3, 1).size() == 15U);
}

BOOST_AUTO_TEST_CASE(both_ends_differ_from_each_other_and_from_the_middle) {
  const Collection images = icons();
  for (const KnownPair& pair : draw_known_pairs(images, 4, 3)) {
    BOOST_TEST_CONTEXT(pair.name()) {
      const Image* image = nullptr;
      for (const NamedImage& each : images)
        if (each.name == pair.image) image = &each.image;
      BOOST_REQUIRE(image != nullptr);
      const Image a = place(*image, pair.a, 24, 24), b = place(*image, pair.b, 24, 24);
      const Image middle = place(*image, half_way(pair.a, pair.b), 24, 24);
      const double whole = pixel_distance(a, b);
      BOOST_TEST(whole > 0.02);
      BOOST_TEST(pixel_distance(a, middle) > 0.3 * whole);
      BOOST_TEST(pixel_distance(a, middle) < 1.2 * whole);
      BOOST_TEST(pixel_distance(b, middle) > 0.3 * whole);
      BOOST_TEST(pixel_distance(b, middle) < 1.2 * whole);
    }
  }
}

BOOST_AUTO_TEST_CASE(names_of_ends_lead_to_the_middle_and_the_other_end) {
  const auto end = parse_known_end("alarm_clock.turned.a");
  BOOST_REQUIRE(end);
  BOOST_TEST(end->middle == "alarm_clock.turned");
  BOOST_TEST(end->kind == "turned");
  BOOST_TEST(end->other == "alarm_clock.turned.b");
  BOOST_TEST(parse_known_end("a.b.moved.b")->other == "a.b.moved.a");
  for (const char* name : {"alarm_clock", "alarm.a", "a.turned.c", ".turned.a", "a..b", "a", "."})
    BOOST_TEST(!parse_known_end(name), name);
}

BOOST_AUTO_TEST_SUITE_END()
