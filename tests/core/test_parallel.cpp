#include "parallel.hpp"

#include <atomic>
#include <boost/test/unit_test.hpp>
#include <cstddef>
#include <mutex>
#include <set>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "threads.hpp"

using chorus::for_each_index;

namespace {

/// The threads that run the calls of a loop.
std::set<std::thread::id> threads_of_loop(std::size_t count, std::size_t threads) {
  std::mutex mutex;
  std::set<std::thread::id> ids;
  for_each_index(count, threads, [&](std::size_t) {
    const std::scoped_lock lock(mutex);
    ids.insert(std::this_thread::get_id());
  });
  return ids;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(parallel)

BOOST_AUTO_TEST_CASE(each_index_has_its_turn_once) {
  for (const std::size_t threads : {0U, 1U, 2U, 5U})
    for (const std::size_t count : {0U, 1U, 4U, 23U}) {
      std::vector<std::atomic<int>> calls(count);
      for_each_index(count, threads, [&](std::size_t i) { ++calls.at(i); });
      for (const std::atomic<int>& each : calls) BOOST_TEST(each == 1);
    }
}

BOOST_AUTO_TEST_CASE(an_exception_of_a_call_arrives_at_the_caller) {
  for (const std::size_t threads : {1U, 2U, 5U})
    BOOST_CHECK_EXCEPTION(for_each_index(20, threads,
                                         [](std::size_t i) {
                                           if (i % 4 == 3) throw std::runtime_error("three");
                                         }),
                          std::runtime_error,
                          [](auto& error) { return error.what() == std::string("three"); });
}

BOOST_AUTO_TEST_CASE(no_more_threads_work_than_were_asked_for) {
  BOOST_TEST((threads_of_loop(50, 1) == std::set{std::this_thread::get_id()}));
  BOOST_TEST(threads_of_loop(50, 2).size() <= 2U);
  BOOST_TEST(chorus::test::threads_started_by([] { threads_of_loop(50, 1); }) == 0U);
  BOOST_TEST(chorus::test::threads_started_by([] { threads_of_loop(1, 2); }) == 0U);
  if (chorus::test::counts_started_threads) {
    BOOST_TEST(chorus::test::threads_started_by([] { threads_of_loop(50, 2); }) == 1U);
  }
  BOOST_TEST(chorus::usable_threads(1) == 1U);
  BOOST_TEST(chorus::usable_threads(1'000'000) <= std::thread::hardware_concurrency());
  BOOST_TEST(chorus::usable_threads(0) >= 1U);
}

BOOST_AUTO_TEST_CASE(a_loop_within_a_loop_stays_on_its_thread) {
  std::mutex mutex;
  for_each_index(2, 2, [&](std::size_t) {
    const std::set<std::thread::id> inner = threads_of_loop(50, 2);
    const std::scoped_lock lock(mutex);
    BOOST_TEST((inner == std::set{std::this_thread::get_id()}));
  });
}

BOOST_AUTO_TEST_SUITE_END()
