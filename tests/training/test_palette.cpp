#include "palette.hpp"

#include <algorithm>
#include <bit>
#include <boost/test/unit_test.hpp>
#include <cmath>
#include <cstdint>
#include <map>
#include <stdexcept>
#include <string>
#include <vector>

#include "backends_under_test.hpp"
#include "chorus/error.hpp"
#include "chorus/ops.hpp"
#include "chorus/pictures.hpp"
#include "chorus/render.hpp"
#include "random.hpp"
#include "training.hpp"
#include "training_plan.hpp"

using namespace chorus;
using namespace chorus::test;

namespace {

void paint(Image& image, std::size_t first, std::size_t count, const Rgb& color) {
  for (std::size_t p = first; p < first + count; ++p)
    std::copy(color.begin(), color.end(), &image.values[3 * p]);
}

Rgb entry(const std::vector<float>& palette, std::size_t entries, std::size_t k,
          std::size_t term = 0) {
  return {palette.at(term * 3 * entries + k), palette.at(term * 3 * entries + entries + k),
          palette.at(term * 3 * entries + 2 * entries + k)};
}

bool near(const Rgb& a, const Rgb& b, double tolerance = 1e-6) {
  double largest = 0;
  for (std::size_t c = 0; c < 3; ++c) largest = std::max(largest, std::abs(double{a[c]} - b[c]));
  return largest <= tolerance;
}

const Rgb white = {1, 1, 1}, red = {1, 0, 0}, blue = {0, 0, 1}, green = {0, 0.6F, 0},
          black = {0, 0, 0};

/// 20 x 20, white around a square of other colours: red, blue, and a little green and black.
Image sample_image() {
  Image image(20, 20, 1.0F);
  for (std::size_t y = 4; y < 16; ++y) paint(image, y * 20 + 4, 12, y < 10 ? red : blue);
  paint(image, 10 * 20 + 8, 3, green);
  paint(image, 12 * 20 + 8, 1, black);
  return image;
}

Training training_of(const SirenConfig& network, const TrainConfig& config = {},
                     const std::string& backend = "cpu") {
  return {make_backend(backend, {.threads = 1}), network, icons(), config};
}

/// Gradients from left to right in all pixels, of other colours in each image.
std::vector<NamedImage> gradients() {
  std::vector<NamedImage> images;
  for (int i = 0; i < 5; ++i) {
    Image image(24, 24, 1.0F);
    for (std::size_t y = 0; y < 24; ++y)
      for (std::size_t x = 0; x < 24; ++x) {
        const float t = static_cast<float>(x) / 23, v = static_cast<float>(y) / 23;
        paint(image, y * 24 + x, 1,
              x < 12 ? Rgb{t, v, 0.1F * static_cast<float>(i)} : Rgb{1 - v, 0.3F, t});
      }
    images.push_back({std::to_string(i), image});
  }
  return images;
}

std::vector<NamedImage> noise() {
  RandomStream random(1, Stream{0});
  std::vector<NamedImage> images(4, {"", Image(24, 24)});
  for (NamedImage& named : images)
    for (float& value : named.image.values) value = random.uniform(0, 1);
  return images;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(palette)

BOOST_AUTO_TEST_CASE(palettes_begin_with_the_background_then_common_colours) {
  const auto palette = initial_palette(sample_image(), {}, 5, PaletteFields::constant);
  BOOST_TEST(palette.size() == 15U);
  const Rgb green_8bit = {0, 153 / 255.0F, 0};
  const std::vector<Rgb> expected = {white, red, blue, green_8bit, black};
  for (std::size_t k = 0; k < expected.size(); ++k)
    BOOST_TEST(near(entry(palette, 5, k), expected[k]), k);
}

BOOST_AUTO_TEST_CASE(fewer_entries_are_the_first_of_more) {
  const auto few = initial_palette(sample_image(), {}, 2, PaletteFields::constant);
  BOOST_TEST(near(entry(few, 2, 0), white));
  BOOST_TEST(near(entry(few, 2, 1), red));
}

BOOST_AUTO_TEST_CASE(a_palette_may_be_ordered_like_another) {
  const auto palette = [](std::span<const float> like) {
    return initial_palette(sample_image(), {}, 4, PaletteFields::constant, like);
  };
  const std::vector<float> free = palette({});
  // Entry k of the reversed palette is near entry 4 - k, but for the first.
  std::vector<float> reversed = free;
  for (std::size_t c = 0; c < 3; ++c)
    std::reverse(reversed.begin() + static_cast<std::ptrdiff_t>(4 * c + 1),
                 reversed.begin() + static_cast<std::ptrdiff_t>(4 * c + 4));
  std::vector<float> noisy = reversed;
  for (float& value : noisy) value += 0.1F;
  BOOST_TEST(palette(noisy) == reversed, boost::test_tools::per_element());
  BOOST_TEST(palette(free) == free, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(missing_colours_are_the_mean) {
  const auto palette = initial_palette(Image(4, 4, 0.4F), {}, 3, PaletteFields::constant);
  for (std::size_t k = 0; k < 3; ++k)
    BOOST_TEST(near(entry(palette, 3, k), {0.4F, 0.4F, 0.4F}, 1e-5));
}

BOOST_AUTO_TEST_CASE(held_out_pixels_are_not_in_palettes) {
  Image image = sample_image();
  std::vector<bool> held_out(image.pixels());
  for (std::size_t p = 0; p < held_out.size(); p += 3) {
    held_out[p] = true;
    paint(image, p, 1, {0.3F, 0.9F, 0.4F});
  }
  for (const PaletteFields fields : {PaletteFields::constant, PaletteFields::affine}) {
    const auto palette = initial_palette(image, held_out, 5, fields);
    for (std::size_t k = 0; k < 5; ++k)
      BOOST_TEST(!near(entry(palette, 5, k), {0.3F, 0.9F, 0.4F}, 0.1));
  }
}

BOOST_AUTO_TEST_CASE(affine_fields_follow_gradients) {
  // p + x gx with p = (.5, .5, 0), gx = (.5, 0, .2) everywhere.
  Image image(24, 24);
  for (std::size_t p = 0; p < image.pixels(); ++p) {
    const float x = (2 * static_cast<float>(p % 24) + 1) / 24 - 1;
    paint(image, p, 1, {0.5F + 0.4F * x, 0.5F, 0.3F - 0.2F * x});
  }
  const auto palette = initial_palette(image, {}, 1, PaletteFields::affine);
  BOOST_TEST(palette.size() == 9U);
  BOOST_TEST(near(entry(palette, 1, 0, 0), {0.5F, 0.5F, 0.3F}, 0.01));
  BOOST_TEST(near(entry(palette, 1, 0, 1), {0.4F, 0, -0.2F}, 0.01));
  BOOST_TEST(near(entry(palette, 1, 0, 2), {0, 0, 0}, 0.01));
}

BOOST_AUTO_TEST_CASE(the_training_pixels_say_which_head_suits) {
  const PaletteFit flat = fit_palettes(icons(), {}), slopes = fit_palettes(gradients(), {}),
                   random = fit_palettes(noise(), {});
  BOOST_TEST(flat.constant_fraction > 0.8);
  BOOST_TEST(slopes.constant_fraction < 0.5);
  BOOST_TEST(random.drawn_fraction == 0);
  BOOST_TEST(slopes.drawn_fraction > 0.8);
  BOOST_TEST(flat.entries >= 12U);
  BOOST_TEST(fit_palettes(icons(), {}, 5).entries == 5U);
}

BOOST_AUTO_TEST_CASE(palettes_that_a_fit_has_found_are_those_found_anew) {
  Memory memory(make_backend("reference"));
  const PaletteFit fit = fit_palettes(icons(), {}, palette_network().palette_size);
  BOOST_TEST(fit.palettes.size() == icons().size());
  for (const PaletteFields fields : {PaletteFields::constant, PaletteFields::affine}) {
    const SirenConfig config = palette_network(PaletteSource::free, fields);
    Model model = make_model(memory, config, encoded(icons()), 1);
    initialize_palettes(model, icons(), fit);
    const Model anew = fresh_model(memory, config, icons());
    BOOST_TEST(to_host(model.palettes) == to_host(anew.palettes));
  }
}

BOOST_AUTO_TEST_CASE(predicted_palettes_start_near_the_initial_ones) {
  Memory memory(make_backend("reference"));
  const Model own = fresh_model(memory, palette_network(), icons());
  const Model predicted = fresh_model(memory, palette_network(PaletteSource::predicted), icons());
  BOOST_TEST(!predicted.palettes);
  const std::vector<float> expected = to_host(own.palettes);
  Tape tape(memory);
  const auto parameters = predicted.siren.on_tape(tape);
  const Var found = linear(tape.constant(predicted.latents), parameters[parameters.size() - 2],
                           parameters.back());
  const std::vector<float> values = to_host(found.value());
  double error = 0;
  for (std::size_t i = 0; i < expected.size(); ++i)
    error += std::pow(values[i] - expected[i], 2) / static_cast<double>(expected.size());
  BOOST_TEST(std::sqrt(error) < 0.12);
}

BOOST_AUTO_TEST_CASE(training_with_palettes_reaches_what_a_broken_gradient_would_not) {
  for (const PaletteSource source : {PaletteSource::free, PaletteSource::predicted})
    for (const PaletteFields fields : {PaletteFields::constant, PaletteFields::affine})
      for (const double area_from : {1.0, 0.5}) {
        Training training = training_of(palette_network(source, fields),
                                        {.pixels = {.areas = {.from = area_from}}});
        const double before_db = training.mean_psnr_db();
        training.run(400, 400);
        BOOST_TEST(before_db < 14);
        BOOST_TEST(training.mean_psnr_db() > (area_from < 1 ? 21.4 : 22.0));
        BOOST_TEST(training.model.samples_per_axis == (area_from < 1 ? 3U : 1U));
      }
}

BOOST_AUTO_TEST_CASE(assignment_gives_pixels_to_the_entries_of_their_colour) {
  const auto mean_loss = [](Training& training) {
    Tape tape(training.memory);
    const Siren& siren = training.model.siren;
    const std::vector<Var> parameters = siren.on_tape(tape);
    double total = 0;
    for (std::size_t i = 0; i < icons().size(); ++i) {
      const Image& image = icons()[i].image;
      std::vector<float> centres;
      for (std::size_t pixel = 0; pixel < image.pixels(); ++pixel)
        for (const std::size_t at : {pixel % image.width, pixel / image.width})
          centres.push_back((2 * static_cast<float>(at) + 1) / 24 - 1);
      const auto of_image = [&](const Tensor& all) { return tape.constant(all.row_range(i, 1)); };
      const Conditioned conditioned = siren.condition(parameters, of_image(training.model.latents),
                                                      of_image(training.model.palettes));
      const Var coordinates = tape.constant(training.memory.from(centres, image.pixels(), 2));
      const Var target = tape.constant(training.memory.from(image.values, image.pixels(), 3));
      const Var output = siren.output(parameters, coordinates, conditioned);
      const Var loss = siren.assignment_loss(output, coordinates, conditioned, target);
      total += to_host(sum(loss).value()).front();
    }
    return total / static_cast<double>(icons().size() * 24 * 24);
  };
  Training with = training_of(palette_network(), {.assignment = {.weight = 0.1F}});
  Training without = training_of(palette_network(), {.assignment = {.weight = 0}});
  const double before = mean_loss(with);
  with.run(200, 400);
  without.run(200, 400);
  const double after = mean_loss(with), otherwise = mean_loss(without);
  BOOST_TEST(after < 0.9 * before);
  BOOST_TEST(after < 0.8 * otherwise);
}

BOOST_AUTO_TEST_CASE(assignment_ends_where_it_should) {
  Training never = training_of(palette_network(), {.assignment = {.weight = 0}});
  Training over = training_of(palette_network(), {.assignment = {.until = 0}});
  never.run(10, 20);
  over.run(10, 20);
  BOOST_TEST(same(never.save(), over.save()));
  Training first_half = training_of(palette_network(), {.assignment = {.until = 0.5}});
  first_half.run(10, 20);
  BOOST_TEST(!same(never.save(), first_half.save()));
}

BOOST_AUTO_TEST_CASE(free_palettes_are_learned) {
  Training training = training_of(palette_network());
  const std::vector<float> before = to_host(training.model.palettes);
  training.run(1, 100);
  const std::vector<float> after = to_host(training.model.palettes);
  double largest = 0;
  for (std::size_t i = 0; i < before.size(); ++i)
    largest = std::max(largest, std::abs(double{after[i]} - before[i]));
  const TrainConfig config;
  const double rate =
      config.rates.base * config.rates.palette * schedule_factor(0, config.schedule.warm_up);
  BOOST_TEST(std::abs(largest / rate - 1) < 0.02);
}

BOOST_AUTO_TEST_CASE(a_resumed_training_equals_an_uninterrupted_one) {
  for (const std::string& backend : backends_under_test()) {
    const TrainConfig config{.pixels = {.areas = {.from = 0.5}}, .images_per_step = 4};
    Training whole = training_of(palette_network(), config, backend);
    Training first = training_of(palette_network(), config, backend);
    whole.run(30, 40);
    first.run(17, 40);
    Training second(make_backend(backend, {.threads = 1}), first.save(), icons(), config);
    second.run(13, 40);
    BOOST_TEST(same(second.save(), whole.save()), backend);
  }
}

BOOST_AUTO_TEST_CASE(checked_training_finds_no_disagreement) {
  for (const PaletteFields fields : {PaletteFields::constant, PaletteFields::affine}) {
    Training training = training_of(palette_network(PaletteSource::free, fields),
                                    {.pixels = {.areas = {.from = 0.5}}}, "check:cpu,reference");
    BOOST_CHECK_NO_THROW(training.run(20, 20));
  }
}

BOOST_AUTO_TEST_CASE(the_model_file_keeps_head_and_palettes) {
  for (const PaletteSource source : {PaletteSource::free, PaletteSource::predicted})
    for (const PaletteFields fields : {PaletteFields::constant, PaletteFields::affine}) {
      Training training =
          training_of(palette_network(source, fields), {.pixels = {.areas = {.from = 0}}});
      training.run(2, 10);
      const TensorFile file = to_tensor_file(training.model);
      Memory memory(make_backend("reference"));
      const Model loaded = from_tensor_file(memory, file, "file");
      const SirenConfig& config = loaded.siren.config();
      BOOST_TEST((config.head == Head::palette && config.palette_source == source &&
                  config.palette_fields == fields && config.palette_size == 6));
      BOOST_TEST(loaded.samples_per_axis == 3U);
      BOOST_TEST(same(to_tensor_file(loaded), file));
      BOOST_TEST((Renderer(memory, loaded).render(1, {{9, 7}}).values ==
                  Renderer(memory, from_tensor_file(memory, file, "")).render(1, {{9, 7}}).values));
    }
}

BOOST_AUTO_TEST_CASE(files_with_a_wrong_head_are_refused) {
  Training training = training_of(palette_network());
  const TensorFile good = to_tensor_file(training.model);
  const auto refuses = [&](const std::string& from, const std::string& to) {
    TensorFile file = good;
    std::string& configuration = file.metadata["configuration"];
    const std::size_t at = configuration.find(from);
    BOOST_REQUIRE(at != std::string::npos);
    configuration.replace(at, from.size(), to);
    BOOST_CHECK_THROW(from_tensor_file(training.memory, file, "file"), Error);
  };
  refuses(R"("head":"palette")", R"("head":"hydra")");
  refuses(R"("palette_size":6)", R"("palette_size":0)");
  refuses(R"("palette_size":6)", R"("palette_size":7)");
  refuses(R"("palette":"free")", R"("palette":"borrowed")");
  refuses(R"("palette_fields":"constant")", R"("palette_fields":"affine")");
  TensorFile file = good;
  file.tensors.erase("palettes");
  BOOST_CHECK_THROW(from_tensor_file(training.memory, file, "file"), Error);
}

BOOST_AUTO_TEST_CASE(codes_blend_latents_and_palettes) {
  Training training = training_of(palette_network());
  Renderer renderer(training.memory, training.model);
  const ImageCode a = renderer.code(0), b = renderer.code(1), middle = lerp(a, b, 0.5F);
  BOOST_TEST(middle.palette.size() == 18U);
  for (std::size_t i = 0; i < 18; ++i)
    BOOST_TEST(std::abs(middle.palette[i] - (a.palette[i] + b.palette[i]) / 2) < 1e-6);
  BOOST_TEST(
      (renderer.render(lerp(a, b, 0), {{6, 6}}).values == renderer.render(0, {{6, 6}}).values));
  BOOST_CHECK_THROW(renderer.render({a.latent, {}}, {{6, 6}}), std::invalid_argument);
}

BOOST_AUTO_TEST_SUITE_END()
