#include <boost/test/unit_test.hpp>
#include <cmath>
#include <map>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "backends_under_test.hpp"
#include "network_path.hpp"
#include "op_parameters.hpp"
#include "training.hpp"

// Work that a device records once and replays. On the backend that CHORUS_TEST_BACKEND names, or
// emulated.

using namespace chorus;
using namespace chorus::test;

namespace {

/// Mean PSNR in dB after a training in which each phase has steps that run, that are recorded and
/// that are replayed.
double psnr_after_training(const std::string& backend, const SirenConfig& config,
                           std::size_t workers, std::size_t images_per_step) {
  Training training(make_backend(backend, {.workers = workers}), config, first_icons(3),
                    {.pixels = {.areas = {.from = 0.5}}, .images_per_step = images_per_step});
  training.run(10, 10);
  return training.mean_psnr_db();
}

}  // namespace

BOOST_AUTO_TEST_SUITE(recorded)

BOOST_AUTO_TEST_CASE(repeated_work_is_recorded_once_and_reads_its_data_anew) {
  const auto backend = make_backend(device_under_test());
  Memory memory(backend);
  const Tensor in = memory.zeros(2, 3), total = memory.zeros(2, 3);
  std::unique_ptr<CapturedGraph> recording;
  int runs = 0;
  double expected = 0;
  for (int i = 1; i <= 5; ++i) {
    from_host(std::vector<float>(6, static_cast<float>(i)), in);
    backend->replay(recording, [&] {
      ++runs;
      Call add{.op = Op::scale};
      add.in[0] = in.const_view();
      add.out[0] = total.view();
      add.accumulate = true;
      backend->run(add);
    });
    expected += i;
    BOOST_TEST(to_host(total)[5] == expected);
  }
  BOOST_TEST(runs == 2);  // once to allocate, once to record
}

BOOST_AUTO_TEST_CASE(a_failure_while_recording_leaves_the_backend_usable) {
  const auto backend = make_backend(device_under_test());
  std::unique_ptr<CapturedGraph> recording;
  backend->replay(recording, [] {});
  const auto fail = [] { throw std::runtime_error("the work failed"); };
  BOOST_CHECK_THROW(backend->replay(recording, fail), std::runtime_error);
  Memory memory(backend);
  const Tensor a = memory.zeros(1, 1);
  fill(a, 7);
  BOOST_TEST(to_host(a).front() == 7);
}

BOOST_AUTO_TEST_CASE(a_step_takes_few_launches) {
  // The emulation stands for a GPU; two queues.
  const auto launches = [](NetworkPath path, Precision precision) {
    const auto backend =
        make_backend("cuda-emulated", {.workers = 2, .precision = precision, .network_path = path});
    Training training(backend, {.width = 64, .hidden_layers = 3, .latent = 32}, first_icons(2),
                      {.images_per_step = 2});
    backend->time_launches(true);
    training.run(1, 100);  // neither recorded nor replayed yet
    backend->time_launches(false);
    std::map<std::string, std::size_t> counts;
    for (const DeviceTime& time : backend->take_device_times()) {
      ++counts[std::string(name(time.call.op))];
      ++counts["all"];
    }
    return counts;
  };
  auto found = launches(NetworkPath::network, Precision::bf16);
  BOOST_TEST(found["adam"] == 1U);  // of all parameters
  BOOST_TEST(found["pack"] == 1U);
  BOOST_TEST(found["sine_network"] == 2U);  // one for each queue
  BOOST_TEST(found["sine_network_gradient"] == 6U);
  BOOST_TEST(found["all"] <= 2U * 38U);
  BOOST_TEST(launches(NetworkPath::layers, Precision::bf16)["all"] > found["all"] + 2U * 12U);
}

BOOST_AUTO_TEST_CASE(updates_see_what_came_before_them) {
  // Updates wait for others of their kind, but not beyond whatever reads or changes their operands.
  const auto backend = make_backend(device_under_test());
  Memory memory(backend);
  const AdamUpdate settings{0.5F, 0, 0, 1e-8F};  // a step of the rate against the gradient's sign
  const Tensor numbers = memory.full(1, 3, 1), value = memory.zeros(1, 4);
  const Tensor moments[] = {memory.zeros(1, 4), memory.zeros(1, 4)};
  const Tensor gradient = memory.full(1, 4, 1);
  Call update{.op = Op::adam};
  update.in[0] = gradient.const_view();
  update.in[1] = numbers.const_view();
  update.out[0] = value.view();
  update.out[1] = moments[0].view();
  update.out[2] = moments[1].view();
  update.adam = &settings;
  backend->run(update);
  BOOST_TEST(std::abs(to_host(value)[3] + 0.5) < 1e-5);
  backend->run(update);
  fill(gradient, -1);  // after the update
  backend->run(update);
  BOOST_TEST(std::abs(to_host(value)[0] + 0.5) < 1e-5);
  backend->parallel(2, [&](std::size_t task, std::size_t) {
    if (task == 0) backend->run(update);
  });
  add_scaled(gradient, 0, value);
  BOOST_TEST(std::abs(to_host(value)[0]) < 1e-5);
}

BOOST_AUTO_TEST_CASE(small_steps_use_fewer_queues) {
  const auto backend = make_backend("cuda-emulated");
  BOOST_TEST(backend->workers_for(1600) == 1U);
  BOOST_TEST(backend->workers_for(10000) == 2U);
  BOOST_TEST(backend->workers_for(81920) == backend->workers());
  BOOST_TEST(make_backend("cuda-emulated", {.workers = 3})->workers_for(1600) == 3U);
  BOOST_TEST(make_backend("cpu", {.workers = 3})->workers_for(1600) == 3U);
}

BOOST_AUTO_TEST_CASE(the_faster_of_two_paths_is_chosen_once) {
  const auto backend = make_backend("cuda-emulated", {.workers = 1});
  Memory memory(backend);
  for (const SirenConfig& config :
       {SirenConfig{.width = 64, .hidden_layers = 1, .latent = 4},
        SirenConfig{.width = 64, .hidden_layers = 1, .latent = 4, .head = Head::palette}}) {
    const Siren siren(memory, config, 1);
    backend->set_network_path(NetworkPath::measured);
    const auto choice = choose_network_path(memory, siren, {2, 3});
    BOOST_TEST_REQUIRE(choice.has_value());
    BOOST_TEST(choice->network_s > 0);
    BOOST_TEST(choice->layers_s > 0);
    const bool layers_are_faster = choice->layers_s < 0.9 * choice->network_s;
    if (layers_are_faster) BOOST_TEST((choice->path == NetworkPath::layers));
    if (choice->network_s < choice->layers_s) BOOST_TEST((choice->path == NetworkPath::network));
    BOOST_TEST((backend->network_path() == choice->path));
    BOOST_TEST(!choose_network_path(memory, siren, {2, 3}).has_value());
  }
  // Where there is no choice, nothing is measured.
  backend->set_network_path(NetworkPath::measured);
  const Siren odd(memory, {.width = 48, .hidden_layers = 1, .latent = 4}, 1);
  BOOST_TEST(!choose_network_path(memory, odd, {2, 3}).has_value());
  Memory of_cpu(make_backend("cpu"));
  const Siren on_cpu(of_cpu, {.width = 64, .hidden_layers = 1, .latent = 4}, 1);
  BOOST_TEST(!choose_network_path(of_cpu, on_cpu, {2, 3}).has_value());
}

BOOST_AUTO_TEST_CASE(recorded_steps_train_every_head_as_the_reference_does) {
  std::vector<SirenConfig> networks = {{.width = 32, .hidden_layers = 1, .latent = 8},
                                       {.width = 64, .hidden_layers = 1, .latent = 8}};
  for (const PaletteSource source : {PaletteSource::free, PaletteSource::predicted})
    for (const PaletteFields fields : {PaletteFields::constant, PaletteFields::affine})
      networks.push_back(palette_network(source, fields, 1));
  for (const SirenConfig& config : networks) {
    // The reference has one worker. Two see the images in another order, unless each step has all.
    for (const auto& [workers, images_per_step] :
         {std::pair<std::size_t, std::size_t>{1, 2}, {2, 3}}) {
      const double found =
          psnr_after_training(device_under_test(), config, workers, images_per_step);
      const double expected = psnr_after_training("reference", config, workers, images_per_step);
      BOOST_TEST(std::abs(found - expected) < 0.02,
                 name(config.head) << " " << name(config.palette_fields) << ": " << found
                                   << " dB, expected " << expected);
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()
