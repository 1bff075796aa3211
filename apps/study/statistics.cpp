#include "study/statistics.hpp"

#include <array>
#include <cmath>
#include <cstddef>

namespace chorus::app {

namespace {

/// The 0.975 quantile of Student's t.
double t_quantile(std::size_t degrees_of_freedom) {
  constexpr std::array table = {12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365,
                                2.306,  2.262, 2.228, 2.201, 2.179, 2.160, 2.145,
                                2.131,  2.120, 2.110, 2.101, 2.093, 2.086};
  const auto n = static_cast<double>(degrees_of_freedom);
  if (degrees_of_freedom <= table.size()) return table[degrees_of_freedom - 1];
  return 1.96 + 2.42 / n;  // from here on within 0.006 of the quantile
}

}  // namespace

Interval interval(const std::vector<double>& values) {
  const auto n = static_cast<double>(values.size());
  double mean = 0, squares = 0;
  for (const double value : values) mean += value / n;
  if (values.size() < 2) return {mean, 0};
  for (const double value : values) squares += (value - mean) * (value - mean);
  return {mean, t_quantile(values.size() - 1) * std::sqrt(squares / (n - 1) / n)};
}

}  // namespace chorus::app
