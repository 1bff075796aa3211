#include "chorus/fit.hpp"

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <cmath>
#include <memory>
#include <set>
#include <stdexcept>
#include <type_traits>
#include <vector>

#include "chorus/error.hpp"
#include "chorus/pictures.hpp"
#include "chorus/render.hpp"
#include "chorus/trainer.hpp"
#include "metrics.hpp"
#include "model_file.hpp"
#include "palette.hpp"
#include "split.hpp"

using chorus::Collection;
using chorus::FitConfig;
using chorus::ImageCode;
using chorus::Memory;
using chorus::Model;

namespace {

chorus::NamedImage icon(const char* name) {
  return {name, chorus::read_png(std::string(CHORUS_DATA_DIR "/icons/24/") + name + ".png")};
}

/// A small network that knows three icons, and two that it does not know.
struct Setting {
  Memory memory{chorus::make_backend("cpu", {1})};
  Collection known = {icon("camera"), icon("folder"), icon("settings")};
  Collection unseen = {icon("key"), icon("search")};
  Model model = chorus::make_model(memory, {.width = 32, .latent = 8}, chorus::encoded(known), 1);

  Setting() {
    chorus::Trainer trainer(memory, model, known, {});
    constexpr int steps = 200;
    for (int i = 0; i < steps; ++i) trainer.step(i / double{steps});
  }
};

const FitConfig quick{.latent_steps = 40, .shift_steps = 80};

double psnr(Memory& memory, const Model& model, const Collection& images, std::size_t i) {
  chorus::Renderer renderer(memory, model);
  const chorus::Image& truth = images[i].image;
  return chorus::psnr_db(chorus::mean_squared_error(
      chorus::quantized(renderer.render(i, {truth.size(), model.samples_per_axis})), truth));
}

}  // namespace

BOOST_AUTO_TEST_SUITE(fit)

BOOST_AUTO_TEST_CASE(shifts_say_more_than_a_latent) {
  Setting s;
  FitConfig latent_only = quick;
  latent_only.shift_steps = 0;
  const auto latents = chorus::Fitter(s.memory, s.model, latent_only).fit(s.unseen);
  const auto both = chorus::Fitter(s.memory, s.model, quick).fit(s.unseen);
  BOOST_TEST(latents[0].shifts.empty());
  BOOST_TEST(both[0].shifts.size() == 4 * 32U);
  // The latents of a network that is fitted to nothing: the mean of the known ones.
  std::vector<ImageCode> mean(2);
  const std::vector<float> known = chorus::to_host(s.model.latents);
  for (ImageCode& each : mean)
    for (std::size_t k = 0; k < 8; ++k)
      each.latent.push_back((known[k] + known[8 + k] + known[16 + k]) / 3);
  for (std::size_t i = 0; i < 2; ++i) {
    const auto score = [&](const std::vector<ImageCode>& fitted) {
      return psnr(s.memory, chorus::with_images(s.memory, s.model, s.unseen, fitted), s.unseen, i);
    };
    BOOST_TEST(score(latents) > score(mean) + 0.5);
    BOOST_TEST(score(both) > score(latents) + 2);
  }
}

BOOST_AUTO_TEST_CASE(leaves_the_network_alone_and_depends_on_the_image_only) {
  Setting s;
  const auto before = chorus::to_tensor_file(s.model);
  const auto all = chorus::Fitter(s.memory, s.model, quick).fit(s.unseen);
  BOOST_TEST((chorus::to_tensor_file(s.model) == before));
  const auto one = chorus::Fitter(s.memory, s.model, quick).fit({s.unseen[1]});
  BOOST_TEST(one[0].latent == all[1].latent, boost::test_tools::per_element());
  BOOST_TEST(one[0].shifts == all[1].shifts, boost::test_tools::per_element());
  Memory two(chorus::make_backend("cpu", {2}));
  const Model copy = chorus::from_tensor_file(two, before, "copy");
  const auto parallel = chorus::Fitter(two, copy, quick).fit(s.unseen);
  BOOST_TEST(parallel[1].shifts == all[1].shifts, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_fitted_model_survives_its_file) {
  Setting s;
  const auto fitted = chorus::Fitter(s.memory, s.model, quick).fit(s.unseen);
  const Model model = chorus::with_images(s.memory, s.model, s.unseen, fitted);
  const auto file = chorus::to_tensor_file(model);
  const Model loaded = chorus::from_tensor_file(s.memory, file, "file");
  BOOST_TEST(loaded.images[1].name == "search");
  BOOST_TEST(psnr(s.memory, loaded, s.unseen, 1) == psnr(s.memory, model, s.unseen, 1));
  auto damaged = file;
  damaged.tensors["shifts"].shape = {1, 2};
  damaged.tensors["shifts"].values = {0, 0};
  BOOST_CHECK_THROW(chorus::from_tensor_file(s.memory, damaged, "file"), chorus::Error);
}

BOOST_AUTO_TEST_CASE(free_palettes_are_fitted_too) {
  Memory memory(chorus::make_backend("cpu", {1}));
  const Collection known = {icon("camera"), icon("folder")}, unseen = {icon("key")};
  const chorus::SirenConfig config{
      .width = 32, .latent = 8, .head = chorus::Head::palette, .palette_size = 6};
  Model model = chorus::make_model(memory, config, chorus::encoded(known), 1);
  chorus::initialize_palettes(model, known);
  chorus::Trainer trainer(memory, model, known, {});
  for (int i = 0; i < 100; ++i) trainer.step(i / 100.0);
  const auto fitted = chorus::Fitter(memory, model, quick).fit(unseen);
  BOOST_TEST(fitted[0].palette.size() == 18U);
  FitConfig latent_only = quick;
  latent_only.shift_steps = 0;
  const auto plain = chorus::Fitter(memory, model, latent_only).fit(unseen);
  const auto score = [&](const std::vector<ImageCode>& codes) {
    return psnr(memory, chorus::with_images(memory, model, unseen, codes), unseen, 0);
  };
  BOOST_TEST(score(fitted) > score(plain) + 1);
  auto black = fitted;
  black[0].palette.assign(18, 0.0F);
  BOOST_TEST(score(fitted) > score(black) + 1);
}

BOOST_AUTO_TEST_CASE(pixels_count_as_areas_where_they_did_in_training) {
  Memory memory(chorus::make_backend("cpu", {1}));
  const Collection known = {icon("camera"), icon("folder"), icon("settings"), icon("search")};
  const Collection unseen = {icon("key"), icon("briefcase")};
  const chorus::SirenConfig network{
      .width = 64, .latent = 16, .head = chorus::Head::palette, .palette_size = 6};
  Model model = chorus::make_model(memory, network, chorus::encoded(known), 1);
  chorus::initialize_palettes(model, known);
  constexpr int steps = 1000;
  chorus::Trainer trainer(memory, model, known, {.pixels = {.areas = {.from = 0.75}}});
  for (int i = 0; i < steps; ++i) trainer.step(i / double{steps});
  BOOST_TEST_REQUIRE(model.samples_per_axis == 3U);
  const auto mean_score = [&](double area_from) {
    FitConfig config{.latent_steps = 50, .shift_steps = 1000};
    config.pixels.areas.from = area_from;
    const auto fitted = chorus::Fitter(memory, model, config).fit(unseen);
    const Model found = chorus::with_images(memory, model, unseen, fitted);
    return (psnr(memory, found, unseen, 0) + psnr(memory, found, unseen, 1)) / 2;
  };
  BOOST_TEST(mean_score(0.75) > mean_score(1) + 1);
  // This would be a network that was trained on points.
  model.samples_per_axis = 1;
  BOOST_TEST(mean_score(0.75) == mean_score(1));
}

BOOST_AUTO_TEST_CASE(every_setting_changes_what_is_fitted) {
  Memory memory(chorus::make_backend("cpu", {1}));
  const Collection known = {icon("camera"), icon("folder")}, unseen = {icon("key")};
  const chorus::SirenConfig network{.width = 16,
                                    .hidden_layers = 1,
                                    .latent = 4,
                                    .head = chorus::Head::palette,
                                    .palette_size = 4};
  Model model = chorus::make_model(memory, network, chorus::encoded(known), 1);
  chorus::initialize_palettes(model, known);
  model.samples_per_axis = 3;
  const auto fitted = [&](const FitConfig& config) {
    const ImageCode code = chorus::Fitter(memory, model, config).fit(unseen)[0];
    return std::vector{code.latent, code.palette, code.shifts};
  };
  // All kinds of pixels have their turn within a few steps.
  FitConfig config{.latent_steps = 8, .shift_steps = 8, .warm_up = 0.5};
  config.pixels.areas.from = 0.5;
  config.pixels.blended.from = 0.25;
  const auto usual = fitted(config);
  each_setting(config, [&](const char* name, auto& value) {
    const auto before = value;
    if constexpr (std::is_floating_point_v<std::remove_reference_t<decltype(value)>>)
      value /= 2;
    else
      ++value;
    BOOST_TEST((fitted(config) != usual), name);
    value = before;
  });
  BOOST_TEST((fitted(config) == usual));
}

BOOST_AUTO_TEST_CASE(refuses_what_makes_no_sense) {
  Setting s;
  FitConfig none = quick;
  none.latent_steps = 0;
  BOOST_CHECK_THROW(chorus::Fitter(s.memory, s.model, none), std::invalid_argument);
  BOOST_CHECK_THROW(chorus::with_images(s.memory, s.model, s.unseen, {}), std::invalid_argument);
}

BOOST_AUTO_TEST_CASE(held_out_images_follow_the_seed) {
  const auto count = [](const std::vector<bool>& mask) {
    return std::count(mask.begin(), mask.end(), true);
  };
  const auto mask = chorus::held_out_images(1, 100, 0.25);
  BOOST_TEST(count(mask) == 25);
  BOOST_TEST((mask == chorus::held_out_images(1, 100, 0.25)));
  BOOST_TEST((mask != chorus::held_out_images(2, 100, 0.25)));
  BOOST_TEST(count(chorus::held_out_images(1, 100, 0)) == 0);
  BOOST_TEST(count(chorus::held_out_images(1, 3, 0.99)) == 2);  // one is left to train on
  BOOST_TEST(chorus::held_out_images(1, 0, 0.5).empty());
  BOOST_CHECK_THROW(chorus::held_out_images(1, 10, 1), std::invalid_argument);
  // Every place gets its turn.
  std::set<std::size_t> seen;
  for (std::uint64_t seed = 0; seed < 60; ++seed) {
    const auto held_out = chorus::held_out_images(seed, 10, 0.2);
    for (std::size_t i = 0; i < 10; ++i)
      if (held_out[i]) seen.insert(i);
  }
  BOOST_TEST(seen.size() == 10U);
}

BOOST_AUTO_TEST_SUITE_END()
