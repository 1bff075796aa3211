// Pictures of drawings, which show a training what lies between the pixels of its images.

#include <boost/test/unit_test.hpp>
#include <stdexcept>
#include <string>
#include <vector>

#include "backends_under_test.hpp"
#include "chorus/render.hpp"
#include "metrics.hpp"
#include "training.hpp"

using namespace chorus;
using namespace chorus::test;

namespace {

constexpr PixelSize small = {8, 8}, large = {32, 32};
constexpr std::size_t fine_stripes = 8;  ///< two in each pixel of the small images: grey there

/// Level stripes in the right half, on grey.
Image striped(PixelSize size) {
  Image image(size.width, size.height);
  for (std::size_t y = 0; y < size.height; ++y)
    for (std::size_t x = 0; x < size.width; ++x) {
      const std::size_t stripe = y * 2 * fine_stripes / size.height;
      const bool is_striped = size == large && 2 * x >= size.width;
      for (std::size_t c = 0; c < 3; ++c)
        image.pixel(x, y)[c] = !is_striped ? 0.5F : stripe % 2 == 0 ? 0.8F : 0.2F;
    }
  return image;
}

std::vector<NamedImage> two(const Image& image) { return {{"a", image}, {"b", image}}; }

TrainConfig taught_from(double from) {
  return {.taught = {.from = from, .flat_pixels = 4, .edge_pixels = 12}};
}

Training striped_training(const TrainConfig& config) {
  return {make_backend("cpu", {.threads = 1}),
          {.width = 32, .hidden_layers = 2, .latent = 8, .omega_first = 30},
          two(striped(small)),
          config};
}

/// Of the first image, at the size of the pictures.
double psnr_between_pixels_db(Training& training) {
  Renderer renderer(training.memory, training.model);
  return psnr_db(mean_squared_error(renderer.render(0, {large, 1}), striped(large)));
}

}  // namespace

BOOST_AUTO_TEST_SUITE(teaching)

BOOST_AUTO_TEST_CASE(pictures_teach_what_no_pixel_shows) {
  Training taught = striped_training(taught_from(0.2)), alone = striped_training(taught_from(0.2));
  taught.trainer.teach(two(striped(large)));
  for (Training* each : {&taught, &alone}) each->run(600, 600);
  BOOST_TEST(psnr_between_pixels_db(alone) < 16);  // grey stripes have 13.6 dB
  BOOST_TEST(psnr_between_pixels_db(taught) > 25);
  BOOST_TEST(taught.mean_psnr_db() > 25);
}

BOOST_AUTO_TEST_CASE(without_pictures_nothing_is_taught) {
  Training never = striped_training(taught_from(1)), later = striped_training(taught_from(0.5));
  for (Training* each : {&never, &later}) each->run(40, 40);
  BOOST_TEST(same(never.save(), later.save()));
}

BOOST_AUTO_TEST_CASE(before_its_time_a_picture_is_not_read) {
  Training taught = striped_training(taught_from(0.5)), alone = striped_training(taught_from(0.5));
  taught.trainer.teach(two(striped(large)));
  for (Training* each : {&taught, &alone}) each->run(20, 40);
  BOOST_TEST(same(taught.save(), alone.save()));
  for (Training* each : {&taught, &alone}) each->run(1, 40);
  BOOST_TEST(!same(taught.save(), alone.save()));
}

BOOST_AUTO_TEST_CASE(held_out_pixels_of_an_image_are_not_taught) {
  const auto trained = [](const std::vector<NamedImage>& pictures) {
    Memory memory(make_backend("cpu", {.threads = 1}));
    Model model = fresh_model(memory, {.width = 16, .hidden_layers = 1, .latent = 4}, icons());
    model.split = {.seed = 3, .pixels = 0.3};
    Trainer trainer(memory, model, icons(), taught_from(0));
    trainer.teach(pictures);
    for (int step = 0; step < 20; ++step) trainer.step(step / 20.0);
    return to_tensor_file(model);
  };
  std::vector<NamedImage> poisoned = icons(), other = icons();
  for (std::size_t i = 0; i < poisoned.size(); ++i) {
    Image& image = poisoned[i].image;
    const std::vector<bool> mask = held_out_pixels({.seed = 3, .pixels = 0.3}, i, image.size());
    for (std::size_t p = 0; p < mask.size(); ++p)
      (mask[p] ? image : other[i].image).values[3 * p] = static_cast<float>(p % 5) / 5;
  }
  BOOST_TEST(same(trained(icons()), trained(poisoned)));
  BOOST_TEST(!same(trained(icons()), trained(other)));
}

BOOST_AUTO_TEST_CASE(pictures_of_other_images_are_refused) {
  Training training = striped_training(taught_from(0.5));
  std::vector<NamedImage> pictures = two(striped(large));
  pictures.pop_back();
  BOOST_CHECK_THROW(training.trainer.teach(pictures), std::invalid_argument);
  const Image with_alpha(4, 4, 0.0F, 4);
  BOOST_CHECK_THROW(training.trainer.teach(two(with_alpha)), std::invalid_argument);
}

BOOST_AUTO_TEST_SUITE_END()
