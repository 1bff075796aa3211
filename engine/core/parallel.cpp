#include "parallel.hpp"

#include <omp.h>

#include <algorithm>
#include <atomic>
#include <exception>

namespace chorus {

std::size_t usable_threads(std::size_t wanted) {
  if (wanted == 0) wanted = static_cast<std::size_t>(omp_get_max_threads());
  return std::min(wanted, static_cast<std::size_t>(omp_get_num_procs()));
}

void for_each_index(std::size_t count, std::size_t threads,
                    const std::function<void(std::size_t)>& body) {
  if (threads == 0) threads = usable_threads(0);
  threads = omp_in_parallel() != 0 ? 1 : std::min(threads, count);
  if (threads <= 1) {
    for (std::size_t i = 0; i < count; ++i) body(i);
    return;
  }
  std::exception_ptr failure;
  std::atomic<bool> failed = false;
  std::atomic<std::size_t> taken = 0;
#pragma omp parallel num_threads(static_cast <int>(threads))
  {
    // Each thread begins with the index of its own number, so that repeated loops find their data
    // in the cache of the same core. After that it takes the next index that no thread has taken.
    const auto thread = static_cast<std::size_t>(omp_get_thread_num());
    const auto team = static_cast<std::size_t>(omp_get_num_threads());
    try {
      for (std::size_t i = thread; i < count && !failed; i = team + taken++) body(i);
    } catch (...) {
#pragma omp critical(chorus_for_each_index)
      if (!failed.exchange(true)) failure = std::current_exception();
    }
  }
  if (failure) std::rethrow_exception(failure);
}

}  // namespace chorus
