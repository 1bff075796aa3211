#include <boost/test/unit_test.hpp>
#include <cmath>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "backends_under_test.hpp"
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

BOOST_AUTO_TEST_CASE(recorded_steps_train_every_head_as_the_reference_does) {
  std::vector<SirenConfig> networks = {{.width = 32, .hidden_layers = 1, .latent = 8}};
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
