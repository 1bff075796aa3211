#pragma once

#include <cstddef>
#include <functional>

#include "chorus/version.hpp"

// Exported: the room paths, in another shared library, uses it.
namespace CHORUS_API chorus {

/// The number of threads to use where `wanted` are asked for: never more than there are cores. 0
/// asks for OMP_NUM_THREADS of them, or one per core.
std::size_t usable_threads(std::size_t wanted);

/// Runs body(i) for all i below `count` on at most `threads` threads (0: usable_threads(0)), the
/// caller's among them. The calls may come in any order, so none may depend on another; results
/// then do not depend on the number of threads. Inside another loop that has several threads, the
/// calling thread does all the work.
///
/// The first exception of a body is rethrown when all threads have stopped; calls that had not
/// begun by then are left out.
void for_each_index(std::size_t count, std::size_t threads,
                    const std::function<void(std::size_t)>& body);

}  // namespace chorus
