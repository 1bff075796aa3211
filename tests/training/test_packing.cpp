#include <boost/test/unit_test.hpp>
#include <cmath>
#include <string>
#include <vector>

#include "chorus/model.hpp"
#include "chorus/ops.hpp"
#include "chorus/render.hpp"
#include "decoded_pictures.hpp"
#include "errors.hpp"
#include "model_file.hpp"
#include "packing.hpp"
#include "stored_images.hpp"
#include "tune.hpp"

using namespace chorus;
using namespace chorus::test;

namespace {

struct Kind {
  Head head = Head::palette;
  PaletteSource source = PaletteSource::free;
  Conditioning conditioning = Conditioning::film;
  bool shifts = false;
};

const std::vector<Kind> kinds = {{},
                                 {.head = Head::rgb, .conditioning = Conditioning::input},
                                 {.source = PaletteSource::predicted},
                                 {.conditioning = Conditioning::input, .shifts = true}};

void fill_with_numbers(const Tensor& tensor, float size) {
  std::vector<float> numbers(tensor.size());
  for (std::size_t i = 0; i < numbers.size(); ++i)
    numbers[i] = size * static_cast<float>(i * 5 % 7) / 6;
  from_host(numbers, tensor);
}

/// Latents are longer than there are images.
Model sample(Memory& memory, const Kind& kind = {}, std::size_t channels = 4) {
  Model model = make_model(memory,
                           {.width = 24,
                            .hidden_layers = 2,
                            .latent = 16,
                            .channels = channels,
                            .conditioning = kind.conditioning,
                            .head = kind.head,
                            .palette_size = 4,
                            .palette_source = kind.source},
                           {{"a", 8, 8}, {"b", 8, 8}, {"c", 8, 8}}, 3);
  if (model.palettes) fill_with_numbers(model.palettes, 1);
  for (const Parameter& parameter : model.siren.parameters())
    if (parameter.name.starts_with("palette.")) fill_with_numbers(parameter.value, 0.5F);
  model.siren.pack();
  if (kind.shifts) {
    model.shifts = memory.zeros(3, shift_numbers(model.siren.config()));
    fill_with_numbers(model.shifts, 0.3F);
  }
  return model;
}

/// Colours at many places of all images.
std::vector<float> colors(Memory& memory, const Model& model) {
  const std::vector<float> places = random_places(5, 0, 0, 3, 400);
  Tape tape(memory);
  return to_host(
      colors_of_images(tape, model, tape.constant(memory.from(places, places.size() / 2, 2)), 0, 3)
          .value());
}

Model unpacked_model(Memory& memory, const Model& model, const PackedSteps& steps) {
  return from_tensor_file(memory, packed(packable_file(model), steps), "m");
}

}  // namespace

BOOST_AUTO_TEST_SUITE(packing)

BOOST_AUTO_TEST_CASE(images_on_a_tape_are_those_that_are_rendered) {
  Memory memory(make_backend("reference"));
  for (const Kind& kind : kinds) {
    const Model model = sample(memory, kind, 3);
    Renderer renderer(memory, model);
    std::vector<float> places;
    for (int y = 0; y < 6; ++y)
      for (int x = 0; x < 6; ++x)
        for (const int at : {x, y}) places.push_back(static_cast<float>(-5 + 2 * at) / 6);
    std::vector<float> of_all;
    for (int image = 0; image < 3; ++image)
      of_all.insert(of_all.end(), places.begin(), places.end());
    Tape tape(memory);
    const std::vector<float> found =
        to_host(colors_of_images(tape, model,
                                 tape.constant(memory.from(of_all, of_all.size() / 2, 2)), 0, 3)
                    .value());
    for (std::size_t image = 0; image < 3; ++image) {
      const Image wanted = renderer.render(image, {{6, 6}});
      for (std::size_t i = 0; i < wanted.values.size(); ++i)
        BOOST_TEST_REQUIRE(
            std::abs(found[image * wanted.values.size() + i] - wanted.values[i]) < 1e-4F,
            "image " << image << " value " << i);
    }
  }
}

/// What a small change of all numbers of a matrix, up or down, does on average.
BOOST_AUTO_TEST_CASE(sensitivities_tell_what_small_changes_do) {
  Memory memory(make_backend("cpu", {.workers = 2}));
  const Model model = sample(memory);
  const std::vector<float> before = colors(memory, model);
  const Sensitivities all = sensitivities(memory, model);
  for (const Parameter& each : model.siren.parameters()) {
    const std::vector<float> values = to_host(each.value);
    constexpr float change = 1e-3F;
    double measured = 0;
    for (std::uint64_t draw = 0; draw < 12; ++draw) {
      std::vector<float> changed = values;
      for (std::size_t i = 0; i < changed.size(); ++i)
        changed[i] += (draw * 7919 + i * i * 31 + i * (draw + 3)) / 5 % 2 == 0 ? change : -change;
      from_host(changed, each.value);
      pack(each.value);
      measured += mean_squared_difference(colors(memory, model), before) / (12 * change * change);
    }
    from_host(values, each.value);
    pack(each.value);
    const std::vector<double>& rows = all.at(each.name).rows;
    double told = 0;
    for (const double row : rows) told += row * static_cast<double>(each.value.cols());
    // Rows below the mean count as the mean, so more is told than measured.
    BOOST_TEST(told > 0.5 * measured, each.name << ": " << told << ", " << measured);
    BOOST_TEST(told < 4 * measured, each.name << ": " << told << ", " << measured);
  }
}

BOOST_AUTO_TEST_CASE(compact_latents_draw_the_same_with_fewer_numbers) {
  Memory memory(make_backend("reference"));
  for (const Kind& kind : kinds) {
    const Model model = sample(memory, kind);
    const Model compact = with_compact_latents(memory, model, sensitivities(memory, model));
    BOOST_TEST(compact.siren.config().latent == 3U);
    BOOST_TEST(compact.latents.cols() == 3U);
    BOOST_TEST(mean_squared_difference(pictures(memory, model), pictures(memory, compact)) < 1e-7);
  }
}

BOOST_AUTO_TEST_CASE(a_packed_file_never_has_more_bytes_than_it_may_and_more_bytes_draw_better) {
  Memory memory(make_backend("reference"));
  for (const Kind& kind : kinds) {
    const Model model = sample(memory, kind);
    const std::vector<float> truth = pictures(memory, model);
    const Sensitivities sensitive = sensitivities(memory, model);
    const TensorFile content = packable_file(model);
    double before = 1;
    for (const std::size_t bytes : {2200U, 3000U, 4500U}) {
      const PackedSteps steps = steps_within(content, sensitive, bytes).steps;
      const std::size_t taken = safetensors_bytes(packed(content, steps));
      BOOST_TEST(taken <= bytes);
      BOOST_TEST(taken > bytes * 95 / 100);
      const double error =
          mean_squared_difference(truth, pictures(memory, unpacked_model(memory, model, steps)));
      BOOST_TEST(error < before, bytes << " bytes: " << error << " after " << before);
      before = error;
    }
    check_holds(error_of([&] { steps_within(content, sensitive, 300); }),
                {"the model takes", "bytes at least; expected 300"});
  }
}

BOOST_AUTO_TEST_CASE(tuning_lowers_the_error_of_a_packed_file) {
  Memory memory(make_backend("cpu", {.workers = 2}));
  for (const Kind& kind : kinds) {
    Model model = sample(memory, kind);
    const std::vector<float> truth = pictures(memory, model);
    const PackedSteps steps =
        steps_within(packable_file(model), sensitivities(memory, model), 3500).steps;
    const auto loss = [&] {
      return mean_squared_difference(truth, pictures(memory, unpacked_model(memory, model, steps)));
    };
    const double before = loss();
    TuneConfig config{.steps = 200};
    config.steps_of_numbers = steps;
    tune(memory, model, config);
    BOOST_TEST(loss() < 0.8 * before, name(kind.head) << ": " << before << " became " << loss());
  }
}

BOOST_AUTO_TEST_SUITE_END()
