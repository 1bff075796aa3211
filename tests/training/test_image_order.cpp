#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <cstdint>
#include <set>
#include <utility>
#include <vector>

#include "sampler.hpp"

using namespace chorus;

namespace {

/// The number of visits of each image in a number of steps. Checks that no image is ever two visits
/// ahead of another, and that none occurs twice in a step.
std::vector<int> visits(std::size_t images, std::size_t per_step, std::uint64_t steps) {
  std::vector<int> counts(images);
  ImageOrder order(images, per_step, 5);
  for (std::uint64_t step = 0; step < steps; ++step) {
    const std::vector<std::uint32_t> chosen = order.step(step);
    BOOST_TEST(std::set(chosen.begin(), chosen.end()).size() == per_step);
    for (std::size_t k = 0; k < per_step; ++k) {
      const auto before = static_cast<std::uint32_t>(counts.at(chosen[k])++);
      BOOST_TEST(order.visits()[k] == before);
    }
    const auto [least, most] = std::minmax_element(counts.begin(), counts.end());
    BOOST_TEST(*most - *least <= 1);
  }
  return counts;
}

std::vector<std::uint32_t> first_steps(std::uint64_t seed) {
  ImageOrder order(12, 3, seed);
  std::vector<std::uint32_t> all;
  for (std::uint64_t step = 0; step < 8; ++step)
    all.insert(all.end(), order.step(step).begin(), order.step(step).end());
  return all;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(image_order)

BOOST_AUTO_TEST_CASE(epochs_visit_all_images_equally_often) {
  BOOST_TEST((visits(12, 3, 4 * 25) == std::vector<int>(12, 25)));
  BOOST_TEST((visits(6, 1, 6 * 10) == std::vector<int>(6, 10)));
  BOOST_TEST((visits(1, 1, 9) == std::vector<int>(1, 9)));
}

BOOST_AUTO_TEST_CASE(images_left_over_by_an_epoch_come_first_in_the_next_step) {
  BOOST_TEST((visits(7, 3, 7 * 20) == std::vector<int>(7, 60)));
  BOOST_TEST((visits(5, 4, 5 * 20) == std::vector<int>(5, 80)));
  BOOST_TEST((visits(10, 6, 5 * 20) == std::vector<int>(10, 60)));
  BOOST_TEST((visits(3, 2, 3 * 20) == std::vector<int>(3, 40)));
}

BOOST_AUTO_TEST_CASE(every_image_meets_every_other_in_a_step) {
  ImageOrder order(7, 3, 5);
  std::set<std::pair<std::uint32_t, std::uint32_t>> met;
  for (std::uint64_t step = 0; step < 200; ++step)
    for (const std::uint32_t a : order.step(step))
      for (const std::uint32_t b : order.step(step)) met.emplace(a, b);
  BOOST_TEST(met.size() == 49U);
}

BOOST_AUTO_TEST_CASE(all_images_at_once_keep_their_order) {
  ImageOrder order(4, 4, 5);
  for (const std::uint64_t step : {0, 1, 17})
    BOOST_TEST((order.step(step) == std::vector<std::uint32_t>{0, 1, 2, 3}));
}

BOOST_AUTO_TEST_CASE(the_order_is_that_of_its_seed_from_any_step_on) {
  const auto all = first_steps(1);
  BOOST_TEST((first_steps(1) == all));
  BOOST_TEST((first_steps(2) != all));
  BOOST_TEST((std::vector(all.begin(), all.begin() + 12) !=
              std::vector(all.begin() + 12, all.end())));  // another order in the next epoch
  for (const auto& [images, per_step] : {std::pair{12, 3}, {7, 3}, {5, 4}, {10, 6}}) {
    ImageOrder in_turn(images, per_step, 1), backwards(images, per_step, 1);
    std::vector<std::vector<std::uint32_t>> steps;
    for (std::uint64_t step = 0; step < 40; ++step) steps.push_back(in_turn.step(step));
    for (std::uint64_t step = 40; step-- > 0;) {
      BOOST_TEST((ImageOrder(images, per_step, 1).step(step) == steps[step]));
      BOOST_TEST((backwards.step(step) == steps[step]));
    }
  }
}

BOOST_AUTO_TEST_CASE(a_step_needs_between_one_and_all_images) {
  BOOST_CHECK_THROW(ImageOrder(4, 0, 1), std::invalid_argument);
  BOOST_CHECK_THROW(ImageOrder(4, 5, 1), std::invalid_argument);
}

BOOST_AUTO_TEST_SUITE_END()
