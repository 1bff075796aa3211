#include <boost/test/unit_test.hpp>
#include <cmath>
#include <set>
#include <stdexcept>
#include <string>
#include <vector>

#include "training_plan.hpp"

using namespace chorus;

BOOST_AUTO_TEST_SUITE(schedule)

BOOST_AUTO_TEST_CASE(the_schedule_rises_and_falls) {
  BOOST_TEST(schedule_factor(0, 0.1) > 0);
  BOOST_TEST(schedule_factor(0, 0.1) < 0.05);
  BOOST_TEST(std::abs(schedule_factor(0.25, 0.1) - (0.5 + 0.5 * std::sqrt(0.5))) < 1e-12);
  BOOST_TEST(std::abs(schedule_factor(1, 0.1)) < 1e-12);
  BOOST_TEST(std::abs(schedule_factor(7, 0.1)) < 1e-12);
  BOOST_TEST(schedule_factor(0, 0) == 1);
  BOOST_TEST(schedule_factor(0.05, 0.1) < schedule_factor(0.1, 0.1));
}

BOOST_AUTO_TEST_CASE(the_rate_falls_with_the_square_root_of_the_steps) {
  const auto approximately = boost::test_tools::tolerance(1e-12);
  BOOST_TEST(decay_factor(0, 100) == 1);
  BOOST_TEST(decay_factor(100, 100) == std::sqrt(0.5), approximately);
  BOOST_TEST(decay_factor(9900, 100) == 0.1, approximately);
  BOOST_TEST(decay_factor(1000000, 0) == 1);
}

BOOST_AUTO_TEST_CASE(a_weight_falls_linearly_to_nothing) {
  const AssignmentLoss first_half{.weight = 0.2F, .until = 0.5};
  BOOST_TEST(assignment_weight(first_half, 0) == 0.2F);
  BOOST_TEST(assignment_weight(first_half, 0.25) == 0.1F);
  for (const double progress : {0.5, 0.7, 1.0})
    BOOST_TEST(assignment_weight(first_half, progress) == 0);
  BOOST_TEST(assignment_weight({.weight = 0.2F, .until = 0}, 0) == 0);
}

BOOST_AUTO_TEST_CASE(the_fraction_of_steps_follows_the_time_they_take) {
  const auto approximately = boost::test_tools::tolerance(1e-12);
  const auto phase = [](double from, std::size_t samples) {
    return TrainingPhase{from, {{PixelKinds::all, samples, 0}}};
  };
  // 3/4 of the steps take 2 each, 1/4 takes 6 each: both halves of the time.
  const std::vector<TrainingPhase> two = {phase(0, 2), phase(0.75, 6)};
  BOOST_TEST(fraction_of_steps(0.5, two) == 0.75, approximately);
  BOOST_TEST(fraction_of_steps(0.25, two) == 0.375, approximately);
  BOOST_TEST(fraction_of_steps(0.75, two) == 0.875, approximately);
  // Thirds of the time: half of the steps, a third, a sixth.
  const std::vector<TrainingPhase> three = {phase(0, 2), phase(1.0 / 2, 3), phase(5.0 / 6, 6)};
  BOOST_TEST(fraction_of_steps(1.0 / 3, three) == 1.0 / 2, approximately);
  BOOST_TEST(fraction_of_steps(0.5, three) == 2.0 / 3, approximately);
  BOOST_TEST(fraction_of_steps(2.0 / 3, three) == 5.0 / 6, approximately);
  for (const std::vector<TrainingPhase>& phases : {two, three, {phase(0, 7)}}) {
    BOOST_TEST(fraction_of_steps(0, phases) == 0);
    BOOST_TEST(fraction_of_steps(1, phases) == 1, approximately);
    BOOST_TEST(fraction_of_steps(3, phases) == 1, approximately);
  }
  BOOST_TEST(fraction_of_steps(0.3, std::vector{phase(0, 7)}) == 0.3, approximately);
}

BOOST_AUTO_TEST_CASE(a_phase_lasts_until_the_next_begins) {
  const std::vector<TrainingPhase> phases = {{0, {}}, {0.4, {}}, {0.75, {}}};
  BOOST_TEST(phase_at(phases, 0) == 0U);
  BOOST_TEST(phase_at(phases, 0.39) == 0U);
  BOOST_TEST(phase_at(phases, 0.4) == 1U);
  BOOST_TEST(phase_at(phases, 1) == 2U);
}

BOOST_AUTO_TEST_CASE(a_training_goes_from_points_to_areas) {
  const PixelSampling pixels{.areas = {.from = 0.75}, .blended = {.from = 0.4}};
  const std::vector<TrainingPhase> phases = plan_training(pixels, {.until = 0.5}, Head::palette);
  const std::vector<double> expected = {0, 0.4, 0.5, 0.75};
  BOOST_TEST_REQUIRE(phases.size() == expected.size());
  for (std::size_t k = 0; k < phases.size(); ++k) {
    BOOST_TEST(phases[k].from == expected[k]);
    const TrainingDraw& first = phases[k].draws.front();
    BOOST_TEST((first.kinds == (k < 3 ? PixelKinds::unblended : PixelKinds::all)));
    BOOST_TEST(first.assigned == (k < 2));
    BOOST_TEST(phases[k].draws.size() == (k == 1 || k == 2 ? 2U : 1U));
    BOOST_TEST(phases[k].of_areas == (k == 3));
  }
  BOOST_TEST((phases[1].draws[1].kinds == PixelKinds::blended));
  BOOST_TEST(phases[0].samples() == pixels.flat_pixels + pixels.edge_pixels);
  BOOST_TEST(phases[1].samples() == phases[0].samples() + 4 * pixels.blended.pixels);
  BOOST_TEST(phases[3].samples() == pixels.areas.flat_pixels + 9 * pixels.areas.edge_pixels);
}

BOOST_AUTO_TEST_CASE(what_is_switched_off_makes_no_phase) {
  // Without areas all pixels are points; without palettes there is no assignment.
  const auto points = plan_training({.areas = {.from = 1}}, {}, Head::rgb);
  BOOST_TEST(points.size() == 1U);
  BOOST_TEST((points[0].draws.size() == 1U && points[0].draws[0].kinds == PixelKinds::all));
  BOOST_TEST(plan_training({.areas = {.from = 1}}, {}, Head::palette).size() == 2U);
  BOOST_TEST(plan_training({.areas = {.from = 0}}, {}, Head::palette).size() == 1U);
  const auto alike =
      plan_training({.areas = {.from = 0.5}, .blended = {.pixels = 0}}, {}, Head::rgb);
  BOOST_TEST(alike.size() == 2U);
  BOOST_TEST((alike[0].draws[0].kinds == PixelKinds::all));
  const auto at_once =
      plan_training({.areas = {.from = 0.5}, .blended = {.from = 0}}, {}, Head::rgb);
  BOOST_TEST(at_once.size() == 2U);
  BOOST_TEST(at_once[0].draws.size() == 2U);
  BOOST_CHECK_THROW(plan_training({.flat_pixels = 0, .edge_pixels = 0}, {}, Head::rgb),
                    std::invalid_argument);
  BOOST_CHECK_THROW(plan_training({.areas = {.samples_per_axis = 0}}, {}, Head::rgb),
                    std::invalid_argument);
}

BOOST_AUTO_TEST_CASE(settings_keep_the_names_that_states_of_trainings_have) {
  std::set<std::string> names;
  const TrainConfig config;
  each_setting(config, [&](const char* name, const auto&) { names.insert(name); });
  const std::set<std::string> expected = {"learning_rate",
                                          "first_weight_rate",
                                          "first_bias_rate",
                                          "modulation_rate",
                                          "latent_rate",
                                          "output_rate",
                                          "palette_rate",
                                          "beta1",
                                          "beta2",
                                          "epsilon",
                                          "warm_up",
                                          "decay_steps",
                                          "flat_pixels",
                                          "edge_pixels",
                                          "blended_pixels",
                                          "blended_samples",
                                          "blended_from",
                                          "area_from",
                                          "area_samples",
                                          "area_jitter",
                                          "area_flat_pixels",
                                          "area_edge_pixels",
                                          "area_output_rate",
                                          "assignment",
                                          "assignment_until",
                                          "taught_from",
                                          "taught_flat_pixels",
                                          "taught_edge_pixels",
                                          "taught_samples",
                                          "path_frames_per_step",
                                          "path_weight",
                                          "images_per_step",
                                          "seed"};
  BOOST_TEST(names == expected, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_SUITE_END()
