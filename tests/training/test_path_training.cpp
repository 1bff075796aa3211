// Frames of paths between images, which a training teaches.

#include <boost/test/unit_test.hpp>
#include <cmath>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "backends_under_test.hpp"
#include "chorus/render.hpp"
#include "metrics.hpp"
#include "training.hpp"

using namespace chorus;
using namespace chorus::test;

namespace {

constexpr PixelSize size = {16, 16};

/// A dark bar, 4 pixels wide.
Image bar_at(std::size_t left) {
  Image image(size.width, size.height, 0.9F);
  for (std::size_t y = 0; y < size.height; ++y)
    for (std::size_t x = left; x < left + 4; ++x)
      for (std::size_t c = 0; c < 3; ++c) image.pixel(x, y)[c] = 0.1F;
  return image;
}

/// A bar at the left, one at the right, and one that has no part in the path.
std::vector<NamedImage> bars() {
  return {{"left", bar_at(1)}, {"right", bar_at(11)}, {"other", bar_at(5)}};
}

/// The bar moves from the first image to the second.
std::vector<PathFrame> frames() {
  std::vector<PathFrame> frames;
  for (std::size_t k = 1; k < 10; ++k)
    frames.push_back({bar_at(1 + k), 0, 1, static_cast<float>(k) / 10});
  return frames;
}

TrainConfig config(std::size_t frames_per_step = 5) {
  TrainConfig config{.pixels = {.areas = {.from = 0.8}}};
  config.paths.frames_per_step = frames_per_step;
  return config;
}

Training training_on(const std::string& backend, std::size_t workers, const SirenConfig& network,
                     const TrainConfig& settings = config()) {
  return {make_backend(backend, {.threads = 1, .workers = workers}), network, bars(), settings};
}

double psnr_on_line_db(Training& training, double t, const Image& truth) {
  Renderer renderer(training.memory, training.model);
  const ImageCode code = lerp(renderer.code(0), renderer.code(1), static_cast<float>(t));
  return psnr_db(mean_squared_error(quantized(renderer.render(code, {size})), truth));
}

}  // namespace

BOOST_AUTO_TEST_SUITE(path_training)

BOOST_AUTO_TEST_CASE(the_line_between_two_images_draws_the_frames) {
  for (const std::string& backend : backends_under_test())
    for (const SirenConfig& network : {palette_network(), palette_network(PaletteSource::predicted),
                                       SirenConfig{.width = 32, .hidden_layers = 2, .latent = 8}})
      BOOST_TEST_CONTEXT(backend << ", " << name(network.head)) {
        Training taught = training_on(backend, 2, network),
                 plain = training_on(backend, 2, network);
        taught.trainer.teach_paths(frames());
        for (Training* each : {&taught, &plain}) each->run(400, 400);
        BOOST_TEST(psnr_on_line_db(taught, 0.5, bar_at(6)) >
                   psnr_on_line_db(plain, 0.5, bar_at(6)) + 4);
        BOOST_TEST(taught.mean_psnr_db() > 18);
      }
}

BOOST_AUTO_TEST_CASE(without_frames_nothing_changes) {
  Training never = training_on("cpu", 2, palette_network(), {.pixels = {.areas = {.from = 0.8}}}),
           none = training_on("cpu", 2, palette_network());
  for (Training* each : {&never, &none}) each->run(20, 20);
  BOOST_TEST(same(never.save(), none.save()));
}

BOOST_AUTO_TEST_CASE(bits_depend_on_workers_and_not_on_threads) {
  const auto trained = [](std::size_t threads, std::size_t workers) {
    Training training(make_backend("cpu", {.threads = threads, .workers = workers}),
                      palette_network(), bars(), config());
    training.trainer.teach_paths(frames());
    training.run(30, 30);
    return training.save();
  };
  BOOST_TEST(same(trained(1, 3), trained(2, 3)));
  BOOST_TEST(!same(trained(1, 3), trained(1, 1)));
}

BOOST_AUTO_TEST_CASE(workers_without_images_take_frames) {
  Training training = training_on("cpu", 5, palette_network());
  training.trainer.teach_paths(frames());
  training.run(400, 400);
  BOOST_TEST(training.mean_psnr_db() > 18);
}

BOOST_AUTO_TEST_CASE(a_resumed_training_equals_an_uninterrupted_one) {
  Training whole = training_on("cpu", 2, palette_network());
  whole.trainer.teach_paths(frames());
  whole.run(17, 40);
  const TensorFile saved = whole.save();
  whole.run(23, 40);
  Training resumed(make_backend("cpu", {.threads = 1, .workers = 2}), saved, bars(), config());
  resumed.trainer.teach_paths(frames());
  resumed.run(23, 40);
  BOOST_TEST(same(whole.save(), resumed.save()));
}

BOOST_AUTO_TEST_CASE(a_device_that_replays_its_steps_learns_the_same) {
  // Steps are run, recorded and replayed in each phase; the reference does not record.
  const auto trained = [](const std::string& backend) {
    Training training = training_on(backend, 2, palette_network());
    training.trainer.teach_paths(frames());
    training.run(40, 40);
    return psnr_on_line_db(training, 0.5, bar_at(6));
  };
  BOOST_TEST(std::abs(trained(device_under_test()) - trained("reference")) < 0.5);
}

BOOST_AUTO_TEST_CASE(the_weight_of_a_frame_decides_between_lines_and_images) {
  TrainConfig only_frames = config();
  only_frames.paths.weight = 1e6F;
  Training heavy = training_on("cpu", 1, palette_network(), only_frames),
           light = training_on("cpu", 1, palette_network());
  for (Training* each : {&heavy, &light}) each->trainer.teach_paths(frames());
  for (Training* each : {&heavy, &light}) each->run(200, 200);
  BOOST_TEST(psnr_on_line_db(heavy, 0.5, bar_at(6)) > psnr_on_line_db(light, 0.5, bar_at(6)) - 1);
  BOOST_TEST(heavy.mean_psnr_db() < light.mean_psnr_db());
}

BOOST_AUTO_TEST_CASE(what_cannot_be_taught_is_refused) {
  const auto refused = [](const TrainConfig& settings, const std::vector<PathFrame>& given) {
    Training training = training_on("cpu", 1, palette_network(), settings);
    BOOST_CHECK_THROW(training.trainer.teach_paths(given), std::invalid_argument);
  };
  TrainConfig some_images = config();
  some_images.images_per_step = 2;
  refused(some_images, frames());
  refused(config(), {{bar_at(3), 0, 3, 0.5F}});
  refused(config(), {{bar_at(3), 0, 1, 1.5F}});
  refused(config(), {{Image(4, 4, 0.0F, 4), 0, 1, 0.5F}});
  Training twice = training_on("cpu", 1, palette_network());
  twice.trainer.teach_paths(frames());
  BOOST_CHECK_THROW(twice.trainer.teach_paths(frames()), std::invalid_argument);
}

BOOST_AUTO_TEST_SUITE_END()
