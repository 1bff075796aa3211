#include "study/ablation.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>
#include <utility>

#include "chorus/error.hpp"
#include "printable.hpp"
#include "study/ablation_results.hpp"
#include "study/jobs.hpp"
#include "study/trial.hpp"

namespace chorus::app {

namespace {

using nlohmann::ordered_json;

constexpr std::size_t most_usual_images = 100;
constexpr double usual_held_out_pixels = 0.2;

void set_latent(TrainOptions& o, std::size_t divisor) {
  o.network.latent = std::max<std::size_t>(1, o.network.latent / divisor);
}

struct AblationPlan {
  TrainOptions train;
  StudyImages images;
  std::size_t count = 0;  ///< images of a training
  double held_out = 0;
};

AblationPlan plan_ablation(const StudyOptions& options) {
  AblationPlan plan;
  plan.images = load_study_images(options.train);
  const std::size_t available = plan.images.training.size();
  plan.count = options.ladder.images.empty() ? std::min(available, most_usual_images)
                                             : options.ladder.images.front();
  if (plan.count > available)
    throw Error(fmt::format("{}: {} images; expected at least the {} of --images",
                            shown(options.train.data), available, plan.count));
  plan.train = with_chosen_head(options.train, plan.images.training);
  plan.held_out =
      plan.train.hold_out_pixels > 0 ? plan.train.hold_out_pixels : usual_held_out_pixels;
  return plan;
}

/// What tells whether a variant changes anything.
ordered_json distinct_settings(const TrainOptions& train) {
  return {network_to_json(train), training_to_json(train)};
}

/// CPU time of a step of the variant over that of the base. Short trainings take turns, so that
/// what else the machine does meets both, and the fastest of each counts.
double time_ratio(Session& session, const Trial& base, const Trial& variant,
                  const Collection& images) {
  constexpr std::size_t turns = 3, least_steps = 40, share_of_steps = 20;
  double base_s = std::numeric_limits<double>::infinity(), variant_s = base_s;
  Trial short_base = base, short_variant = variant;
  const std::size_t steps = std::max(least_steps, *base.train.steps / share_of_steps);
  short_base.train.steps = short_variant.train.steps = steps;
  for (std::size_t turn = 0; turn < turns; ++turn) {
    base_s = std::min(base_s, training_cpu_s(session, short_base, images));
    variant_s = std::min(variant_s, training_cpu_s(session, short_variant, images));
  }
  return variant_s / std::max(base_s, 1e-6);
}

ordered_json measured(Session& session, Trial trial, const StudyImages& images, double held_out) {
  const TrialResult whole = run_trial(session, trial, images, true);
  ordered_json row = {{"steps", whole.steps}, {"diverged", whole.has_diverged}};
  if (whole.has_diverged) return row;
  row.update(whole_measures(whole.training, whole.largest));
  trial.held_out = held_out;
  const TrialResult part = run_trial(session, trial, images, false);
  if (!part.has_diverged) row.update(held_out_measures(part.training));
  return row;
}

/// Two rows, by equal steps and by equal time.
ordered_json variant_rows(const AblationPlan& plan, const Variant* variant, std::uint64_t seed) {
  Session session(plan.train.backend);
  const StudyImages images = chosen_images(
      plan.images, first_of(shuffled_numbers(plan.images.training.size(), seed), plan.count));
  Trial base{.train = plan.train};
  base.train.training.seed = seed;
  base.train.steps = steps_for(plan.train.training, plan.count, *plan.train.steps);
  Trial trial = base;
  if (variant != nullptr) variant->change(trial.train);
  const auto row = [&](const char* by, const ordered_json& measures) {
    ordered_json made = {{"variant", variant == nullptr ? "base" : variant->name},
                         {"by", by},
                         {"images", plan.count}};
    made.update(measures);
    return made;
  };
  const double ratio = variant == nullptr ? 1 : time_ratio(session, base, trial, images.training);
  ordered_json by_steps = measured(session, trial, images, plan.held_out);
  by_steps["time_ratio"] = ratio;
  constexpr double alike = 0.03;
  ordered_json by_time = by_steps;
  if (std::abs(ratio - 1) > alike) {
    trial.train.steps = static_cast<std::size_t>(
        std::max(1.0, std::round(static_cast<double>(*base.train.steps) / ratio)));
    by_time = measured(session, trial, images, plan.held_out);
    by_time["time_ratio"] = ratio;
  }
  return ordered_json::array({row("steps", by_steps), row("time", by_time)});
}

/// The variants that were asked for and that change something.
std::vector<const Variant*> chosen_variants(const StudyOptions& options, const AblationPlan& plan) {
  const std::vector<std::string>& asked = options.ladder.variants;
  std::vector<const Variant*> chosen;
  for (const Variant& each : ablation_variants()) {
    if (!asked.empty() && std::ranges::count(asked, each.name) == 0) continue;
    TrainOptions changed = plan.train;
    each.change(changed);
    if (distinct_settings(changed) != distinct_settings(plan.train)) chosen.push_back(&each);
  }
  if (chosen.empty())
    throw Error("none of the variants changes anything of these settings; expected others");
  return chosen;
}

}  // namespace

const std::vector<Variant>& ablation_variants() {
  static const std::vector<Variant> all = {
      {"input", "latent at the input only",
       [](TrainOptions& o) { o.network.conditioning = Conditioning::input; }},
      {"shift", "latent as a shift",
       [](TrainOptions& o) { o.network.conditioning = Conditioning::shift; }},
      {"film", "latent as shift and gain",
       [](TrainOptions& o) { o.network.conditioning = Conditioning::film; }},
      {"latent_4th", "a quarter of the latent", [](TrainOptions& o) { set_latent(o, 4); }},
      {"latent_16th", "a sixteenth of the latent", [](TrainOptions& o) { set_latent(o, 16); }},
      {"omega_half", "half the first frequency",
       [](TrainOptions& o) { o.network.omega_first *= 0.5F; }},
      {"omega_double", "twice the first frequency",
       [](TrainOptions& o) { o.network.omega_first *= 2; }},
      {"rgb", "colours, no palette", [](TrainOptions& o) { o.head = Head::rgb; }},
      {"points_only", "no phase of areas",
       [](TrainOptions& o) { o.training.pixels.areas.from = 1; }},
      {"areas_only", "no phase of points",
       [](TrainOptions& o) { o.training.pixels.areas.from = 0; }},
      {"no_assignment", "no assignment loss",
       [](TrainOptions& o) { o.training.assignment.weight = 0; }},
      {"no_blended", "blended pixels as points",
       [](TrainOptions& o) { o.training.pixels.blended.pixels = 0; }},
  };
  return all;
}

void study_ablation(const StudyOptions& options) {
  const AblationPlan plan = plan_ablation(options);
  const std::vector<const Variant*> variants = chosen_variants(options, plan);
  ordered_json common = trial_settings(options, plan.train, plan.images);
  common["hold_out_pixels"] = plan.held_out;
  common["images"] = plan.count;
  std::vector<Job> jobs;
  std::vector<std::uint64_t> seeds;
  const auto add = [&](const Variant* variant, std::uint64_t seed) {
    const std::string name = variant == nullptr ? "base" : variant->name;
    ordered_json settings = common;
    settings["variant"] = name;
    settings["seed"] = seed;
    jobs.push_back({fmt::format("{}_seed_{}", name, seed), fmt::format("seed {}, {}", seed, name),
                    std::move(settings),
                    [&plan, variant, seed] { return variant_rows(plan, variant, seed); }});
    seeds.push_back(seed);
  };
  for (std::size_t k = 0; k < options.seeds; ++k) {
    const std::uint64_t seed = options.train.training.seed + k;
    add(nullptr, seed);
    for (const Variant* each : variants) add(each, seed);
  }
  const std::vector<ordered_json> results = run_jobs(options.out / "jobs", jobs);
  write_ablation(options, variants, joined_rows(results, seeds),
                 {.count = plan.count,
                  .steps = *plan.train.steps,
                  .training_px = plan.images.training.front().image.size().longer_side(),
                  .largest_px = plan.images.largest.empty()
                                    ? 0
                                    : plan.images.largest.front().image.size().longer_side()});
}

}  // namespace chorus::app
