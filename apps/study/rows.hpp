#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "study/statistics.hpp"

// Results of jobs as rows: JSON objects with "seed", settings and measures.

namespace chorus::app {

using Row = nlohmann::ordered_json;

/// The rows of all jobs, of which each result is a list, with the seeds of the jobs.
std::vector<Row> joined_rows(const std::vector<Row>& results,
                             const std::vector<std::uint64_t>& seeds);

/// Whether a row belongs to a point of a curve.
using RowFilter = std::function<bool(const Row&)>;

/// Rows whose field has the value.
RowFilter where(const std::string& field, const Row& value);
RowFilter both(RowFilter a, RowFilter b);

class Rows {
 public:
  explicit Rows(std::vector<Row> rows) : rows_(std::move(rows)) {}

  const std::vector<Row>& all() const { return rows_; }
  /// The values of a measure by seed. Throws Error if a value is no number.
  std::map<std::uint64_t, double> values(const RowFilter& filter, const std::string& measure) const;
  /// Mean and interval over seeds; nothing without values.
  std::optional<Interval> mean(const RowFilter& filter, const std::string& measure) const;
  /// Of the differences a - b of the seeds that have both.
  std::optional<Interval> difference(const RowFilter& a, const RowFilter& b,
                                     const std::string& measure) const;

 private:
  std::vector<Row> rows_;
};

/// One line for each row, with all fields that are numbers or text; lists are left out. The first
/// line names the fields.
std::string to_csv(const std::vector<Row>& rows);

/// A point of a curve: [x, mean, half width].
Row chart_point(double x, const Interval& y);
/// "36.12 +- 0.20", without the interval if there is one value only.
std::string with_interval(const Interval& value, std::size_t seeds);

}  // namespace chorus::app
