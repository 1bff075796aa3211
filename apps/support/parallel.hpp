#pragma once

#include <cstddef>
#include <exception>

namespace chorus::app {

/// Runs body(i) for all i below `count` on `threads` threads. What each call does may not depend on
/// the others; results then do not depend on the number of threads. The first exception of a body
/// is rethrown at the end.
template <class Body>
void for_each_index(std::size_t count, std::size_t threads, const Body& body) {
  std::exception_ptr failure;
#pragma omp parallel for schedule(dynamic) num_threads(static_cast <int>(threads))
  for (std::size_t i = 0; i < count; ++i) {
    try {
      body(i);
    } catch (...) {
#pragma omp critical(chorus_for_each_index)
      if (!failure) failure = std::current_exception();
    }
  }
  if (failure) std::rethrow_exception(failure);
}

}  // namespace chorus::app
