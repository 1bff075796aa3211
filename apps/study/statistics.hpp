#pragma once

#include <vector>

namespace chorus::app {

/// A mean and its 95 % interval, by Student's t.
struct Interval {
  double mean = 0;
  double half_width = 0;  ///< 0 where a single value says nothing about the spread
};

Interval interval(const std::vector<double>& values);

}  // namespace chorus::app
