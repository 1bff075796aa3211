#include "study/capacity.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "chorus/error.hpp"
#include "chorus/fit.hpp"
#include "printable.hpp"
#include "study/jobs.hpp"
#include "study/rows.hpp"
#include "study/settings_json.hpp"
#include "study/sizing.hpp"

namespace chorus::app {

namespace {

using nlohmann::ordered_json;

constexpr double usual_held_out = 0.2;
constexpr double usual_unseen = 0.2;
// Bounds, so that the time of the usual study does not grow with the data.
constexpr std::size_t most_unseen = 20, most_images_of_ladder = 80, rungs = 4;

/// Half of the most images, a quarter of them ..., at least 2.
std::vector<std::size_t> usual_ladder(std::size_t most) {
  std::vector<std::size_t> ladder;
  for (std::size_t k = 0; k < rungs && most >= 2; ++k, most /= 2) ladder.push_back(most);
  std::ranges::reverse(ladder);
  return ladder;
}

std::vector<std::size_t> ascending(std::vector<std::size_t> values) {
  std::ranges::sort(values);
  values.erase(std::unique(values.begin(), values.end()), values.end());
  return values;
}

/// `asked`, or the value and fractions and multiples of it.
std::vector<std::size_t> around(const std::vector<std::size_t>& asked, double value,
                                const std::vector<double>& factors) {
  if (!asked.empty()) return ascending(asked);
  std::vector<std::size_t> values;
  values.reserve(factors.size());
  for (const double factor : factors)
    values.push_back(static_cast<std::size_t>(std::max(1.0, std::round(value * factor))));
  return ascending(values);
}

std::size_t count_unseen(const StudyOptions& options, std::size_t available) {
  const double asked = options.train.hold_out_images;
  const auto share = [&](double fraction) {
    return static_cast<std::size_t>(std::lround(fraction * static_cast<double>(available)));
  };
  if (asked > 0) return share(asked);
  // The usual number makes room for a ladder that was asked for.
  const std::vector<std::size_t>& ladder = options.ladder.images;
  const std::size_t needed = ladder.empty() ? 0 : *std::ranges::max_element(ladder);
  return std::min({share(usual_unseen), most_unseen, available - std::min(available, needed)});
}

/// What the results of all jobs depend on, besides what their names say.
ordered_json common_settings(const StudyOptions& options, const CapacityPlan& plan) {
  ordered_json settings = trial_settings(options, plan.train, plan.images);
  settings["until_plateau"] = plan.with_plateau;
  settings["hold_out_pixels"] = plan.held_out;
  settings["unseen"] = plan.unseen;
  settings["tuning"] = "latent, depth, rate by factors of 2";
  settings["fit"] = settings_json(FitConfig{});
  return settings;
}

class JobList {
 public:
  JobList(const StudyOptions& options, const CapacityPlan& plan)
      : plan_(plan), common_(common_settings(options, plan)) {
    for (std::size_t k = 0; k < options.seeds; ++k) add_seed(options.train.training.seed + k);
  }

  std::vector<Job> jobs;
  std::vector<std::uint64_t> seeds;  ///< of each job

 private:
  using Rows = std::function<ordered_json()>;

  void add(const std::string& name, const std::string& description, std::uint64_t seed,
           const ordered_json& special, Rows rows) {
    ordered_json settings = common_;
    settings["job"] = name;
    settings["seed"] = seed;
    settings.update(special);
    jobs.push_back({fmt::format("{}_seed_{}", name, seed),
                    fmt::format("seed {}, {}", seed, description), std::move(settings),
                    std::move(rows)});
    seeds.push_back(seed);
  }

  void add_seed(std::uint64_t seed) {
    const CapacityPlan& plan = plan_;
    const ordered_json ladder = {{"ladder", plan.ladder}}, most = {{"images", plan.most_images()}};
    for (const std::size_t images : plan.ladder)
      add(fmt::format("fixed_{}", images), fmt::format("{} images, the given network", images),
          seed, ordered_json::object(),
          [&plan, images, seed] { return fixed_rows(plan, images, seed); });
    for (const std::size_t numbers : plan.numbers) {
      for (const std::size_t images : plan.ladder)
        add(fmt::format("joint_{}_{}", images, numbers),
            fmt::format("{} images in one network, {} numbers each", images, numbers), seed,
            ordered_json::object(),
            [&plan, images, numbers, seed] { return joint_rows(plan, images, numbers, seed); });
      add(fmt::format("separate_{}", numbers),
          fmt::format("{} networks of {} numbers", plan.most_images(), numbers), seed, ladder,
          [&plan, numbers, seed] { return separate_rows(plan, numbers, seed); });
    }
    for (const auto& [setting, values] :
         {std::pair{"width", plan.widths}, {"latent", plan.latents}})
      for (const std::size_t value : values)
        add(fmt::format("{}_{}", setting, value), fmt::format("{} {}", setting, value), seed, most,
            [&plan, name = setting, value, seed] { return varied_rows(plan, name, value, seed); });
    add("controls", "principal components and enlarged images", seed, ladder,
        [&plan, seed] { return control_rows(plan, seed); });
    add("one_step", "unseen images and an untrained network", seed, most,
        [&plan, seed] { return one_step_rows(plan, seed); });
  }

  const CapacityPlan& plan_;
  ordered_json common_;
};

}  // namespace

CapacityPlan plan_capacity(const StudyOptions& options) {
  CapacityPlan plan;
  plan.images = load_study_images(options.train);
  const std::size_t available = plan.images.training.size();
  plan.train = with_chosen_head(options.train, plan.images.training);
  plan.unseen = count_unseen(options, available);
  plan.held_out =
      options.train.hold_out_pixels > 0 ? options.train.hold_out_pixels : usual_held_out;
  plan.with_plateau = options.ladder.with_plateau;
  plan.ladder = options.ladder.images.empty()
                    ? usual_ladder(std::min(most_images_of_ladder, available - plan.unseen))
                    : ascending(options.ladder.images);
  if (plan.ladder.empty() || plan.most_images() + plan.unseen > available)
    throw Error(
        fmt::format("{}: {} images, of which {} stay unseen; expected at least {} more to train on",
                    shown(options.train.data), available, plan.unseen,
                    plan.ladder.empty() ? 2 : plan.most_images()));
  const std::size_t most = plan.most_images();
  const double each =
      static_cast<double>(joint_numbers(plan.train.network, most)) / static_cast<double>(most);
  const auto width = static_cast<double>(plan.train.network.width);
  const auto latent = static_cast<double>(plan.train.network.latent);
  plan.numbers = around(options.ladder.numbers, each, {0.5, 1, 2});
  plan.widths = around(options.ladder.widths, width, {0.25, 0.5, 1, 2});
  plan.latents = around(options.ladder.latents, latent, {0.0625, 0.25, 1});
  return plan;
}

void study_capacity(const StudyOptions& options) {
  const CapacityPlan plan = plan_capacity(options);
  const JobList list(options, plan);
  const std::vector<ordered_json> results = run_jobs(options.out / "jobs", list.jobs);
  write_capacity(options, plan, joined_rows(results, list.seeds));
}

}  // namespace chorus::app
