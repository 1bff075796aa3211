#include <algorithm>
#include <atomic>
#include <boost/test/unit_test.hpp>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "backends_under_test.hpp"
#include "resample.hpp"
#include "shared_model.hpp"
#include "threads_as_processes.hpp"
#include "training.hpp"
#include "work_division.hpp"

// Trainings that processes share. Threads stand for processes; tests/program/mpi.sh starts real
// ones.

using namespace chorus;
using namespace chorus::test;

namespace {

struct Shared {
  std::size_t processes = 1, workers = 4;
  std::size_t images_per_step = 0;
  bool taught = false;
  std::string backend = "cpu";
  SirenConfig network = palette_network();
};

constexpr std::uint64_t all_steps = 12;

TrainConfig config_of(const Shared& shared) {
  return {.pixels = {.areas = {.from = 0.7}},
          .taught = {.from = shared.taught ? 0.4 : 1},
          .images_per_step = shared.images_per_step,
          .seed = 3};
}

std::vector<NamedImage> part_of(const std::vector<NamedImage>& images, const ImageRange& range) {
  const auto first = images.begin() + static_cast<std::ptrdiff_t>(range.first);
  return {first, first + static_cast<std::ptrdiff_t>(range.count)};
}

std::vector<NamedImage> enlarged(std::vector<NamedImage> images) {
  for (NamedImage& each : images) each.image = resample(each.image, 48, 48, Filter::nearest);
  return images;
}

struct Result {
  TensorFile file;
  double error = 0;
};

/// Takes some steps, from a saved training if there is one.
Result run(const Shared& shared, std::uint64_t steps, const TensorFile* saved = nullptr) {
  const TrainConfig config = config_of(shared);
  Result result;
  as_processes(shared.processes, [&](const std::shared_ptr<Communicator>& processes) {
    const std::size_t rank = processes->rank(), size = processes->size();
    const std::size_t workers = shared.workers * (rank + 1) / size - shared.workers * rank / size;
    Memory memory(make_backend(shared.backend, {.threads = 1, .workers = workers}));
    const ImageRange own =
        divide_work(all_of(*processes, workers), rank, icons().size(), config).own;
    const std::vector<NamedImage> images = part_of(icons(), own);
    Model whole = saved != nullptr ? from_tensor_file(memory, *saved, "saved")
                                   : fresh_model(memory, shared.network, icons());
    whole.split = {.seed = 5, .pixels = 0.2};
    Model model = chorus::part_of(memory, whole, own);
    Trainer trainer(memory, model, images, config, processes);
    if (saved != nullptr) trainer.load_state(*saved, "saved");
    if (shared.taught) trainer.teach(enlarged(images));
    for (std::uint64_t i = 0; i < steps; ++i)
      trainer.step(static_cast<double>(trainer.steps()) / static_cast<double>(all_steps));
    const double error = trainer.take_error();
    const Model trained = whole_model(memory, model, *processes);
    TensorFile file;
    trainer.save_state(file);
    if (rank != 0) return;
    file.tensors.merge(to_tensor_file(trained).tensors);
    file.metadata.merge(to_tensor_file(trained).metadata);
    result = {std::move(file), error};
  });
  return result;
}

void require_same(const Result& found, const Result& expected) {
  BOOST_TEST(found.file.metadata == expected.file.metadata);
  BOOST_TEST(same(found.file, expected.file));
  BOOST_TEST(found.error == expected.error);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(shared_training)

BOOST_AUTO_TEST_CASE(every_image_has_one_worker_and_every_worker_with_images_has_some_in_a_step) {
  for (const std::size_t images : {1, 7, 300})
    for (const std::size_t per_step : {0, 2, 5})
      for (const std::vector<std::size_t>& workers_of :
           {std::vector<std::size_t>{1}, {3, 2}, {1, 1, 4, 2}}) {
        std::size_t next_image = 0, next_place = 0;
        for (std::size_t rank = 0; rank < workers_of.size(); ++rank) {
          const WorkDivision division =
              divide_work(workers_of, rank, images, {.images_per_step = per_step});
          BOOST_TEST(division.workers.size() == workers_of[rank]);
          BOOST_TEST(division.own.first == next_image);
          BOOST_TEST(division.own_of_step.first == next_place);
          for (const WorkerImages& each : division.workers) {
            BOOST_TEST(each.all.first == next_image);
            BOOST_TEST(each.of_step.first == next_place);
            BOOST_TEST((each.all.count > 0) == (each.of_step.count > 0));
            BOOST_TEST(each.of_step.count <= each.all.count);
            next_image += each.all.count;
            next_place += each.of_step.count;
          }
        }
        BOOST_TEST(next_image == images);
        BOOST_TEST(next_place == std::min(images, per_step == 0 ? 256 : per_step));
      }
}

BOOST_AUTO_TEST_CASE(bits_do_not_depend_on_the_number_of_processes) {
  for (const std::size_t images_per_step : {0, 5})
    for (const std::size_t workers : {2, 4}) {
      Shared shared{.workers = workers, .images_per_step = images_per_step};
      const Result expected = run(shared, all_steps);
      BOOST_TEST(expected.error > 0);
      for (shared.processes = 2; shared.processes <= workers; ++shared.processes)
        BOOST_TEST_CONTEXT(shared.processes << " processes, " << workers << " workers, "
                                            << images_per_step << " images per step")
      require_same(run(shared, all_steps), expected);
    }
}

BOOST_AUTO_TEST_CASE(every_kind_of_network_can_be_shared) {
  for (const SirenConfig& network :
       {SirenConfig{
            .width = 16, .hidden_layers = 1, .latent = 4, .conditioning = Conditioning::film},
        palette_network(PaletteSource::predicted, PaletteFields::affine)}) {
    Shared shared{.network = network};
    const Result expected = run(shared, all_steps);
    shared.processes = 3;
    require_same(run(shared, all_steps), expected);
  }
}

BOOST_AUTO_TEST_CASE(taught_pixels_are_shared_too) {
  Shared shared{.taught = true};
  const Result expected = run(shared, all_steps);
  BOOST_TEST(!same(expected.file, run({}, all_steps).file));
  shared.processes = 2;
  require_same(run(shared, all_steps), expected);
}

BOOST_AUTO_TEST_CASE(processes_may_have_no_images) {
  Shared shared{.workers = 8};  // of six images
  const Result expected = run(shared, all_steps);
  for (shared.processes = 4; shared.processes <= 8; shared.processes += 4)
    require_same(run(shared, all_steps), expected);
  // Workers without images change nothing.
  BOOST_TEST(same(expected.file, run({.workers = 6}, all_steps).file));
}

BOOST_AUTO_TEST_CASE(every_image_is_seen_when_a_step_has_fewer_images_than_there_are_workers) {
  const Shared shared{.processes = 2, .workers = 4, .images_per_step = 2};
  const TensorFile before = run(shared, 0).file, after = run(shared, all_steps).file;
  const std::vector<float>& old = before.tensors.at("latents").values;
  const std::vector<float>& now = after.tensors.at("latents").values;
  const std::size_t latent = old.size() / icons().size();
  for (std::size_t i = 0; i < icons().size(); ++i)
    BOOST_TEST(old[i * latent] != now[i * latent], "image " << i);
}

BOOST_AUTO_TEST_CASE(a_training_goes_on_with_another_number_of_processes) {
  Shared shared{.images_per_step = 4, .taught = true};
  const Result expected = run(shared, all_steps);
  TensorFile saved;
  for (const std::size_t processes : {1, 3, 2, 4}) {
    shared.processes = processes;
    saved = run(shared, 3, processes == 1 ? nullptr : &saved).file;
  }
  BOOST_TEST(same(saved, expected.file));
}

BOOST_AUTO_TEST_CASE(a_gpu_can_share_a_training) {
  Shared shared{.workers = 2, .backend = "cuda-emulated"};
  const Result expected = run(shared, 3);
  shared.processes = 2;
  require_same(run(shared, 3), expected);
}

BOOST_AUTO_TEST_CASE(backends_that_are_compared_can_share_a_training) {
  // Each of them has one worker and keeps the results of the first backend.
  const Result found = run({.processes = 2, .workers = 2, .backend = "check:cpu,reference"}, 3);
  require_same(found, run({.workers = 2}, 3));
}

BOOST_AUTO_TEST_CASE(the_reference_adds_in_double_and_comes_near) {
  Shared shared{.workers = 2, .backend = "reference"};
  const Result expected = run(shared, 3);
  shared.processes = 2;
  const Result found = run(shared, 3);
  BOOST_TEST(found.error == expected.error, boost::test_tools::tolerance(1e-5));
  BOOST_TEST(found.file.metadata == expected.file.metadata);
}

BOOST_AUTO_TEST_CASE(images_that_belong_to_another_process_are_refused) {
  std::atomic<int> refusals = 0;
  as_processes(2, [&](const std::shared_ptr<Communicator>& processes) {
    Memory memory(make_backend("cpu", {.threads = 1, .workers = 1}));
    const std::vector<NamedImage> images = first_icons(processes->rank() == 0 ? 2 : 4);  // not 3
    Model model = fresh_model(memory, palette_network(), images);
    try {
      const Trainer trainer(memory, model, images, {}, processes);
    } catch (const std::invalid_argument&) {
      ++refusals;
    }
  });
  BOOST_TEST(refusals == 2);
}

BOOST_AUTO_TEST_SUITE_END()
