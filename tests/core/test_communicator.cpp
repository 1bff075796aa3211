#include <boost/test/unit_test.hpp>
#include <cstddef>
#include <mutex>
#include <span>
#include <stdexcept>
#include <vector>

#include "communicator.hpp"
#include "ordered_sum.hpp"
#include "threads_as_processes.hpp"

using namespace chorus;
using namespace chorus::test;

namespace {

/// Numbers of all sizes, whose sum depends on the order of the additions.
std::vector<float> addend(std::size_t worker, std::size_t length) {
  std::vector<float> values;
  for (std::size_t i = 0; i < length; ++i)
    values.push_back(static_cast<float>((worker * 7919 + i * 104729) % 1009) *
                     (worker % 3 == 0 ? 1e6F : 1e-3F));
  return values;
}

std::vector<float> added_in_order(std::size_t workers, std::size_t length) {
  std::vector<float> sum(length);
  for (std::size_t w = 0; w < workers; ++w) {
    const std::vector<float> values = addend(w, length);
    for (std::size_t i = 0; i < length; ++i) sum[i] += values[i];
  }
  return sum;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(communicator)

BOOST_AUTO_TEST_CASE(a_process_alone_is_all_there_is) {
  const auto processes = alone();
  BOOST_TEST(processes->rank() == 0U);
  BOOST_TEST(processes->size() == 1U);
  BOOST_TEST(from_first(*processes, 7) == 7);
  BOOST_TEST(all_of(*processes, 7) == std::vector<int>{7});
  BOOST_TEST(gathered(*processes, std::vector<int>{1, 2}) == (std::vector<int>{1, 2}));
}

BOOST_AUTO_TEST_CASE(values_arrive_in_the_order_of_ranks) {
  std::mutex checks;
  as_processes(3, [&](const auto& processes) {
    const auto rank = static_cast<int>(processes->rank());
    const std::vector<int> own(processes->rank(), rank);  // none, one, two
    const int first = from_first(*processes, rank + 5), sum = sum_of(*processes, rank);
    const std::vector<int> all = all_of(*processes, rank * 10);
    const std::vector<int> collected = gathered(*processes, own);
    const std::vector<int> everywhere = gathered_by_all(*processes, own);
    const std::lock_guard lock(checks);
    BOOST_TEST(first == 5);
    BOOST_TEST(sum == 3);
    BOOST_TEST(all == (std::vector<int>{0, 10, 20}));
    BOOST_TEST(collected == (rank == 0 ? std::vector<int>{1, 2, 2} : std::vector<int>{}));
    BOOST_TEST(everywhere == (std::vector<int>{1, 2, 2}));
  });
}

BOOST_AUTO_TEST_CASE(sums_have_the_same_bits_however_workers_are_divided) {
  constexpr std::size_t workers = 7, length = 101;
  const std::vector<float> expected = added_in_order(workers, length);
  std::mutex checks;
  for (const std::size_t size : {1, 2, 3, 7})
    as_processes(size, [&](const auto& processes) {
      const std::size_t first = workers * processes->rank() / size,
                        end = workers * (processes->rank() + 1) / size;
      OrderedSum sum(*processes, end - first, length);
      std::vector<std::vector<float>> found;
      for (int time = 0; time < 2; ++time) {
        for (std::size_t w = first; w < end; ++w) {
          const std::vector<float> numbers = addend(w, length);
          const std::span<const float> values(numbers);
          sum.put(w - first, 0, values.first(40));
          sum.put(w - first, 40, values.subspan(40));
        }
        sum.begin();
        const std::span<const float> result = sum.finish();
        found.emplace_back(result.begin(), result.end());
      }
      const std::lock_guard lock(checks);
      for (const std::vector<float>& each : found) BOOST_TEST(each == expected);
    });
}

BOOST_AUTO_TEST_CASE(numbers_beyond_the_vector_are_refused) {
  OrderedSum sum(*alone(), 2, 10);
  const std::vector<float> three(3);
  BOOST_CHECK_THROW(sum.put(0, 8, three), std::invalid_argument);
  BOOST_CHECK_THROW(sum.put(2, 0, three), std::invalid_argument);
}

BOOST_AUTO_TEST_SUITE_END()
