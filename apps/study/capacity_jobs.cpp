#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <nlohmann/json.hpp>

#include "chorus/error.hpp"
#include "principal_components.hpp"
#include "steep_bicubic.hpp"
#include "study/capacity.hpp"
#include "study/sizing.hpp"
#include "study/tuning.hpp"

namespace chorus::app {

namespace {

using nlohmann::ordered_json;

/// The images of a seed: those to train on, and those that stay unseen.
struct Chosen {
  StudyImages trained;
  Collection unseen;
};

Chosen choose(const CapacityPlan& plan, std::size_t count, std::uint64_t seed) {
  std::vector<std::size_t> order = shuffled_numbers(plan.images.training.size(), seed);
  Chosen chosen;
  chosen.trained = chosen_images(plan.images, first_of(order, count));
  std::ranges::reverse(order);
  chosen.unseen = chosen_images(plan.images, first_of(order, plan.unseen)).training;
  return chosen;
}

Trial trial_of(const CapacityPlan& plan, std::uint64_t seed, std::size_t images) {
  Trial trial{.train = plan.train};
  trial.train.training.seed = seed;
  trial.train.steps = steps_for(plan.train.training, images, *plan.train.steps);
  return trial;
}

/// A final training, and not one for tuning.
TrialResult final_result(const CapacityPlan& plan, Session& session, const Trial& trial,
                         const StudyImages& images, bool with_largest) {
  TrialResult result = plan.with_plateau ? train_to_plateau(session, trial, images, with_largest)
                                         : run_trial(session, trial, images, with_largest);
  if (result.has_diverged)
    throw Error(fmt::format("a training of {} images diverged; expected a --learning-rate below {}",
                            images.training.size(), trial.train.training.rates.base));
  return result;
}

ordered_json names_of(const Collection& images) {
  ordered_json names = ordered_json::array();
  for (const NamedImage& each : images) names.push_back(each.name);
  return names;
}

/// A row about a network. `numbers` counts those of all images.
ordered_json network_row(const char* series, std::size_t images, const TrainOptions& train,
                         std::size_t numbers) {
  return {{"series", series},
          {"images", images},
          {"numbers", numbers},
          {"numbers_each", static_cast<double>(numbers) / static_cast<double>(images)},
          {"width", train.network.width},
          {"hidden_layers", train.network.hidden_layers},
          {"latent", train.network.latent},
          {"learning_rate", train.training.rates.base}};
}

/// Trains with all pixels, and with some held out. Returns the first model.
Model add_joint_measures(ordered_json& row, const CapacityPlan& plan, Session& session, Trial trial,
                         const StudyImages& images) {
  TrialResult whole = final_result(plan, session, trial, images, true);
  row["steps"] = whole.steps;
  if (plan.with_plateau) row["converged"] = whole.converged;
  row["cpu_seconds"] = whole.cpu_s;
  row.update(whole_measures(whole.training, whole.largest));
  if (plan.held_out > 0) {
    trial.held_out = plan.held_out;
    row.update(held_out_measures(final_result(plan, session, trial, images, false).training));
  }
  return std::move(*whole.model);
}

std::vector<double> vector_of(const Image& image) {
  const Image balanced_image = balanced(image);
  return {balanced_image.values.begin(), balanced_image.values.end()};
}

Image image_of(const std::vector<double>& vector, const Image& like) {
  Image image(like.size(), like.channels);
  std::ranges::transform(vector, image.values.begin(),
                         [](double value) { return static_cast<float>(value); });
  return premultiplied(std::move(image));
}

/// The row of principal components for the numbers of the fixed network.
ordered_json components_row(const CapacityPlan& plan, const Chosen& chosen) {
  const Collection& images = chosen.trained.training;
  const std::size_t count = images.size();
  std::vector<std::vector<double>> vectors;
  vectors.reserve(count);
  for (const NamedImage& each : images) vectors.push_back(vector_of(each.image));
  const std::size_t length = vectors.front().size();
  const std::size_t allowed = joint_numbers(plan.train.network, count);
  const std::size_t most = allowed < length ? 0 : (allowed - length) / (length + count);
  const PrincipalComponents components(vectors, most);
  std::vector<ImageScore> training, largest;
  training.reserve(count);
  largest.reserve(count);
  for (std::size_t i = 0; i < count; ++i) {
    const Image decoded = image_of(components.reconstructed(vectors[i]), images[i].image);
    training.push_back(score(images[i].name, decoded, images[i].image, {}));
    if (chosen.trained.largest.empty()) continue;
    const Image& truth = chosen.trained.largest[i].image;
    largest.push_back(score(images[i].name, steep_bicubic(decoded, truth.size()), truth, {}));
  }
  const std::size_t numbers = length + components.count() * (length + count);
  ordered_json row = {{"series", "pca"},
                      {"images", count},
                      {"numbers", numbers},
                      {"numbers_each", static_cast<double>(numbers) / static_cast<double>(count)},
                      {"components", components.count()}};
  row.update(whole_measures(training, largest));
  if (chosen.unseen.empty()) return row;
  const PrincipalComponents code(vectors, plan.train.network.latent);
  std::vector<ImageScore> unseen;
  unseen.reserve(chosen.unseen.size());
  for (const NamedImage& each : chosen.unseen)
    unseen.push_back(score(each.name,
                           image_of(code.reconstructed(vector_of(each.image)), each.image),
                           each.image, {}));
  row["unseen_latent"] = MethodScores{"", unseen}.psnr().mean_db;
  return row;
}

ordered_json enlarged_row(const StudyImages& images) {
  std::vector<ImageScore> largest;
  largest.reserve(images.largest.size());
  for (std::size_t i = 0; i < images.largest.size(); ++i) {
    const Image& truth = images.largest[i].image;
    largest.push_back(score(images.largest[i].name,
                            steep_bicubic(images.training[i].image, truth.size()), truth, {}));
  }
  ordered_json row = {{"series", "enlarged"}, {"images", images.training.size()}};
  row.update(whole_measures({}, largest));
  return row;
}

}  // namespace

ordered_json fixed_rows(const CapacityPlan& plan, std::size_t images, std::uint64_t seed) {
  Session session(plan.train.backend);
  const Chosen chosen = choose(plan, images, seed);
  const Trial trial = trial_of(plan, seed, images);
  ordered_json row =
      network_row("fixed", images, trial.train, joint_numbers(plan.train.network, images));
  row["names"] = names_of(chosen.trained.training);
  const Model model = add_joint_measures(row, plan, session, trial, chosen.trained);
  if (!chosen.unseen.empty()) row.update(unseen_measures(session, model, chosen.unseen, "unseen"));
  return ordered_json::array({std::move(row)});
}

ordered_json varied_rows(const CapacityPlan& plan, const char* setting, std::size_t value,
                         std::uint64_t seed) {
  Session session(plan.train.backend);
  const std::size_t images = plan.most_images();
  const Chosen chosen = choose(plan, images, seed);
  Trial trial = trial_of(plan, seed, images);
  SirenConfig& network = trial.train.network;
  (std::strcmp(setting, "width") == 0 ? network.width : network.latent) = value;
  ordered_json row = network_row(setting, images, trial.train, joint_numbers(network, images));
  add_joint_measures(row, plan, session, trial, chosen.trained);
  return ordered_json::array({std::move(row)});
}

ordered_json joint_rows(const CapacityPlan& plan, std::size_t images, std::size_t numbers,
                        std::uint64_t seed) {
  Session session(plan.train.backend);
  const Chosen chosen = choose(plan, images, seed);
  Trial trial = trial_of(plan, seed, images);
  trial.held_out = plan.held_out;
  // More numbers than images would only turn the space of the latents.
  trial.train.network.latent = std::min(trial.train.network.latent, images);
  const std::optional<Tuned> best = tuned(session, trial, chosen.trained, images * numbers);
  if (!best) return ordered_json::array();
  trial.train = best->train;
  trial.held_out = 0;
  ordered_json row =
      network_row("joint", images, trial.train, joint_numbers(trial.train.network, images));
  row["budget_each"] = numbers;
  row["tries"] = best->tries;
  add_joint_measures(row, plan, session, trial, chosen.trained);
  return ordered_json::array({std::move(row)});
}

ordered_json separate_rows(const CapacityPlan& plan, std::size_t numbers, std::uint64_t seed) {
  Session session(plan.train.backend);
  const std::size_t most = plan.most_images();
  const std::vector<std::size_t> order = shuffled_numbers(plan.images.training.size(), seed);
  // In the order of the choice, so that the first ones are those of a smaller choice.
  const StudyImages images = chosen_images(
      plan.images, {order.begin(), order.begin() + static_cast<std::ptrdiff_t>(most)});
  Trial trial = trial_of(plan, seed, 1);
  trial.separate = true;
  trial.held_out = plan.held_out;
  const std::optional<Tuned> best = tuned(session, trial, images, numbers);
  if (!best) return ordered_json::array();
  trial.train = best->train;
  trial.held_out = 0;
  const TrialResult whole = final_result(plan, session, trial, images, true);
  trial.held_out = plan.held_out;
  const TrialResult part =
      plan.held_out > 0 ? final_result(plan, session, trial, images, false) : TrialResult{};
  const auto first = [](const std::vector<ImageScore>& scores, std::size_t count) {
    return std::vector<ImageScore>(
        scores.begin(),
        scores.begin() + static_cast<std::ptrdiff_t>(std::min(count, scores.size())));
  };
  ordered_json rows = ordered_json::array();
  for (const std::size_t count : plan.ladder) {
    ordered_json row =
        network_row("separate", count, trial.train, count * separate_numbers(trial.train.network));
    row["budget_each"] = numbers;
    row["tries"] = best->tries;
    row["steps"] = whole.steps;
    if (plan.with_plateau) row["converged"] = whole.converged;
    row.update(whole_measures(first(whole.training, count), first(whole.largest, count)));
    if (plan.held_out > 0) row.update(held_out_measures(first(part.training, count)));
    rows.push_back(std::move(row));
  }
  return rows;
}

ordered_json control_rows(const CapacityPlan& plan, std::uint64_t seed) {
  ordered_json rows = ordered_json::array();
  for (const std::size_t images : plan.ladder) {
    const Chosen chosen = choose(plan, images, seed);
    rows.push_back(components_row(plan, chosen));
    if (!chosen.trained.largest.empty()) rows.push_back(enlarged_row(chosen.trained));
  }
  return rows;
}

ordered_json one_step_rows(const CapacityPlan& plan, std::uint64_t seed) {
  if (plan.unseen == 0) return ordered_json::array();
  Session session(plan.train.backend);
  const std::size_t images = plan.most_images();
  const Chosen chosen = choose(plan, images, seed);
  Trial trial = trial_of(plan, seed, images);
  trial.train.steps = 1;
  const TrialResult result = run_trial(session, trial, chosen.trained, false);
  ordered_json row =
      network_row("one_step", images, trial.train, joint_numbers(plan.train.network, images));
  row["steps"] = 1;
  row.update(whole_measures(result.training, {}));
  row.update(unseen_measures(session, *result.model, chosen.unseen, "unseen"));
  return ordered_json::array({std::move(row)});
}

}  // namespace chorus::app
