#include <algorithm>
#include <bit>
#include <boost/test/unit_test.hpp>
#include <cmath>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "backends_under_test.hpp"
#include "chorus/pictures.hpp"
#include "chorus/render.hpp"
#include "errors.hpp"
#include "metrics.hpp"
#include "temporary_folder.hpp"
#include "training.hpp"
#include "training_plan.hpp"

using namespace chorus;
using namespace chorus::test;

namespace {

struct Setting {
  std::string backend = "cpu";
  std::size_t threads = 0;
  std::size_t workers = 1;
  std::uint64_t seed = 1;
  std::size_t images_per_step = 0;
  Conditioning conditioning = Conditioning::shift;
  float omega_hidden = 30;
};

SirenConfig network(const Setting& setting) {
  return {.width = 32,
          .hidden_layers = 2,
          .latent = 8,
          .conditioning = setting.conditioning,
          .omega_first = 10,
          .omega_hidden = setting.omega_hidden};
}

using Bits = std::map<std::string, std::vector<std::uint32_t>>;

std::shared_ptr<Backend> backend_of(const Setting& setting) {
  return make_backend(setting.backend, {.threads = setting.threads, .workers = setting.workers});
}

TrainConfig config_of(const Setting& setting) {
  return {.images_per_step = setting.images_per_step, .seed = setting.seed};
}

Training training_of(const Setting& setting, const TrainConfig& config) {
  return {backend_of(setting), network(setting), icons(), config};
}

Training training_of(const Setting& setting) { return training_of(setting, config_of(setting)); }

/// The bits of all parameters, latents and moments.
Bits bits_of(const Training& training) {
  Bits all;
  for (const auto& [name, tensor] : training.save().tensors)
    for (const float value : tensor.values)
      all[name].push_back(std::bit_cast<std::uint32_t>(value));
  return all;
}

Bits bits_after(std::uint64_t steps, const Setting& setting) {
  Training training = training_of(setting);
  training.run(steps, 200);
  return bits_of(training);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(trainer)

// --- what it reaches ----------------------------------------------------------------------------

namespace {

/// The PSNR that 400 steps reach with seed 1 on any backend, in dB. Without the gradient of a
/// layer's weights it is lower by 2.3 to 3.2, without that of a bias by 1.0.
constexpr std::uint64_t steps = 400;
double reached_psnr_db(Conditioning conditioning) {
  switch (conditioning) {
    case Conditioning::input:
      return 19.39;
    case Conditioning::shift:
      return 19.93;
    case Conditioning::film:
      return 21.03;
  }
  throw std::logic_error("reached_psnr_db: unknown conditioning");
}

}  // namespace

BOOST_AUTO_TEST_CASE(training_reaches_what_a_broken_gradient_would_not) {
  for (const Conditioning each : {Conditioning::input, Conditioning::shift, Conditioning::film})
    BOOST_TEST_CONTEXT(name(each)) {
      Training training = training_of({.conditioning = each});
      const double before_db = training.mean_psnr_db();
      training.run(steps, steps);
      BOOST_TEST(before_db < 12);
      BOOST_TEST(training.mean_psnr_db() > reached_psnr_db(each) - 0.4);
    }
}

BOOST_AUTO_TEST_CASE(every_backend_reaches_the_same_with_two_workers) {
  for (const std::string& backend : backends_under_test()) {
    Training training = training_of({.backend = backend, .workers = 2});
    training.run(steps, steps);
    const double off_db = training.mean_psnr_db() - reached_psnr_db(Conditioning::shift);
    BOOST_TEST(std::abs(off_db) < 0.3, backend << ": " << off_db);
  }
}

BOOST_AUTO_TEST_CASE(the_error_falls) {
  Training training = training_of({});
  std::vector<double> errors;
  for (int part = 0; part < 4; ++part) {
    training.run(steps / 4, steps);
    errors.push_back(training.trainer.take_error());
  }
  BOOST_TEST(std::ranges::is_sorted(errors, std::greater<>()));
  BOOST_TEST(errors.back() < errors.front() / 2);
  BOOST_TEST(training.trainer.take_error() == 0);  // no steps since
}

BOOST_AUTO_TEST_CASE(the_error_estimates_that_of_all_pixels) {
  // After the end the rate is zero: the model stays as it is, and only the drawn pixels change.
  Training training = training_of({.images_per_step = 4});
  training.run(steps, steps);
  training.trainer.take_error();
  double expected = 0;
  Renderer renderer(training.memory, training.model);
  for (std::size_t i = 0; i < icons().size(); ++i)
    expected += mean_squared_error(renderer.render(i, {{24, 24}}), icons()[i].image) /
                static_cast<double>(icons().size());
  constexpr int samples = 1500;
  double total = 0, squares = 0;
  for (int i = 0; i < samples; ++i) {
    training.run(1, steps);
    const double off = training.trainer.take_error() - expected;
    total += off;
    squares += off * off;
  }
  const double standard_error = std::sqrt(squares) / samples;
  BOOST_TEST(std::abs(total / samples) < 4 * standard_error);
  BOOST_TEST(standard_error < 0.01 * expected);
}

// --- the first step -----------------------------------------------------------------------------

namespace {

/// The largest change of each tensor by one step from the start.
std::map<std::string, double> first_changes(const Setting& setting, const TrainConfig& config) {
  Training training = training_of(setting, config);
  const TensorFile before = training.save();
  training.run(1, steps);
  std::map<std::string, double> changes;
  for (const auto& [name, after] : training.save().tensors)
    for (std::size_t i = 0; i < after.values.size(); ++i)
      changes[name] = std::max(
          changes[name], std::abs(double{after.values[i]} - before.tensors.at(name).values[i]));
  return changes;
}

}  // namespace

BOOST_AUTO_TEST_CASE(each_role_has_its_own_learning_rate) {
  // Adam's first step is the rate times the sign of the gradient.
  const TrainConfig config{.rates = {.base = 1e-2F,
                                     .first_weight = 5,
                                     .first_bias = 2,
                                     .modulation = 1.5F,
                                     .latent = 3,
                                     .output = 0.5F}};
  const auto changes = first_changes({.conditioning = Conditioning::film}, config);
  const double rate = 1e-2 * schedule_factor(0, config.schedule.warm_up);
  const std::map<std::string, double> factors = {
      {"first.weight", 5},    {"first.bias", 2},    {"first.modulation", 1.5}, {"first.gain", 1.5},
      {"hidden.0.weight", 1}, {"hidden.1.bias", 1}, {"hidden.1.gain", 1.5},    {"latents", 3},
      {"output.weight", 0.5}, {"output.bias", 0.5}};
  for (const auto& [name, factor] : factors)
    BOOST_TEST(std::abs(changes.at(name) / (rate * factor) - 1) < 0.01,
               name << " changed by " << changes.at(name));
}

BOOST_AUTO_TEST_CASE(omega_hidden_scales_the_rate_of_hidden_layers) {
  const auto usual = first_changes({}, {}), twice = first_changes({.omega_hidden = 60}, {});
  for (const char* name : {"hidden.0.weight", "hidden.1.bias"})
    BOOST_TEST(std::abs(twice.at(name) / usual.at(name) - 2) < 0.02);
  for (const char* name : {"first.weight", "output.weight", "latents"})
    BOOST_TEST(std::abs(twice.at(name) / usual.at(name) - 1) < 0.02);
}

BOOST_AUTO_TEST_CASE(a_step_moves_the_latents_of_its_images_only) {
  Training training = training_of({.images_per_step = 2});
  const std::size_t latent = training.model.latents.cols();
  const auto read = [&] { return to_host(training.model.latents); };
  const std::vector<float> before = read();
  training.run(1, steps);
  const std::vector<float> after = read();
  std::size_t moved = 0;
  for (std::size_t i = 0; i < icons().size(); ++i) {
    std::size_t differ = 0;
    for (std::size_t k = i * latent; k < (i + 1) * latent; ++k) differ += before[k] != after[k];
    const bool all_or_none = differ == 0 || differ == latent;
    BOOST_TEST(all_or_none);
    moved += differ == latent;
  }
  BOOST_TEST(moved == 2U);
  BOOST_TEST(training.trainer.pixels_per_step() ==
             2 * (PixelSampling{}.flat_pixels + PixelSampling{}.edge_pixels));
}

BOOST_AUTO_TEST_CASE(decoding_is_told_of_areas_once_and_not_in_every_step) {
  Training training = training_of({}, {.pixels = {.areas = {.from = 0.5}}});
  training.run(2, 4);
  BOOST_TEST(training.model.samples_per_axis == 1U);
  training.run(1, 4);
  BOOST_TEST(training.model.samples_per_axis == 3U);
  training.model.samples_per_axis = 1;
  training.run(1, 4);
  BOOST_TEST(training.model.samples_per_axis == 1U);
}

BOOST_AUTO_TEST_CASE(fewer_images_a_step_train_as_well) {
  Training training = training_of({.images_per_step = 2});
  training.run(3 * steps, 3 * steps);
  BOOST_TEST(training.mean_psnr_db() > reached_psnr_db(Conditioning::shift) - 0.4);
}

// --- repeatability ------------------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(the_same_seed_backend_and_workers_give_the_same_bits) {
  for (const std::string& backend : backends_under_test())
    for (const std::size_t workers : {1, 3}) {
      const Setting setting{.backend = backend, .workers = workers, .images_per_step = 4};
      BOOST_TEST((bits_after(25, setting) == bits_after(25, setting)), backend);
    }
}

BOOST_AUTO_TEST_CASE(the_number_of_threads_does_not_matter_with_the_same_workers) {
  const Setting one{.threads = 1, .workers = 3, .images_per_step = 4};
  const Setting two{.threads = 2, .workers = 3, .images_per_step = 4};
  BOOST_TEST((bits_after(25, one) == bits_after(25, two)));
}

BOOST_AUTO_TEST_CASE(another_seed_gives_another_model) {
  BOOST_TEST((bits_after(2, {.seed = 1}) != bits_after(2, {.seed = 2})));
}

BOOST_AUTO_TEST_CASE(what_memory_held_before_does_not_matter) {
  for (const std::string& backend : backends_under_test()) {
    const auto poisoned = std::make_shared<PoisonedBackend>(make_backend(backend, {.workers = 2}));
    const Setting setting{.backend = backend, .workers = 2, .images_per_step = 4};
    Bits bits;
    {
      Training training(poisoned, network(setting), icons(), config_of(setting));
      training.run(10, 200);
      bits = bits_of(training);
    }
    BOOST_TEST((bits == bits_after(10, setting)), backend);
    BOOST_TEST(poisoned->overrun_blocks() == 0U, backend);
  }
}

BOOST_AUTO_TEST_CASE(a_resumed_training_equals_an_uninterrupted_one) {
  for (const std::string& backend : backends_under_test()) {
    const Setting setting{.backend = backend, .workers = 2, .images_per_step = 4};
    const TemporaryFolder folder;
    Training first = training_of(setting);
    first.run(13, 200);
    write_safetensors(folder.path() / "saved", first.save());
    Training second(backend_of(setting), read_safetensors(folder.path() / "saved"), icons(),
                    config_of(setting));
    BOOST_TEST(second.trainer.steps() == 13U);
    second.run(12, 200);
    BOOST_TEST((bits_of(second) == bits_after(25, setting)), backend);
  }
}

BOOST_AUTO_TEST_CASE(a_training_state_that_does_not_fit_is_refused) {
  Training training = training_of({});
  const TensorFile saved = training.save();
  const auto failure = [&](const std::function<void(TensorFile&)>& spoil) {
    TensorFile file = saved;
    spoil(file);
    return error_of([&] { training.trainer.load_state(file, "the file"); });
  };
  BOOST_TEST(failure([](TensorFile&) {}).empty());
  const std::string moment = "adam.first_moment.hidden.1.weight";
  const std::vector<std::pair<std::string, std::function<void(TensorFile&)>>> spoilt = {
      {"step", [](TensorFile& file) { file.metadata.erase("step"); }},
      {"step", [](TensorFile& file) { file.metadata["step"] = "many"; }},
      {"step", [](TensorFile& file) { file.metadata["step"] = "-3"; }},
      {"step", [](TensorFile& file) { file.metadata["step"] = "12 "; }},
      {"step", [](TensorFile& file) { file.metadata["step"] = "99999999999999999999999"; }},
      {moment, [&](TensorFile& file) { file.tensors.erase(moment); }},
      {moment,
       [&](TensorFile& file) {
         file.tensors[moment] = {{16, 64}, std::vector<float>(1024)};
       }},
      {"adam.second_moment.latents",
       [](TensorFile& file) {
         file.tensors["adam.second_moment.latents"] = {{1}, {0}};
       }},
  };
  for (const auto& [part, spoil] : spoilt) {
    const std::string message = failure(spoil);
    BOOST_TEST(message.starts_with("the file: "), "'" << message << "'");
    BOOST_TEST((message.find(part) != std::string::npos), "'" << message << "'");
  }
}

BOOST_AUTO_TEST_CASE(checked_training_finds_no_disagreement) {
  for (const Conditioning each : {Conditioning::shift, Conditioning::film}) {
    Training training = training_of({.backend = "check:cpu,reference", .conditioning = each});
    BOOST_CHECK_NO_THROW(training.run(20, 200));
  }
}

BOOST_AUTO_TEST_CASE(wrong_use_is_refused) {
  Memory memory(make_backend("reference"));
  Model model = make_model(memory, network({}), encoded(icons()), 1);
  BOOST_CHECK_THROW(Trainer(memory, model, first_icons(5), {}), std::invalid_argument);
  BOOST_CHECK_THROW(
      Trainer(memory, model, icons(), {.pixels = {.flat_pixels = 0, .edge_pixels = 0}}),
      std::invalid_argument);
}

BOOST_AUTO_TEST_SUITE_END()
