#include "parallel.hpp"

#include <omp.h>

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <exception>
#include <mutex>
#include <system_error>
#include <thread>
#include <vector>

#include "available_cpus.hpp"
#include "chorus/error.hpp"

namespace chorus {

namespace {

/// Starts this number of threads. They end as soon as all have started, or one has failed to.
void try_to_start(std::size_t threads) {
  std::mutex mutex;
  std::condition_variable changed;
  bool may_end = false;
  std::vector<std::thread> started;
  const auto end_all = [&] {
    {
      const std::scoped_lock lock(mutex);
      may_end = true;
    }
    changed.notify_all();
    for (std::thread& thread : started) thread.join();
  };
  started.reserve(threads);
  try {
    while (started.size() < threads)
      started.emplace_back([&] {
        std::unique_lock lock(mutex);
        changed.wait(lock, [&] { return may_end; });
      });
  } catch (...) {
    end_all();
    throw;
  }
  end_all();
}

/// OpenMP ends the program with a message of its own if it cannot start a thread. The first loop
/// with a number of threads therefore tries to start them beforehand.
void require_threads(std::size_t threads) {
  static std::mutex mutex;
  static std::size_t proven = 1;
  const std::scoped_lock lock(mutex);
  if (threads <= proven) return;
  try {
    try_to_start(threads - 1);
  } catch (const std::system_error& error) {
    throw Error("cannot start " + std::to_string(threads) + " threads (" + error.code().message() +
                "); expected a higher limit of processes or memory, or fewer --threads");
  }
  proven = threads;
}

}  // namespace

std::size_t usable_threads(std::size_t wanted) {
  const AvailableCpus& cpus = available_cpus();
  if (wanted != 0) return std::min(wanted, cpus.cores);
  return std::min(static_cast<std::size_t>(omp_get_max_threads()), cpus.threads());
}

void for_each_index(std::size_t count, std::size_t threads,
                    const std::function<void(std::size_t)>& body) {
  if (threads == 0) threads = usable_threads(0);
  threads = omp_in_parallel() != 0 ? 1 : std::min(threads, count);
  if (threads <= 1) {
    for (std::size_t i = 0; i < count; ++i) body(i);
    return;
  }
  require_threads(threads);
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
