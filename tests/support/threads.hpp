#pragma once

#include <cstddef>
#include <filesystem>
#include <functional>
#include <iterator>
#include <thread>

namespace chorus::test {

/// Whether every thread that has not yet run a parallel loop starts its helpers anew, as with GCC's
/// OpenMP. Others may lend helpers that a finished thread has left.
#ifdef __clang__
inline constexpr bool counts_started_threads = false;
#else
inline constexpr bool counts_started_threads = true;
#endif

/// The number of threads that `work` starts and that still exist when it is done, such as the
/// helpers of a parallel loop. It runs in a thread of its own, which has no helpers yet.
inline std::size_t threads_started_by(const std::function<void()>& work) {
  const auto count = [] {
    const std::filesystem::directory_iterator threads("/proc/self/task");
    return static_cast<std::size_t>(std::distance(begin(threads), end(threads)));
  };
  std::size_t started = 0;
  std::thread worker([&] {
    const std::size_t before = count();
    work();
    started = count() - before;
  });
  worker.join();
  return started;
}

}  // namespace chorus::test
