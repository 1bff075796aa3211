#include "bench/sum.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "chorus/siren.hpp"
#include "ordered_sum.hpp"
#include "support/processes.hpp"
#include "support/progress.hpp"

namespace chorus::app {

namespace {

using nlohmann::ordered_json;

/// The number of parameters of a network with defaults but for its width.
std::size_t count_numbers(std::size_t width) {
  Memory memory(make_backend("cpu", {.threads = 1}));
  const Siren siren(memory, {.width = width});
  std::size_t numbers = 0;
  for (const Parameter& each : siren.parameters()) numbers += each.value.size();
  return numbers;
}

/// The median time of a sum, in milliseconds.
double measure_sum_ms(std::size_t numbers, std::size_t repetitions) {
  constexpr std::size_t sums = 20;  // of a repetition
  const std::vector<float> own(numbers, 1);
  OrderedSum sum(*processes(), 1, numbers);
  std::vector<double> times_ms;
  for (std::size_t i = 0; i <= repetitions; ++i) {
    processes()->barrier();
    const auto began = Clock::now();
    for (std::size_t k = 0; k < sums; ++k) {
      sum.put(0, 0, own);
      sum.begin();
      sum.finish();
    }
    if (i > 0) times_ms.push_back(1e3 * seconds_since(began) / sums);  // the first one warms up
  }
  std::ranges::nth_element(times_ms,
                           times_ms.begin() + static_cast<std::ptrdiff_t>(repetitions / 2));
  return times_ms[repetitions / 2];
}

}  // namespace

void bench_sums(const std::vector<std::size_t>& widths, std::size_t repetitions, bool as_json) {
  ordered_json rows = ordered_json::array();
  const auto measure = [&](std::size_t width, std::size_t numbers) {
    rows.push_back({{"processes", processes()->size()},
                    {"width", width},
                    {"numbers", numbers},
                    {"ms", measure_sum_ms(numbers, repetitions)}});
    const ordered_json& row = rows.back();
    if (prints() && !as_json)
      fmt::print("{:>9} {:>6} {:>12} {:>9.3f}\n", processes()->size(),
                 width == 0 ? "-" : std::to_string(width), numbers, row["ms"].get<double>());
  };
  if (prints() && !as_json)
    fmt::print(
        "The sum of the gradients of all processes, once a step ({})\n{:>9} {:>6} {:>12} {:>9}\n",
        processes()->description(), "processes", "width", "numbers", "ms");
  measure(0, 1);
  for (const std::size_t width : widths) measure(width, count_numbers(width));
  if (prints() && as_json) fmt::print("{}\n", ordered_json{{"sums", rows}}.dump(1));
}

}  // namespace chorus::app
