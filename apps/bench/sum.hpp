#pragma once

#include <cstddef>
#include <vector>

namespace chorus::app {

/// Measures what processes that share a training do once a step: the ordered sum of the gradients
/// of networks of these widths, of one worker each, and of a single number, which shows the
/// latency. Process 0 prints a line for each. All processes must call it.
void bench_sums(const std::vector<std::size_t>& widths, std::size_t repetitions, bool as_json);

}  // namespace chorus::app
