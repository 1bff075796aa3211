#pragma once

#include <cstddef>
#include <utility>
#include <vector>

#include "random.hpp"

namespace chorus {

/// Brings a list into random order (Fisher and Yates) from its end, using one word of the stream
/// for each element but the first.
template <class T>
void shuffle(std::vector<T>& list, RandomStream& random) {
  for (std::size_t i = list.size(); i > 1; --i)
    std::swap(list[i - 1], list[below(random.word(), static_cast<std::uint32_t>(i))]);
}

}  // namespace chorus
