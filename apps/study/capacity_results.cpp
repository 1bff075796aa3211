#include <fmt/format.h>

#include <cmath>
#include <string>
#include <utility>

#include "printable.hpp"
#include "study/capacity.hpp"
#include "study/page.hpp"
#include "study/rows.hpp"

namespace chorus::app {

namespace {

using nlohmann::ordered_json;

/// A measure of rows, and where it was taken.
struct Quality {
  std::string measure, place;
};

class CapacityResults {
 public:
  CapacityResults(const StudyOptions& options, const CapacityPlan& plan, std::vector<Row> rows)
      : options_(options), plan_(plan), rows_(std::move(rows)) {
    const auto side = [](const Collection& images) {
      return images.front().image.size().longer_side();
    };
    qualities_ = {{"training_pooled", fmt::format("{} px", side(plan.images.training))}};
    if (!plan.images.largest.empty())
      qualities_.push_back({"largest_pooled", fmt::format("{} px", side(plan.images.largest))});
    qualities_.push_back({"held_out_pooled", "held-out pixels"});
  }

  void write() {
    print_fixed();
    print_sharing();
    print_costs();
    ordered_json findings = ordered_json::array();
    for (const std::string& text : findings_of_sharing()) {
      fmt::print("{}\n", text);
      findings.push_back(text);
    }
    ordered_json data = {
        {"title", "Capacity"},
        {"lead", fmt::format("How many images fit in how many numbers: up to {} images of {}, {} "
                             "seeds. A seed chooses images, held-out pixels and initial weights; "
                             "whiskers are 95 % intervals over seeds (Student's t).",
                             plan_.most_images(), shown(options_.train.data), options_.seeds)},
        {"findings", std::move(findings)},
        {"charts", charts()},
        {"tables", ordered_json::array()},
        {"facts", facts()}};
    write_study(options_.out, data, rows_.all());
  }

 private:
  static RowFilter at(const char* series, std::size_t images) {
    return both(where("series", series), where("images", images));
  }
  static RowFilter at(const char* series, std::size_t images, std::size_t budget) {
    return both(at(series, images), where("budget_each", budget));
  }

  std::string cell(const std::optional<Interval>& value) const {
    return value ? with_interval(*value, options_.seeds) : "-";
  }

  void print_head(const std::string& what, const std::vector<std::string>& columns) const {
    fmt::print("\n{}, PSNR in dB, mean{} of {} seed{}\n", what,
               options_.seeds > 1 ? " and 95 % interval" : "", options_.seeds,
               options_.seeds == 1 ? "" : "s");
    std::string line;
    for (const std::string& column : columns) line += fmt::format("{:>18}", column);
    fmt::print("{}\n", line);
  }

  void print_line(const std::vector<std::string>& cells) const {
    std::string line;
    for (const std::string& each : cells) line += fmt::format("{:>18}", each);
    fmt::print("{}\n", line);
  }

  std::vector<Quality> fixed_qualities() const {
    std::vector<Quality> all = qualities_;
    if (plan_.unseen > 0) {
      all.push_back({"unseen_latent", "unseen, latent"});
      all.push_back({"unseen_shifts", "unseen, shifts"});
    }
    return all;
  }

  void print_fixed() const {
    std::vector<std::string> columns = {"images"};
    for (const Quality& each : fixed_qualities()) columns.push_back(each.place);
    print_head(fmt::format("One network of width {}", plan_.train.network.width), columns);
    const auto line = [&](const std::string& name, const RowFilter& filter) {
      std::vector<std::string> cells = {name};
      for (const Quality& each : fixed_qualities())
        cells.push_back(cell(rows_.mean(filter, each.measure)));
      print_line(cells);
    };
    for (const std::size_t images : plan_.ladder) line(std::to_string(images), at("fixed", images));
    const std::size_t most = plan_.most_images();
    if (plan_.unseen > 0) line("one step", at("one_step", most));
    line(fmt::format("PCA, {}", most), at("pca", most));
    if (!plan_.images.largest.empty())
      line(fmt::format("enlarged, {}", most), at("enlarged", most));
  }

  void print_sharing() const {
    std::vector<std::string> columns = {"images", "numbers each"};
    for (const Quality& each : qualities_) columns.push_back(each.place);
    print_head("One network minus a network for each image, both tuned, numbers equal", columns);
    for (const std::size_t numbers : plan_.numbers)
      for (const std::size_t images : plan_.ladder) {
        std::vector<std::string> cells = {std::to_string(images), std::to_string(numbers)};
        for (const Quality& each : qualities_)
          cells.push_back(cell(rows_.difference(at("joint", images, numbers),
                                                at("separate", images, numbers), each.measure)));
        print_line(cells);
      }
  }

  std::vector<std::string> findings_of_sharing() const {
    std::vector<std::string> findings;
    const std::size_t most = plan_.most_images();
    const std::size_t numbers = plan_.numbers[plan_.numbers.size() / 2];
    for (const Quality& each : qualities_) {
      const auto gain =
          rows_.difference(at("joint", most, numbers), at("separate", most, numbers), each.measure);
      if (!gain) continue;
      const char* verdict = options_.seeds < 2                  ? "one seed shows nothing"
                            : gain->mean - gain->half_width > 0 ? "sharing helps"
                            : gain->mean + gain->half_width < 0 ? "sharing hurts"
                                                                : "no difference is shown";
      findings.push_back(
          fmt::format("{} images of {} numbers each, {}: one network minus separate "
                      "ones {} dB: {}",
                      most, numbers, each.place, with_interval(*gain, options_.seeds), verdict));
    }
    return findings;
  }

  // --- what an image costs ---

  /// The quality that the costs refer to: that of the most images at the middle budget.
  double target_db() const {
    const auto reached =
        rows_.mean(at("joint", plan_.most_images(), plan_.numbers[plan_.numbers.size() / 2]),
                   "training_pooled");
    return reached ? reached->mean : 0;
  }

  /// The numbers for each image with which a kind of network comes to the target, between budgets
  /// on a logarithmic scale. Nothing if the target lies outside of the budgets' range.
  std::optional<double> cost(const char* series, std::size_t images) const {
    bool has_before = false;
    double log_before = 0, db_before = 0;
    for (const std::size_t numbers : plan_.numbers) {
      const auto db = rows_.mean(at(series, images, numbers), "training_pooled");
      const auto each = rows_.mean(at(series, images, numbers), "numbers_each");
      if (!db || !each) continue;
      const double log_now = std::log(each->mean);
      if (has_before && db_before <= target_db() && target_db() <= db->mean) {
        const double rise = db->mean - db_before;
        const double share = rise > 0 ? (target_db() - db_before) / rise : 1;
        return std::exp(log_before + share * (log_now - log_before));
      }
      has_before = true;
      log_before = log_now;
      db_before = db->mean;
    }
    return std::nullopt;
  }

  void print_costs() const {
    fmt::print("\nNumbers for each image to reach {:.2f} dB at {}\n", target_db(),
               qualities_.front().place);
    print_line({"images", "one network", "separate", "each further image"});
    const auto shown_cost = [](const std::optional<double>& value) {
      return value ? fmt::format("{:.0f}", *value) : "-";
    };
    double count_before = 0, numbers_before = 0;  // in all; no images if there is no cost
    for (const std::size_t images : plan_.ladder) {
      const std::optional<double> each = cost("joint", images);
      const auto count = static_cast<double>(images);
      std::optional<double> further;
      if (each && count_before > 0)
        further = (*each * count - numbers_before) / (count - count_before);
      print_line({std::to_string(images), shown_cost(each), shown_cost(cost("separate", images)),
                  shown_cost(further)});
      count_before = each ? count : 0;
      numbers_before = each.value_or(0) * count;
    }
    fmt::print("\n");
  }

  // --- charts ---

  ordered_json line_over_images(const std::string& name, const char* series,
                                const std::string& measure,
                                std::optional<std::size_t> budget = {}) const {
    ordered_json points = ordered_json::array();
    for (const std::size_t images : plan_.ladder)
      if (const auto mean =
              rows_.mean(budget ? at(series, images, *budget) : at(series, images), measure))
        points.push_back(chart_point(static_cast<double>(images), *mean));
    return {{"name", name}, {"points", std::move(points)}};
  }

  static void add_chart(ordered_json& charts, const std::string& title, const std::string& axis,
                        ordered_json series, const char* unit = "dB") {
    ordered_json with_points = ordered_json::array();
    for (ordered_json& each : series)
      if (!each["points"].empty()) with_points.push_back(std::move(each));
    if (with_points.empty()) return;
    charts.push_back({{"title", title},
                      {"unit", unit},
                      {"axis", {{"label", axis}, {"scale", "log"}}},
                      {"series", std::move(with_points)},
                      {"baselines", ordered_json::array()}});
  }

  ordered_json charts() const {
    ordered_json all = ordered_json::array();
    const std::string width = fmt::format("one network of width {}", plan_.train.network.width);
    for (const Quality& each : qualities_)
      add_chart(all, fmt::format("More images: PSNR, {}", each.place), "images",
                {line_over_images(width, "fixed", each.measure),
                 line_over_images("PCA, as many numbers", "pca", each.measure),
                 line_over_images("enlarged, no network", "enlarged", each.measure)});
    for (const Quality& each : qualities_) add_sharing_charts(all, each);
    add_cost_chart(all);
    for (const char* setting : {"width", "latent"}) add_chart_of(all, setting);
    add_unseen_chart(all);
    return all;
  }

  void add_sharing_charts(ordered_json& all, const Quality& quality) const {
    ordered_json gains = ordered_json::array();
    for (const std::size_t numbers : plan_.numbers) {
      ordered_json points = ordered_json::array();
      for (const std::size_t images : plan_.ladder)
        if (const auto gain = rows_.difference(at("joint", images, numbers),
                                               at("separate", images, numbers), quality.measure))
          points.push_back(chart_point(static_cast<double>(images), *gain));
      gains.push_back(
          {{"name", fmt::format("{} numbers each", numbers)}, {"points", std::move(points)}});
    }
    const std::size_t middle = plan_.numbers[plan_.numbers.size() / 2];
    add_chart(all, fmt::format("Equal numbers, {} each: PSNR, {}", middle, quality.place), "images",
              {line_over_images("one network", "joint", quality.measure, middle),
               line_over_images("a network for each", "separate", quality.measure, middle)});
    add_chart(all, fmt::format("Gain of sharing, {}", quality.place), "images", std::move(gains));
  }

  void add_cost_chart(ordered_json& all) const {
    const auto costs = [&](const std::string& name, const char* series) {
      ordered_json points = ordered_json::array();
      for (const std::size_t images : plan_.ladder)
        if (const auto each = cost(series, images))
          points.push_back(chart_point(static_cast<double>(images), {*each, 0}));
      return ordered_json{{"name", name}, {"points", std::move(points)}};
    };
    add_chart(
        all,
        fmt::format("What an image costs at {:.1f} dB, {}", target_db(), qualities_.front().place),
        "images", {costs("one network", "joint"), costs("a network for each", "separate")},
        "numbers per image");
  }

  void add_chart_of(ordered_json& all, const std::string& setting) const {
    ordered_json series = ordered_json::array();
    for (const Quality& each : qualities_) {
      ordered_json points = ordered_json::array();
      for (const std::size_t value : setting == "width" ? plan_.widths : plan_.latents)
        if (const auto mean =
                rows_.mean(both(where("series", setting), where(setting, value)), each.measure))
          points.push_back(chart_point(static_cast<double>(value), *mean));
      series.push_back({{"name", each.place}, {"points", std::move(points)}});
    }
    add_chart(all, fmt::format("PSNR by {}, {} images", setting, plan_.most_images()),
              setting == "width" ? "width (units per layer)" : "numbers per latent",
              std::move(series));
  }

  void add_unseen_chart(ordered_json& all) const {
    const std::size_t most = plan_.most_images();
    const auto level = [&](const char* name, const char* measure) {
      ordered_json points = ordered_json::array();
      if (const auto mean = rows_.mean(at("one_step", most), measure))
        for (const std::size_t images : plan_.ladder)
          points.push_back(chart_point(static_cast<double>(images), *mean));
      return ordered_json{{"name", name}, {"points", std::move(points)}};
    };
    add_chart(all, "Unseen images, fitted: mean PSNR", "images trained on",
              {line_over_images("trained, shifts", "fixed", "unseen_shifts"),
               level("after one step, shifts", "unseen_shifts"),
               line_over_images("trained, latent", "fixed", "unseen_latent"),
               level("after one step, latent", "unseen_latent"),
               line_over_images("PCA, a latent's length", "pca", "unseen_latent")});
  }

  ordered_json facts() const {
    const SirenConfig& network = plan_.train.network;
    return {{"Data", shown(options_.train.data)},
            {"Images", fmt::format("{}", fmt::join(plan_.ladder, ", "))},
            {"Unseen images", plan_.unseen},
            {"Numbers for each image", fmt::format("{}", fmt::join(plan_.numbers, ", "))},
            {"Steps", fmt::format("{}{}", *plan_.train.steps,
                                  plan_.with_plateau ? ", doubled to a plateau" : "")},
            {"Pixels held out", fmt::format("{:.0f} %", 100 * plan_.held_out)},
            {"Network", fmt::format("width {}, {} hidden layers, latent {}", network.width,
                                    network.hidden_layers, network.latent)},
            {"Seeds", options_.seeds}};
  }

  const StudyOptions& options_;
  const CapacityPlan& plan_;
  Rows rows_;
  std::vector<Quality> qualities_;
};

}  // namespace

void write_capacity(const StudyOptions& options, const CapacityPlan& plan,
                    const std::vector<Row>& rows) {
  CapacityResults(options, plan, rows).write();
}

}  // namespace chorus::app
