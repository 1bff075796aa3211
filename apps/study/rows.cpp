#include "study/rows.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "chorus/error.hpp"

namespace chorus::app {

namespace {

/// As in RFC 4180, where it is needed.
std::string csv_cell(const Row& value) {
  if (!value.is_string()) return value.dump();
  std::string text = value.get<std::string>();
  if (text.find_first_of(",\"\n\r") == std::string::npos) return text;
  std::string quoted = "\"";
  for (const char c : text) {
    if (c == '"') quoted += '"';
    quoted += c;
  }
  return quoted + '"';
}

}  // namespace

std::vector<Row> joined_rows(const std::vector<Row>& results,
                             const std::vector<std::uint64_t>& seeds) {
  std::vector<Row> rows;
  for (std::size_t j = 0; j < results.size(); ++j)
    for (const Row& each : results[j]) {
      Row row = {{"seed", seeds[j]}};
      row.update(each);
      rows.push_back(std::move(row));
    }
  return rows;
}

RowFilter where(const std::string& field, const Row& value) {
  return [field, value](const Row& row) { return row.contains(field) && row[field] == value; };
}

RowFilter both(RowFilter a, RowFilter b) {
  return [a = std::move(a), b = std::move(b)](const Row& row) { return a(row) && b(row); };
}

std::map<std::uint64_t, double> Rows::values(const RowFilter& filter,
                                             const std::string& measure) const {
  std::map<std::uint64_t, double> found;
  for (const Row& row : rows_) {
    if (!filter(row) || !row.contains(measure)) continue;
    if (!row[measure].is_number())
      throw Error(fmt::format("the result of a job says that {} is {}; expected a number", measure,
                              row[measure].dump()));
    found[row.at("seed").get<std::uint64_t>()] = row[measure].get<double>();
  }
  return found;
}

std::optional<Interval> Rows::mean(const RowFilter& filter, const std::string& measure) const {
  const std::map<std::uint64_t, double> found = values(filter, measure);
  std::vector<double> list;
  list.reserve(found.size());
  for (const auto& [seed, value] : found) list.push_back(value);
  if (list.empty()) return std::nullopt;
  return interval(list);
}

std::optional<Interval> Rows::difference(const RowFilter& a, const RowFilter& b,
                                         const std::string& measure) const {
  const std::map<std::uint64_t, double> theirs = values(b, measure);
  std::vector<double> list;
  for (const auto& [seed, value] : values(a, measure))
    if (const auto other = theirs.find(seed); other != theirs.end())
      list.push_back(value - other->second);
  if (list.empty()) return std::nullopt;
  return interval(list);
}

std::string to_csv(const std::vector<Row>& rows) {
  std::vector<std::string> fields;
  for (const Row& row : rows)
    for (const auto& [field, value] : row.items())
      if (!value.is_structured() && std::ranges::count(fields, field) == 0) fields.push_back(field);
  std::string text = fmt::format("{}\n", fmt::join(fields, ","));
  for (const Row& row : rows) {
    std::vector<std::string> cells;
    cells.reserve(fields.size());
    for (const std::string& field : fields)
      cells.push_back(row.contains(field) ? csv_cell(row[field]) : "");
    text += fmt::format("{}\n", fmt::join(cells, ","));
  }
  return text;
}

Row chart_point(double x, const Interval& y) { return {x, y.mean, y.half_width}; }

std::string with_interval(const Interval& value, std::size_t seeds) {
  return seeds > 1 ? fmt::format("{:.2f} +- {:.2f}", value.mean, value.half_width)
                   : fmt::format("{:.2f}", value.mean);
}

}  // namespace chorus::app
