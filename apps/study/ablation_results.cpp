#include "study/ablation_results.hpp"

#include <fmt/format.h>

#include <utility>

#include "printable.hpp"
#include "study/page.hpp"

namespace chorus::app {

namespace {

using nlohmann::ordered_json;

class AblationResults {
 public:
  AblationResults(const StudyOptions& options, const std::vector<const Variant*>& variants,
                  std::vector<Row> rows, const AblationFacts& facts)
      : options_(options), variants_(variants), rows_(std::move(rows)), facts_(facts) {
    measures_ = {{"training_pooled", fmt::format("{} px", facts.training_px)}};
    if (facts.largest_px > 0)
      measures_.emplace_back("largest_pooled", fmt::format("{} px", facts.largest_px));
    measures_.emplace_back("held_out_pooled", "held-out pixels");
  }

  void write() {
    ordered_json charts = ordered_json::array(), tables = ordered_json::array();
    for (const char* by : {"steps", "time"}) {
      for (const auto& [measure, place] : measures_) charts.push_back(chart(by, measure, place));
      tables.push_back(table(by));
    }
    const ordered_json data = {
        {"title", "Ablation"},
        {"lead",
         fmt::format("Each decision changed alone: {} images, {} steps, {} seeds; differences from "
                     "the base, PSNR pooled over pixels. Whiskers are 95 % intervals of the "
                     "differences over seeds (Student's t, paired).",
                     facts_.count, facts_.steps, options_.seeds)},
        {"findings", ordered_json::array()},
        {"charts", std::move(charts)},
        {"tables", std::move(tables)},
        {"facts",
         {{"Data", shown(options_.train.data)},
          {"Images", facts_.count},
          {"Steps", facts_.steps},
          {"Seeds", options_.seeds}}}};
    write_study(options_.out, data, rows_.all());
  }

 private:
  static RowFilter of(const std::string& variant, const char* by) {
    return both(where("variant", variant), where("by", by));
  }

  std::string title(const char* by) const {
    return std::string(by) == "steps" ? fmt::format("{} steps", facts_.steps)
                                      : "the time of the base";
  }

  ordered_json chart(const char* by, const std::string& measure, const std::string& place) const {
    ordered_json dots = ordered_json::array();
    for (const Variant* each : variants_)
      if (const auto gain = rows_.difference(of(each->name, by), of("base", by), measure))
        dots.push_back({{"name", each->label}, {"value", gain->mean}, {"half", gain->half_width}});
    return {{"title", fmt::format("In {}: {}", title(by), place)},
            {"unit", "dB"},
            {"label", "difference from the base, dB"},
            {"dots", std::move(dots)}};
  }

  /// Prints a table, too.
  ordered_json table(const char* by) const {
    ordered_json columns = {"variant", "time of a step"}, lines = ordered_json::array();
    for (const auto& [measure, place] : measures_) columns.push_back(place);
    ordered_json base = {"base", "1.00"};
    for (const auto& [measure, place] : measures_)
      base.push_back(cell(rows_.mean(of("base", by), measure)));
    lines.push_back(std::move(base));
    for (const Variant* each : variants_) {
      ordered_json line = {each->name};
      const auto ratio = rows_.mean(of(each->name, by), "time_ratio");
      line.push_back(ratio ? fmt::format("{:.2f}", ratio->mean) : "-");
      for (const auto& [measure, place] : measures_)
        line.push_back(cell(rows_.difference(of(each->name, by), of("base", by), measure)));
      lines.push_back(std::move(line));
    }
    const std::string heading = fmt::format("In {}: the base, and differences from it", title(by));
    fmt::print("\n{}, PSNR in dB, mean{} of {} seed{}\n", heading,
               options_.seeds > 1 ? " and 95 % interval" : "", options_.seeds,
               options_.seeds == 1 ? "" : "s");
    print_line(columns);
    for (const ordered_json& line : lines) print_line(line);
    return {{"title", heading}, {"columns", std::move(columns)}, {"rows", std::move(lines)}};
  }

  static void print_line(const ordered_json& cells) {
    std::string line;
    for (std::size_t i = 0; i < cells.size(); ++i) {
      const auto text = cells[i].get<std::string>();
      line += i == 0 ? fmt::format("{:<14}", text) : fmt::format("{:>18}", text);
    }
    fmt::print("{}\n", line);
  }

  std::string cell(const std::optional<Interval>& value) const {
    return value ? with_interval(*value, options_.seeds) : "-";
  }

  const StudyOptions& options_;
  const std::vector<const Variant*>& variants_;
  Rows rows_;
  AblationFacts facts_;
  std::vector<std::pair<std::string, std::string>> measures_;  ///< and where they were taken
};

}  // namespace

void write_ablation(const StudyOptions& options, const std::vector<const Variant*>& variants,
                    std::vector<Row> rows, const AblationFacts& facts) {
  AblationResults(options, variants, std::move(rows), facts).write();
}

}  // namespace chorus::app
