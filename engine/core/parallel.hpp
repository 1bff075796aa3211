#pragma once

#include <cstddef>
#include <functional>

#include "chorus/version.hpp"

// Exported: the room paths, in another shared library, uses it.
namespace CHORUS_API chorus {

/// The number of threads to use where `wanted` are requested, which is never more than the cores
/// that this process may run on. 0 requests OMP_NUM_THREADS, or one per core, and at most as many
/// as the CPU quota of the process's control groups lets run at once.
std::size_t usable_threads(std::size_t wanted);

/// Runs body(i) for all i below `count` on at most `threads` threads (0: usable_threads(0)),
/// including the calling one. Calls may run in any order, so they must not depend on each other;
/// results are then independent of the number of threads. Inside another loop that has several
/// threads, the calling thread does all the work.
///
/// Throws Error if the system has no room for so many threads. The first exception of a body is
/// rethrown after all threads have stopped. Calls that had not begun by then are not made.
void for_each_index(std::size_t count, std::size_t threads,
                    const std::function<void(std::size_t)>& body);

}  // namespace chorus
