#include <boost/test/unit_test.hpp>
#include <string>
#include <vector>

#include "chorus/model.hpp"
#include "decoded_pictures.hpp"
#include "model_file.hpp"
#include "tune.hpp"

using namespace chorus;
using namespace chorus::test;

namespace {

Model sample(Memory& memory, Head head, PaletteSource source = PaletteSource::free) {
  Model model = make_model(memory,
                           {.width = 24,
                            .hidden_layers = 2,
                            .latent = 16,
                            .channels = 4,
                            .conditioning = Conditioning::film,
                            .head = head,
                            .palette_size = 4,
                            .palette_source = source},
                           {{"a", 8, 8}, {"b", 8, 8}, {"c", 8, 8}}, 3);
  const auto fill_with_colors = [](const Tensor& tensor) {
    std::vector<float> colors(tensor.size());
    for (std::size_t i = 0; i < colors.size(); ++i) colors[i] = static_cast<float>(i * 5 % 7) / 6;
    from_host(colors, tensor);
  };
  if (model.palettes) fill_with_colors(model.palettes);
  for (const Parameter& parameter : model.siren.parameters())
    if (parameter.name.starts_with("palette.")) fill_with_colors(parameter.value);
  return model;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(tuning)

BOOST_AUTO_TEST_CASE(a_tuned_model_loses_less_when_it_is_stored) {
  Memory memory(make_backend("cpu", {.workers = 2}));
  for (const Head head : {Head::rgb, Head::palette}) {
    Model model = sample(memory, head);
    const std::vector<float> truth = pictures(memory, model);
    const auto loss = [&] {
      return mean_squared_difference(pictures(memory, as_stored(memory, model, Storage::int4)),
                                     truth);
    };
    const double before = loss();
    std::size_t steps = 0;
    tune(memory, model, {.storage = Storage::int4, .steps = 200},
         [&](std::size_t done) { BOOST_TEST_REQUIRE(done == ++steps); });
    BOOST_TEST(steps == 200U);
    BOOST_TEST(loss() < 0.5 * before, name(head) << ": " << before << " became " << loss());
  }
}

BOOST_AUTO_TEST_CASE(the_same_seed_gives_the_same_bits_and_another_seed_others) {
  Memory memory(make_backend("cpu", {.workers = 2}));
  const auto tuned = [&](std::uint64_t seed) {
    Model model = sample(memory, Head::palette, PaletteSource::predicted);
    tune(memory, model, {.storage = Storage::int6, .steps = 5, .seed = seed});
    return to_tensor_file(model).tensors;
  };
  const auto first = tuned(1);
  BOOST_TEST((tuned(1) == first));
  BOOST_TEST((tuned(2) != first));
}

BOOST_AUTO_TEST_CASE(collections_larger_than_a_step_are_tuned_in_turns) {
  Memory memory(make_backend("cpu", {.workers = 2}));
  Model model = sample(memory, Head::rgb);
  const std::vector<float> before = to_host(model.latents);
  tune(memory, model, {.storage = Storage::int8, .steps = 4, .images_per_step = 2});
  const std::vector<float> after = to_host(model.latents);
  for (std::size_t image = 0; image < 3; ++image)
    BOOST_TEST(before[16 * image] != after[16 * image], "image " << image << " was left out");
}

BOOST_AUTO_TEST_CASE(free_shifts_are_tuned_with_the_rest) {
  Memory memory(make_backend("cpu", {.workers = 2}));
  Model model = sample(memory, Head::rgb);
  std::vector<float> shifts(3 * shift_numbers(model.siren.config()));
  for (std::size_t i = 0; i < shifts.size(); ++i) shifts[i] = static_cast<float>(i * 3 % 11) / 20;
  model.shifts = memory.from(shifts, 3, shifts.size() / 3);
  const std::vector<float> truth = pictures(memory, model);
  const auto loss = [&] {
    return mean_squared_difference(pictures(memory, as_stored(memory, model, Storage::int4)),
                                   truth);
  };
  const double before = loss();
  tune(memory, model, {.storage = Storage::int4, .steps = 200});
  BOOST_TEST((to_host(model.shifts) != shifts));
  BOOST_TEST(loss() < 0.7 * before, before << " became " << loss());
}

BOOST_AUTO_TEST_SUITE_END()
