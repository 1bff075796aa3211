#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <chrono>
#include <cmath>
#include <memory>
#include <thread>
#include <vector>

#include "chorus/pictures.hpp"
#include "chorus/trainer.hpp"
#include "matrix.hpp"
#include "profile.hpp"

using namespace chorus;
using namespace chorus::test;

namespace {

Collection noise(std::size_t count) {
  Collection images;
  for (std::size_t i = 0; i < count; ++i) {
    Image image(8, 8);
    const std::vector<float> values = floats(random_matrix(1, image.values.size(), i + 1));
    std::copy(values.begin(), values.end(), image.values.begin());
    images.push_back({std::to_string(i), std::move(image)});
  }
  return images;
}

/// The latents after some steps.
std::vector<float> train(const std::shared_ptr<Backend>& backend, int steps) {
  Memory memory(backend);
  const Collection images = noise(4);
  Model model = make_model(memory, {.width = 16, .latent = 4}, encoded(images), 1);
  Trainer trainer(memory, model, images, {});
  for (int i = 0; i < steps; ++i) trainer.step(0.5);
  return to_host(model.latents);
}

std::uint64_t calls_of(const Profile& profile, const std::string& begin) {
  for (const Profile::Part& part : profile.parts)
    if (part.name.starts_with(begin)) return part.calls;
  return 0;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(profile)

BOOST_AUTO_TEST_CASE(watching_does_not_change_the_results) {
  const auto inner = make_backend("cpu", {.workers = 2});
  const auto watched = std::make_shared<ProfilingBackend>(inner);
  watched->start();
  BOOST_TEST(train(watched, 3) == train(inner, 3));
}

BOOST_AUTO_TEST_CASE(the_parts_make_up_the_time_of_all_workers) {
  const auto watched = std::make_shared<ProfilingBackend>(make_backend("cpu", {.workers = 2}));
  watched->start();
  train(watched, 3);
  watched->stop();
  const Profile found = watched->profile();
  double total = 0;
  for (const Profile::Part& part : found.parts) total += found.share(part);
  BOOST_TEST(found.threads <= 2U);
  BOOST_TEST(found.wall_seconds > 0);
  BOOST_TEST(std::abs(total - 1) < 1e-6);
  // 2 workers, 3 steps and 4 sine layers; 4 products dW of hidden layers and the output each.
  BOOST_TEST(calls_of(found, "sine layers") == 2U * 3 * 4);
  BOOST_TEST(calls_of(found, "sampling") >= 2U * 3);
  BOOST_TEST(calls_of(found, "optimizer") > 0U);
}

BOOST_AUTO_TEST_CASE(workers_that_take_turns_do_not_count_as_waiting) {
  const auto watched =
      std::make_shared<ProfilingBackend>(make_backend("cpu", {.threads = 1, .workers = 4}));
  watched->start();
  watched->parallel(4, [](std::size_t, std::size_t) {
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  });
  watched->stop();
  const Profile found = watched->profile();
  BOOST_TEST(found.threads == 1U);
  // If each worker had a thread of its own, three quarters of the time would be waiting.
  for (const Profile::Part& part : found.parts)
    if (part.name == "waiting") BOOST_TEST(found.share(part) < 0.25);
}

BOOST_AUTO_TEST_CASE(a_device_counts_its_own_time_launch_by_launch) {
  const auto watched =
      std::make_shared<ProfilingBackend>(make_backend("cuda-emulated", {.workers = 2}));
  watched->start();
  train(watched, 2);
  watched->stop();
  const Profile found = watched->profile();
  double total = 0, of_launches = 0;
  for (const Profile::Part& part : found.parts) {
    total += found.share(part);
    BOOST_TEST(part.name != "waiting");
    BOOST_TEST(part.name != "bookkeeping");
  }
  BOOST_TEST(std::abs(total - 1) < 1e-6);
  bool has_sines = false;
  for (std::size_t l = 0; l < found.launches.size(); ++l) {
    const Profile::Launch& launch = found.launches[l];
    of_launches += launch.seconds;
    has_sines = has_sines || launch.name.starts_with("sine_linear ");
    if (l > 0) BOOST_TEST(launch.seconds <= found.launches[l - 1].seconds);
  }
  BOOST_TEST(has_sines);
  BOOST_TEST(std::abs(of_launches / found.wall_seconds - 1) < 1e-6);
}

BOOST_AUTO_TEST_CASE(nothing_counts_while_the_clocks_stand) {
  const auto watched = std::make_shared<ProfilingBackend>(make_backend("cpu", {.workers = 1}));
  train(watched, 2);
  BOOST_TEST(watched->profile().parts.empty());
  BOOST_TEST(watched->profile().wall_seconds == 0);
}

BOOST_AUTO_TEST_SUITE_END()
