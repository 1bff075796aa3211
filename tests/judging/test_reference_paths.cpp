#include "reference_paths.hpp"

#include <boost/test/unit_test.hpp>
#include <vector>

#include "continuity.hpp"
#include "part_design.hpp"
#include "path_metrics.hpp"

using namespace chorus;

// Each path that knows nothing of the pictures fails at least one measure that the true path
// passes.

namespace {

constexpr std::size_t size_px = 48;

/// Two signs that stay, and a disc and a bar that move.
PartDesign scene() {
  constexpr Rgb red = {0.9F, 0.2F, 0.2F}, blue = {0.1F, 0.3F, 0.8F}, ink = {0.1F, 0.1F, 0.15F};
  return {.name = "scene",
          .kind = "slide",
          .parts = {still(box(0.9, 0.1), {.y = 0.8}, ink), still(box(0.1, 0.3), {.x = -0.7}, ink),
                    moving(disc(0.3), {.x = -0.2, .y = -0.4}, {.x = 0.5, .y = 0.2}, red),
                    moving(box(0.1, 0.1), {.x = 0.3, .y = 0.6}, {.x = -0.3, .y = 0.6}, blue)}};
}

PathScores scored(Image (*frame_at)(const Image&, const Image&, double)) {
  const Image a = draw_parts(scene(), 0, size_px), b = draw_parts(scene(), 1, size_px);
  return score_path(frames_of([&](double t) { return frame_at(a, b, t); }, judged_frames));
}

PathScores true_path() {
  return score_path(
      frames_of([](double t) { return draw_parts(scene(), t, size_px); }, judged_frames));
}

}  // namespace

BOOST_AUTO_TEST_SUITE(reference_paths)

BOOST_AUTO_TEST_CASE(the_true_path_passes) {
  const PathScores scores = true_path();
  BOOST_TEST(scores.permanence > 0.95);
  BOOST_TEST(scores.popped < 0.02);
  BOOST_TEST(scores.contrast > 0.95);
}

BOOST_AUTO_TEST_CASE(a_curtain_makes_things_pop_up) { BOOST_TEST(scored(wipe).popped > 0.2); }

BOOST_AUTO_TEST_CASE(a_growing_disc_makes_things_pop_up) {
  BOOST_TEST(scored(iris).popped > true_path().popped + 0.03);
}

BOOST_AUTO_TEST_CASE(what_both_show_does_not_survive_a_way_through_nothing) {
  BOOST_TEST(scored(shrink_and_grow).permanence < 0.2);
}

BOOST_AUTO_TEST_CASE(camouflage_makes_things_pop_up) {
  const PathScores scores = scored(camouflage), truth = true_path();
  BOOST_TEST(scores.popped > truth.popped + 0.05);
}

BOOST_AUTO_TEST_CASE(a_cross_fade_has_pale_edges) {
  const Image a = draw_parts(scene(), 0, size_px), b = draw_parts(scene(), 1, size_px);
  BOOST_TEST(score_path(cross_fade(a, b, judged_frames)).contrast < 0.9);
}

BOOST_AUTO_TEST_CASE(a_hard_cut_makes_all_pop_up) {
  const Image a = draw_parts(scene(), 0, size_px), b = draw_parts(scene(), 1, size_px);
  BOOST_TEST(popped(hard_cut(a, b, judged_frames)) > 0.3);
}

BOOST_AUTO_TEST_CASE(all_of_them_lead_from_one_end_to_the_other) {
  const Image a = draw_parts(scene(), 0, size_px), b = draw_parts(scene(), 1, size_px);
  for (const auto frame_at : {wipe, iris, shrink_and_grow, camouflage}) {
    BOOST_TEST((frame_at(a, b, 0).values == a.values));
    BOOST_TEST((frame_at(a, b, 1).values == b.values));
  }
}

BOOST_AUTO_TEST_CASE(ends_that_share_nothing_have_nothing_to_keep) {
  const Image dark(8, 8, 0.0F), light(8, 8, 1.0F);
  BOOST_TEST(permanence({dark, light}) == 1);
  BOOST_TEST(popped({dark, dark}) == 0);
  BOOST_TEST(edge_contrast(dark) == 0);
}

BOOST_AUTO_TEST_SUITE_END()
