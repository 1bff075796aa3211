#include <boost/test/unit_test.hpp>
#include <cmath>
#include <cstddef>
#include <stdexcept>
#include <vector>

#include "alpha.hpp"
#include "backends_under_test.hpp"
#include "chorus/fit.hpp"
#include "chorus/render.hpp"
#include "metrics.hpp"
#include "training.hpp"

using namespace chorus;
using namespace chorus::test;

namespace {

/// Six transparent icons at 24 pixels.
const std::vector<NamedImage>& transparent_icons() {
  static const std::vector<NamedImage> images = [] {
    auto all = load_collection(CHORUS_DATA_DIR "/transparent", {.size = 24});
    std::vector<NamedImage> some;
    for (std::size_t k = 0; k < 6; ++k) some.push_back(all[k * all.size() / 6]);
    return some;
  }();
  return images;
}

SirenConfig network(Head head, PaletteFields fields = PaletteFields::constant) {
  return {.width = 32,
          .hidden_layers = 2,
          .latent = 16,
          .channels = 4,
          .omega_first = 15,
          .head = head,
          .palette_size = 8,
          .palette_fields = fields};
}

double trained_db(const SirenConfig& config) {
  Training training(make_backend("cpu", {.workers = 1}), config, transparent_icons(),
                    {.pixels = {.areas = {.from = 0.75}}});
  training.run(400, 400);
  return training.mean_psnr_db();
}

}  // namespace

BOOST_AUTO_TEST_SUITE(alpha_training)

BOOST_AUTO_TEST_CASE(every_head_learns_alpha) {
  BOOST_TEST(trained_db(network(Head::rgb)) > 21);
  BOOST_TEST(trained_db(network(Head::palette)) > 23);
  BOOST_TEST(trained_db(network(Head::palette, PaletteFields::affine)) > 23);
}

BOOST_AUTO_TEST_CASE(nothing_stays_nothing) {
  Training training(make_backend("cpu", {.workers = 1}), network(Head::palette),
                    transparent_icons(), {});
  training.run(400, 400);
  Renderer renderer(training.memory, training.model);
  double alpha = 0;
  for (std::size_t i = 0; i < training.images.size(); ++i)
    alpha += color_at(quantized(renderer.render(i, {{24, 24}})), 0)[3];
  BOOST_TEST(alpha / static_cast<double>(training.images.size()) < 2.0 / 255);
}

BOOST_AUTO_TEST_CASE(opaque_images_do_not_fit_a_network_with_alpha) {
  Memory memory(make_backend("reference"));
  std::vector<NamedImage> opaque = {{"white", Image(8, 8, 1.0F)}};
  Model model = make_model(memory, network(Head::rgb), encoded(opaque), 1);
  BOOST_CHECK_THROW(Trainer(memory, model, opaque, {}), std::invalid_argument);
  Fitter fitter(memory, model, {});
  BOOST_CHECK_THROW(fitter.fit(opaque), std::invalid_argument);
}

BOOST_AUTO_TEST_CASE(unseen_images_with_alpha_are_fitted) {
  Training training(make_backend("cpu", {.workers = 1}), network(Head::palette),
                    transparent_icons(), {});
  training.run(300, 300);
  const std::vector<NamedImage> unseen = {
      load_collection(CHORUS_DATA_DIR "/transparent", {.size = 24}).back()};
  const auto codes =
      Fitter(training.memory, training.model, {.latent_steps = 60, .shift_steps = 60}).fit(unseen);
  const Model fitted = with_images(training.memory, training.model, unseen, codes);
  BOOST_TEST(mean_psnr_db(training.memory, fitted, unseen) > 17);
}

BOOST_AUTO_TEST_SUITE_END()
