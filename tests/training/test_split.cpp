#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <cmath>
#include <limits>
#include <stdexcept>
#include <string>
#include <vector>

#include "backends_under_test.hpp"
#include "chorus/error.hpp"
#include "flat_pixels.hpp"
#include "matrix.hpp"
#include "metrics.hpp"
#include "sampler.hpp"
#include "training.hpp"

using namespace chorus;
using namespace chorus::test;

namespace {

double share(const std::vector<bool>& mask) {
  return static_cast<double>(std::count(mask.begin(), mask.end(), true)) /
         static_cast<double>(mask.size());
}

/// The images with something else at every held-out pixel.
std::vector<NamedImage> poisoned(std::vector<NamedImage> images, const Split& split, float value) {
  for (std::size_t i = 0; i < images.size(); ++i) {
    Image& image = images[i].image;
    const auto mask = held_out_pixels(split.seed, i, image.width, image.height, split.pixels);
    for (std::size_t p = 0; p < mask.size(); ++p)
      if (mask[p]) std::fill_n(&image.values[3 * p], 3, value);
  }
  return images;
}

/// Everything a training leaves behind, after a few steps.
TensorFile trained(const std::vector<NamedImage>& images, const Split& split, Head head) {
  Memory memory(make_backend("cpu", {.threads = 1}));
  const SirenConfig network{.width = 24,
                            .hidden_layers = 1,
                            .latent = 6,
                            .head = head,
                            .palette_size = 6,
                            .palette_fields = PaletteFields::affine};
  Model model = make_model(memory, network, encoded(images), 1);
  model.split = split;
  initialize_palettes(model, images);
  Trainer trainer(memory, model, images, {});
  for (int step = 0; step < 20; ++step) trainer.step(step / 20.0);
  TensorFile file = to_tensor_file(model);
  trainer.save_state(file);
  return file;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(split)

BOOST_AUTO_TEST_CASE(the_mask_is_a_pure_function_of_its_arguments) {
  const auto mask = held_out_pixels(7, 3, 48, 32, 0.2);
  BOOST_TEST(mask.size() == 48U * 32U);
  BOOST_TEST((held_out_pixels(7, 3, 48, 32, 0.2) == mask));
  BOOST_TEST((held_out_pixels(8, 3, 48, 32, 0.2) != mask));
  BOOST_TEST((held_out_pixels(7, 4, 48, 32, 0.2) != mask));
  // The numbers that models rely on.
  const std::vector<bool> first(mask.begin(), mask.begin() + 16);
  std::string text;
  for (const bool held_out : first) text += held_out ? '#' : '.';
  BOOST_TEST(text == ".........#......");
}

BOOST_AUTO_TEST_CASE(the_share_of_held_out_pixels_is_the_one_asked_for) {
  for (const double fraction : {0.05, 0.2, 0.5, 0.9}) {
    const double deviation = std::sqrt(fraction * (1 - fraction) / (200 * 300));
    BOOST_TEST(std::abs(share(held_out_pixels(1, 0, 200, 300, fraction)) - fraction) <
               4 * deviation);
  }
  BOOST_TEST(share(held_out_pixels(1, 0, 20, 30, 0)) == 0);
}

BOOST_AUTO_TEST_CASE(more_is_held_out_of_the_same_pixels) {
  const auto few = held_out_pixels(5, 2, 30, 30, 0.1), many = held_out_pixels(5, 2, 30, 30, 0.4);
  for (std::size_t p = 0; p < few.size(); ++p) BOOST_TEST((!few[p] || many[p]));
}

BOOST_AUTO_TEST_CASE(an_image_keeps_at_least_one_pixel) {
  for (std::size_t image = 0; image < 200; ++image)
    BOOST_TEST(share(held_out_pixels(1, image, 2, 1, 0.9)) < 1);
}

BOOST_AUTO_TEST_CASE(a_share_of_all_or_less_than_nothing_is_refused) {
  for (const double fraction : {1.0, -0.1, 2.0, std::nan("")})
    BOOST_CHECK_THROW(held_out_pixels(1, 0, 4, 4, fraction), std::invalid_argument);
}

BOOST_AUTO_TEST_CASE(flat_pixels_do_not_see_what_is_held_out) {
  Image image(4, 1, 0.5F);
  image.pixel(1, 0)[0] = 0.9F;
  const std::vector<bool> held_out = {false, true, false, false};
  BOOST_TEST((flat_pixels(image, held_out) == std::vector<bool>{true, false, true, true}));
}

BOOST_AUTO_TEST_CASE(held_out_pixels_do_not_reach_the_model) {
  const Split split{.seed = 9, .pixels = 0.3};
  for (const Head head : {Head::rgb, Head::palette}) {
    const TensorFile clean = trained(first_icons(5), split, head);
    for (const float garbage : {0.5F, -1e30F, std::numeric_limits<float>::quiet_NaN()})
      BOOST_TEST(same(trained(poisoned(first_icons(5), split, garbage), split, head), clean));
    // The pixels do matter where they are not held out.
    BOOST_TEST(!same(trained(poisoned(first_icons(5), split, 0.5F), {}, head),
                     trained(first_icons(5), {}, head)));
  }
}

BOOST_AUTO_TEST_CASE(held_out_pixels_do_not_choose_the_head) {
  const Split split{.seed = 9, .pixels = 0.3};
  const PaletteFit clean = fit_palettes(first_icons(5), split);
  for (const float garbage : {0.5F, std::numeric_limits<float>::quiet_NaN()}) {
    const PaletteFit found = fit_palettes(poisoned(first_icons(5), split, garbage), split);
    BOOST_TEST(found.entries == clean.entries);
    BOOST_TEST(found.constant_fraction == clean.constant_fraction);
    BOOST_TEST(found.drawn_fraction == clean.drawn_fraction);
  }
}

BOOST_AUTO_TEST_CASE(the_model_file_keeps_the_split) {
  Memory memory(make_backend("reference"));
  Model model =
      make_model(memory, {.width = 8, .hidden_layers = 1, .latent = 2}, {{"one", 3, 3}}, 1);
  const auto loaded = [&](TensorFile file) { return from_tensor_file(memory, file, "file").split; };
  TensorFile file = to_tensor_file(model);
  BOOST_TEST(loaded(file).pixels == 0);
  model.split = {.seed = ~std::uint64_t{0} - 4, .pixels = 0.2};
  file = to_tensor_file(model);
  BOOST_TEST(loaded(file).pixels == 0.2);
  BOOST_TEST(loaded(file).seed == model.split.seed);
  for (const char* wrong : {R"({"seed":1})", R"({"seed":1,"held_out_pixels":1})",
                            R"({"seed":1,"held_out_pixels":-0.5})", "nonsense"}) {
    file.metadata["split"] = wrong;
    BOOST_CHECK_THROW(loaded(file), Error);
  }
}

BOOST_AUTO_TEST_CASE(chosen_pixels_are_scored_alone) {
  for (const std::size_t width : {30, 7}) {
    const Image truth = poisoned({{"", Image(width, 20, 0.25F)}}, {3, 0.5}, 0.75F)[0].image;
    Image image = truth;
    const auto chosen = held_out_pixels(4, 0, width, 20, 0.3);
    for (std::size_t p = 0; p < chosen.size(); ++p)
      if (chosen[p]) image.values[3 * p + 1] += 0.1F;
    const double expected = 0.1 * 0.1 / 3;
    PixelScores on = score_pixels(image, truth, chosen);
    BOOST_TEST(on.pixels == static_cast<std::size_t>(std::ranges::count(chosen, true)));
    BOOST_TEST(std::abs(on.squared_error / static_cast<double>(on.pixels) - expected) < 1e-6);
    std::vector<bool> rest = chosen;
    rest.flip();
    const PixelScores off = score_pixels(image, truth, rest);
    BOOST_TEST(off.squared_error == 0);
    // Both parts together are the whole.
    BOOST_TEST(on.pixels + off.pixels == image.pixels());
    BOOST_TEST(on.ssim_pixels + off.ssim_pixels == (width < 11 ? width : width - 10) * 10);
    const double mean =
        (on.ssim + off.ssim) / static_cast<double>(on.ssim_pixels + off.ssim_pixels);
    BOOST_TEST(std::abs(mean - ssim(image, truth)) < 1e-9);
    BOOST_TEST(on.ssim / static_cast<double>(on.ssim_pixels) !=
               off.ssim / static_cast<double>(off.ssim_pixels));
  }
  BOOST_CHECK_THROW(score_pixels(Image(3, 3), Image(3, 3), std::vector<bool>(8)),
                    std::invalid_argument);
}

BOOST_AUTO_TEST_SUITE_END()
